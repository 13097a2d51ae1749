import { readSessionReport, sessionLines } from '../remedies/sessions.ts';

/** One step of a runbook's execution, as GetAutomationExecution describes it. */
export interface StepExecution {
  StepName?: string | undefined;
  Action?: string | undefined;
  StepStatus?: string | undefined;
  /** Each value is JSON. */
  Inputs?: Record<string, string> | undefined;
  Outputs?: Record<string, string[]> | undefined;
  FailureMessage?: string | undefined;
}

export interface Execution {
  status: string;
  failureMessage?: string | undefined;
  steps: readonly StepExecution[];
}

export interface ExecutionResult {
  /** `unchanged`: it ended by an assertion, or by the verdict of a function, before anything was changed. */
  ended: 'succeeded' | 'failed' | 'unchanged' | 'running';
  /** The reason why it did not succeed. */
  reason?: string;
  /** The changes that it made or may have made, in words. */
  changed: string[];
}

const SUCCEEDED = ['Success', 'CompletedWithSuccess'];
/** The states in which an execution has ended. */
export const ENDED = [
  ...SUCCEEDED,
  'Failed',
  'TimedOut',
  'Cancelled',
  'CompletedWithFailure',
  'Rejected',
  'Exited',
] as const;

const READ_ONLY_API = /^(Describe|List|Get)/;

/**
 * The result of an execution. Its status alone is not enough: AWS does not document whether an error of a function
 * fails its step. So an error of a function, or a function's verdict, counts as a failure here whatever the status of
 * the step is.
 */
export function resultOf({ status, failureMessage, steps }: Execution): ExecutionResult {
  const changed = [...new Set(steps.flatMap(changesOf))];
  if (!ENDED.some(ended => ended === status)) return { ended: 'running', changed };
  const fault = faultOf(steps);
  if (fault && (fault.ended === 'failed' || changed.length > 0))
    return { ended: 'failed', reason: fault.reason, changed };
  if (fault) return { ...fault, changed };
  if (SUCCEEDED.includes(status)) return { ended: 'succeeded', changed };
  const reason = `the runbook ended ${status}: ${failureMessage ?? 'no message'}`;
  const asserted = status === 'Failed' && changed.length === 0 && steps.some(isAssertion);
  return { ended: asserted ? 'unchanged' : 'failed', reason, changed };
}

/** The report of its functions for people, one line each. In a dry run it says what they would do. */
export const reportOf = ({ steps }: Execution): string[] =>
  steps.flatMap(step => {
    const sessions = readSessionReport(step.Outputs?.['Payload']?.[0] ?? '');
    if (sessions) return sessionLines(sessions);
    const { report } = payloadOf(step);
    return Array.isArray(report) ? report.map(String) : [];
  });

/** The first function that failed, or whose verdict was that the runbook must not continue. */
function faultOf(steps: readonly StepExecution[]): { ended: 'failed' | 'unchanged'; reason: string } | undefined {
  for (const step of steps) {
    const error = step.Outputs?.['FunctionError']?.[0];
    const payload = payloadOf(step);
    if (error)
      return { ended: 'failed', reason: `${step.StepName}: ${nonEmptyText(payload['errorMessage']) ?? error}` };
    const { verdict } = payload;
    const reason = nonEmptyText(payload['reason']) ?? `${step.StepName} ended ${String(verdict)}`;
    if (verdict === 'failed' || verdict === 'unchanged') return { ended: verdict, reason };
  }
  return undefined;
}

/** True if the step is an assertion that does not hold. A step whose API call failed has asserted nothing. */
const isAssertion = ({ Action, StepStatus, FailureMessage = '' }: StepExecution) =>
  Action === 'aws:assertAwsResourceProperty' &&
  StepStatus === 'Failed' &&
  !FailureMessage.includes('An error occurred (');

const hasBegun = ({ StepStatus = 'Pending' }: StepExecution) => !['Pending', 'Waiting'].includes(StepStatus);

function changesOf(step: StepExecution): string[] {
  if (!hasBegun(step)) return [];
  if (step.Action === 'aws:executeAwsApi') return changesByApiCall(step);
  return step.Action === 'aws:invokeLambdaFunction' ? changesByFunction(step) : [];
}

function changesByApiCall({ StepName, StepStatus, Inputs = {} }: StepExecution): string[] {
  const [service, api] = [asText(Inputs['Service']), asText(Inputs['Api'])];
  if (READ_ONLY_API.test(api)) return [];
  return [`${StepName}: ${service} ${api}${StepStatus === 'Success' ? '' : ', which may have taken effect'}`];
}

/**
 * The changes that a function reports. A function that ended without a report may have changed something, unless it ran
 * dry.
 */
function changesByFunction(step: StepExecution): string[] {
  if (/"dryRun"\s*:\s*"?true/.test(payloadText(step))) return [];
  const { verdict, changed } = payloadOf(step);
  if (Array.isArray(changed)) return changed.map(String);
  const isSilent = verdict === undefined || step.StepStatus !== 'Success';
  return isSilent ? [`${step.StepName} did not say what it changed: it may have changed something`] : [];
}

/** Some clients return an input as JSON, others as plain text. */
function asText(input: string | undefined): string {
  const value = parsed(input ?? '');
  return typeof value === 'string' ? value : (input ?? '');
}
const payloadText = ({ Inputs = {} }: StepExecution) => Inputs['InputPayload'] ?? asText(Inputs['Payload']);

function payloadOf({ Outputs = {} }: StepExecution): Record<string, unknown> {
  const value = parsed(Outputs['Payload']?.[0] ?? '');
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const nonEmptyText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
