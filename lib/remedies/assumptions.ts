import { changes, type DocumentStep, innerOf, inputsOf, withInner } from './repeated-steps.ts';

/** Values of answers beyond a member of its own that are never absent, by what AWS says of the API. */
const ALWAYS_THERE = [
  '$.Parameter.Value',
  // Every rule but a listener's default one has a condition.
  '$.Rules[0].Conditions[0].Field',
  // Every node is in a VPC.
  '$.CacheClusters[0].SecurityGroups[0].SecurityGroupId',
];

/** A field of a function's answer, a member of an API's answer, or what was asked for by its name. */
const NEVER_ABSENT = /^\$\.(Payload\.)?\w+(\[0\])?$/;

/**
 * Finds what a document takes for granted, though AWS does not document it: the outcome of a Selector that finds nothing, of a
 * branch none of whose choices holds, the case of a boolean in DesiredValues, and that an API tells of a change at once.
 */
export const assumptionsOf = (steps: readonly DocumentStep[]): string[] => [
  ...withInner(steps).flatMap(step =>
    [...absentIn(step), ...undecidedIn(step), ...booleansIn(step)].map(fault => `${step.name} ${fault}`),
  ),
  ...unpausedIn(steps),
];

function absentIn({ outputs, ...step }: DocumentStep): string[] {
  const selectors = ((outputs ?? []) as { Selector: string }[]).map(({ Selector }) => Selector);
  const watched = String(inputsOf(step as DocumentStep)['PropertySelector'] ?? '');
  return [
    ...selectors
      .filter(selector => !NEVER_ABSENT.test(selector) && !ALWAYS_THERE.includes(selector))
      .map(selector => `selects ${selector}, which may be absent: select what holds it, or let a function choose`),
    ...(/\[[1-9]/.test(watched) ? [`watches ${watched}, which may be absent`] : []),
  ];
}

function undecidedIn(step: DocumentStep): string[] {
  if (step.action !== 'aws:branch') return [];
  if (inputsOf(step)['Default'] === undefined) return ['has no Default'];
  return step['isEnd'] ? ['is an end: give it a Default, and leave isEnd out'] : [];
}

function booleansIn(step: DocumentStep): string[] {
  const desired = ((inputsOf(step)['DesiredValues'] ?? []) as unknown[]).map(String);
  return desired.flatMap(value => {
    const lower = value.toLowerCase();
    if (lower !== 'true' && lower !== 'false') return [];
    const forms = [lower, lower.charAt(0).toUpperCase() + lower.slice(1)];
    const missing = forms.find(form => !desired.includes(form));
    return missing ? [`desires the boolean "${value}": name "${missing}" too`] : [];
  });
}

/** Seconds for which an API may still tell of the state before a change, at least. */
const LEAST_PAUSE = 5;

function unpausedIn(steps: readonly DocumentStep[]): string[] {
  return steps.flatMap(step => [
    ...(changes(step)
      ? followers(steps, step)
          .filter(looks)
          .map(({ name }) => unpaused(name, step.name))
      : []),
    ...(step.action === 'aws:loop' && !isPause(innerOf(step)[0]) ? [`${step.name} does not begin with a pause`] : []),
  ]);
}

const unpaused = (name: string, after: string) =>
  `${name} looks at once at what ${after} changed: AWS may still tell of before, pause for ${LEAST_PAUSE} s or more`;

/** The first steps that do something on every way onward. */
function followers(steps: readonly DocumentStep[], step: DocumentStep): DocumentStep[] {
  return onwardFrom(steps, step).flatMap(other =>
    other.action === 'aws:branch' || (other.action === 'aws:sleep' && !isPause(other))
      ? followers(steps, other)
      : other,
  );
}

function onwardFrom(steps: readonly DocumentStep[], step: DocumentStep): DocumentStep[] {
  const { Choices = [], Default } = inputsOf(step) as { Choices?: { NextStep: string }[]; Default?: string };
  const named = [...Choices.map(({ NextStep }) => NextStep), Default ?? step['nextStep']].filter(
    name => name !== undefined,
  );
  if (step['isEnd']) return [];
  const next = steps.indexOf(step) + 1;
  return named.length > 0 ? steps.filter(({ name }) => named.includes(name)) : steps.slice(next, next + 1);
}

/** True for a step that waits for, or judges, a state of AWS. */
const looks = (step: DocumentStep): boolean =>
  step.action !== 'aws:loop' &&
  step.action !== 'aws:sleep' &&
  !changes(step) &&
  inputsOf(step)['Api'] !== 'GetCallerIdentity';

function isPause(step: DocumentStep | undefined): boolean {
  if (step?.action !== 'aws:sleep') return false;
  const [, minutes = 0, seconds = 0] = /^PT(?:(\d+)M)?(?:(\d+)S)?$/.exec(String(inputsOf(step)['Duration'])) ?? [];
  return Number(minutes) * 60 + Number(seconds) >= LEAST_PAUSE;
}
