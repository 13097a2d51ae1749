import type { BlastRadius, Bound, Mode, ParameterValue, Revert, Step } from '../../lambda/domain/incident/policy.ts';
import { percent } from '../../lambda/domain/kernel/numbers.ts';
import { duration } from '../../lambda/domain/kernel/time.ts';
import { readBound } from '../../lambda/domain/remediation/evidence.ts';
import { startAutomation } from './shell.ts';
import type { Source } from './source.ts';

/** A step of a plan: what the responder does and minds, and how a person does the same by hand. */
export function readStep(source: Source, step: Step) {
  const { title, runbook, document, mode, revert } = step;
  return {
    ...{ title, runbook, document },
    mode: modes(source, step)[mode],
    by: BY[mode],
    guardrails: [...guardrails(step), ...causes(step)],
    verified: VERIFIED[step.verifiedBy ?? 'signals'](step.verifyMinutes),
    command: byHand(source, step, step.parameters),
    revert: revert
      ? { title: revert.title, when: WHEN[revert.when ?? 'ended'], command: byHand(source, step, revert.parameters) }
      : null,
  };
}

/** The one who does it, in short. */
const BY: Record<Mode, string> = { auto: 'by itself', approve: 'asks you', observe: 'dry', off: 'by you' };

const modes = ({ policy }: Source, { approvalWaits }: Step): Record<Mode, string> => ({
  auto: 'runs by itself',
  approve: approvalWaits
    ? `waits for approval until \`${approvalWaits.fact}\` is ${approvalWaits.overDays}, asked again each day, a level further up; no answer is a no`
    : `waits for approval, ${policy.approvalMinutes} minutes; no answer is a no`,
  observe: 'only observes: its runbook runs dry and changes nothing',
  off: 'is switched off, and left to people',
});

function guardrails({ minimumSeverity, cooldownMinutes, target, blastRadius }: Step): string[] {
  return [
    ...(minimumSeverity === 'P4' ? [] : [`only from ${minimumSeverity} up`]),
    ...(cooldownMinutes === 0 ? [] : [`once in ${duration(cooldownMinutes)} on ${target}`]),
    radius(blastRadius),
  ];
}

function radius({ fact, leaves, reaches, touches = 1, maximumShare }: BlastRadius): string {
  const known = `not while \`${fact}\` is unknown or 0`;
  const most = percent(maximumShare);
  if (leaves !== undefined) return `leaves ${leaves} of \`${fact}\`, takes away ${most} at most, ${known}`;
  if (reaches !== undefined) return `raises \`${fact}\` to ${reaches}, by ${most} at most, ${known}`;
  return touches < 1 ? `touches ${percent(touches)} of \`${fact}\` at most, ${known}` : known;
}

const causes = ({ causes, needs = [], unless = [] }: Step): string[] => [
  `only if ${causes.map(found).join(' or ')}, measured within the last minutes`,
  ...needs.map(need => `not unless ${found(need)} (else ${need.otherwise})`),
  ...unless.map(cause => `not if ${found(cause)}`),
];

const found = (bound: Bound) => `\`${bound.fact}\` is ${readBound(bound)}`;

const VERIFIED: Record<'signals' | 'health' | 'runbook', (minutes: number) => string> = {
  signals: minutes => `every alarm that fired is clear and the health URLs answer, within ${duration(minutes)}`,
  health: minutes => `the health URLs answer and next to no request fails, within ${duration(minutes)}`,
  runbook: () => 'its runbook succeeds; whether the trouble is over, the alarms say later',
};

const WHEN: Record<NonNullable<Revert['when']>, string> = {
  ended: 'when the attempt ends, however it ends',
  recovered: 'when every alarm is clear again',
  failed: 'if it did not help',
  unfinished: 'only if its runbook did not end well, or it did harm',
  worse: 'only if it did harm',
};

/** Begins dry: what a person copies at night changes nothing until they say so. */
const byHand = ({ config }: Source, { document }: Pick<Step, 'document'>, parameters: Step['parameters']) =>
  startAutomation(config.region, document, {
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, given(value)])),
    DryRun: 'true',
  });

/** A person fills in the values that the responder reads from its diagnosis. */
function given(value: ParameterValue): string {
  if (typeof value === 'string') return value;
  if ('object' in value) return `<${value.object}>`;
  return value.share === undefined ? `<${value.fact}>` : `<${percent(value.share)} of ${value.fact}>`;
}
