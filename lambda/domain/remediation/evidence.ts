import { causeWords, holds } from '../incident/causes.ts';
import type { GuardrailResult, Skip } from '../incident/events.ts';
import type { Incident, Run } from '../incident/incident.ts';
import type { Bound, Cause, ParameterValue, Step } from '../incident/policy.ts';
import type { Fact } from '../kernel/severity.ts';
import { clock, minutesBetween } from '../kernel/time.ts';

/** The facts and objects of a diagnosis, now or when a run began. */
export type Known = Pick<Incident | Run, 'facts' | 'objects'>;

/**
 * Minutes for which a measurement justifies a step: metrics are up to three minutes late, and a diagnosis takes time as
 * well.
 */
const FRESH_MINUTES = 5;

export const guardrailResult = (
  guardrail: GuardrailResult['guardrail'],
  passed: boolean,
  reason: string,
  because?: Skip,
): GuardrailResult => ({ guardrail, passed, reason, ...(!passed && because ? { because } : {}) });

/** The value of a parameter; undefined when the diagnosis did not find it. */
export function parameterOf({ facts, objects }: Known, value: ParameterValue): string | undefined {
  if (typeof value === 'string') return value;
  if ('object' in value) return objects[value.object];
  const fact = facts[value.fact];
  return fact === undefined ? undefined : String(value.share === undefined ? fact : Math.floor(fact * value.share));
}

/**
 * A step acts on the object that the diagnosis judged, by name, and a revert restores measured values: all of them must
 * be known.
 */
export function objectKnown(incident: Incident, { parameters, revert }: Step): GuardrailResult {
  const values = Object.values({ ...parameters, ...revert?.parameters });
  const missing = values.find(value => parameterOf(incident, value) === undefined);
  if (missing === undefined || typeof missing === 'string') return guardrailResult('object', true, 'known');
  if (incident.drill && 'object' in missing) return guardrailResult('object', true, 'a drill: whatever is found');
  return guardrailResult('object', false, 'the diagnosis did not find what it would act on', 'unknown');
}

/** A step does not run if one of its conditions does not hold or is unknown. */
export function needs({ facts }: Incident, { needs = [] }: Step): GuardrailResult {
  const missing = needs.find(need => !holds(need, facts));
  if (!missing) return guardrailResult('needs', true, needs.length > 0 ? 'all there' : 'nothing');
  return facts[missing.fact] === undefined
    ? guardrailResult('needs', false, `not known; perhaps ${missing.otherwise}`, 'unknown')
    : guardrailResult('needs', false, missing.otherwise);
}

/** A step does not run without a measured cause, nor if a fact speaks against it. */
export function causeMeasured(incident: Incident, { causes, unless = [], mode }: Step, now: string): GuardrailResult {
  const { facts, drill } = incident;
  // An unknown fact may speak against the step. Then a person must decide.
  const unknown = unless.find(({ fact }) => facts[fact] === undefined);
  if (unknown && mode !== 'approve')
    return guardrailResult('cause', false, `it could not be ruled out that ${causeWords(unknown, 0)}`, 'unknown');
  const contrary = unless.find(bound => holds(bound, facts));
  if (contrary)
    return guardrailResult(
      'cause',
      false,
      `${causeWords(contrary, facts[contrary.fact] ?? 0)}, which it does not mend`,
      'no cause',
    );
  if (drill) return guardrailResult('cause', true, 'a drill: taken as found');
  const measuredCause = causes.find(cause => isFresh(incident, cause, now) && holds(cause, facts));
  return measuredCause
    ? guardrailResult('cause', true, causeWords(measuredCause, facts[measuredCause.fact] ?? 0))
    : noCause(incident, causes, now);
}

/** A bound in words: "8 or more". */
export const readBound = (bound: Bound) =>
  'atLeast' in bound ? `${bound.atLeast} or more` : `less than ${bound.under}`;

/** True if the fact was measured in this attempt, and recently. */
function isFresh({ facts, measuredAt, diagnosedIn, attempt }: Incident, cause: Cause, now: string): boolean {
  const { fact, withinMinutes = FRESH_MINUTES } = cause;
  const at = measuredAt[fact];
  if (facts[fact] === undefined || at === undefined || diagnosedIn !== attempt?.number) return false;
  return minutesBetween(at, now) <= withinMinutes;
}

function noCause(incident: Incident, causes: readonly Cause[], now: string): GuardrailResult {
  const words = [...new Set(causes.map(cause => missingCause(incident, cause, now)))].join(', ');
  const isKnown = ({ fact }: Cause) => incident.facts[fact] !== undefined;
  const isOld = causes.some(cause => isKnown(cause) && !isFresh(incident, cause, now));
  return guardrailResult('cause', false, words, isOld ? 'passing' : causes.every(isKnown) ? 'no cause' : 'unknown');
}

function missingCause(incident: Incident, cause: Cause, now: string): string {
  const { fact, otherwise } = cause;
  const value = incident.facts[fact];
  if (value === undefined) return 'its cause could not be measured';
  if (isFresh(incident, cause, now)) return otherwise ?? causeWords(cause, value);
  return `its cause was last measured at ${clock(incident.measuredAt[fact] ?? '')} UTC`;
}

/** Every fact that a step needs, for a check at synthesis. */
export const factsNamed = ({
  causes,
  needs = [],
  unless = [],
  blastRadius,
  parameters,
  revert,
  approvalWaits,
}: Step): Fact[] => [
  blastRadius.fact,
  ...(approvalWaits ? [approvalWaits.fact] : []),
  ...[...causes, ...needs, ...unless].map(({ fact }: Bound) => fact),
  ...Object.values({ ...parameters, ...revert?.parameters }).flatMap(value =>
    typeof value !== 'string' && 'fact' in value ? [value.fact] : [],
  ),
];

/** Every object that a step names. */
export const objectsNamed = ({ parameters, revert }: Step): string[] =>
  Object.values({ ...parameters, ...revert?.parameters }).flatMap(value =>
    typeof value !== 'string' && 'object' in value ? [value.object] : [],
  );
