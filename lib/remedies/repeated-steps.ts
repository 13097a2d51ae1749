export interface DocumentStep {
  name: string;
  action: string;
  [key: string]: unknown;
}

/** Attempts by which one call that is throttled, or lost on its way, does not fail a runbook. */
const ATTEMPTS = 3;

const API_CALLS = ['aws:executeAwsApi', 'aws:waitForAwsResourceProperty', 'aws:assertAwsResourceProperty'];
const FUNCTION = 'aws:invokeLambdaFunction';

/** The writes of AWS that do the same when they are made twice. */
const IDEMPOTENT_WRITES = ['ssm:PutParameter', 'elbv2:ModifyRule'];

/**
 * Checks that every step that calls something says if it may be repeated, and says so rightly. What reads has `maxAttempts` of at
 * least three, and so has a write that does the same when it is made twice. Any other write is marked `onceOnly: true`: after an
 * answer that was lost, a second restart or a second copy would follow the first.
 */
export const repeatsOf = (steps: readonly DocumentStep[]): string[] =>
  withInner(steps).flatMap(step => faultsOf(step).map(fault => `${step.name} ${fault}`));

function faultsOf(step: DocumentStep): string[] {
  const { action, maxAttempts = 1, onceOnly = false, timeoutSeconds } = step;
  if (!calls(step)) return onceOnly ? ['calls nothing that "onceOnly" could concern'] : [];
  const untimed = action === FUNCTION && timeoutSeconds === undefined ? ['lacks timeoutSeconds'] : [];
  if (!onceOnly && !mayRepeat(step)) return [...untimed, 'is no known idempotent write: give it "onceOnly: true"'];
  if (!onceOnly && Number(maxAttempts) < ATTEMPTS)
    return [...untimed, `lacks "maxAttempts: ${ATTEMPTS}", or "onceOnly: true" if it is not to be repeated`];
  if (onceOnly && reads(step))
    return [...untimed, `only reads: give it "maxAttempts: ${ATTEMPTS}" in place of "onceOnly"`];
  return onceOnly && Number(maxAttempts) > 1 ? [...untimed, 'has both "onceOnly" and "maxAttempts"'] : untimed;
}

/** The steps without the marks, which Systems Manager does not know. */
export const withoutMarks = (steps: readonly DocumentStep[]): DocumentStep[] =>
  steps.map(({ onceOnly: _, ...step }) => {
    const inner = innerOf(step as DocumentStep);
    return inner.length === 0
      ? (step as DocumentStep)
      : ({ ...step, inputs: { ...inputsOf(step as DocumentStep), Steps: withoutMarks(inner) } } as DocumentStep);
  });

export const inputsOf = ({ inputs }: DocumentStep) => (inputs ?? {}) as Record<string, unknown>;
export const innerOf = (step: DocumentStep) => (inputsOf(step)['Steps'] ?? []) as DocumentStep[];
export const withInner = (steps: readonly DocumentStep[]): DocumentStep[] =>
  steps.flatMap(step => [step, ...withInner(innerOf(step))]);

/** An assertion of who is asking always fails, to show a reason: repeating it would only take time. */
const calls = (step: DocumentStep) =>
  step.action === FUNCTION || (API_CALLS.includes(step.action) && inputsOf(step)['Api'] !== 'GetCallerIdentity');

/** True for a step that may change something. */
export const changes = (step: DocumentStep): boolean => calls(step) && !reads(step);

/** A function reads when it is told to run dry, or is not told whether to. */
function reads(step: DocumentStep): boolean {
  const { Api, InputPayload } = inputsOf(step);
  if (step.action !== FUNCTION) return /^(Describe|List|Get)/.test(String(Api));
  const { dryRun } = (InputPayload ?? {}) as Record<string, unknown>;
  return dryRun === undefined || dryRun === 'true';
}

/** Only its author knows what a function does. */
const mayRepeat = (step: DocumentStep) =>
  step.action === FUNCTION ||
  reads(step) ||
  IDEMPOTENT_WRITES.includes(`${inputsOf(step)['Service']}:${inputsOf(step)['Api']}`);
