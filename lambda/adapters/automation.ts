import {
  type AutomationExecutionMetadata,
  DescribeAutomationStepExecutionsCommand,
  GetAutomationExecutionCommand,
  paginateDescribeAutomationExecutions,
  SSMClient,
  type StepExecution,
  StopAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import type { Execution } from '../domain/remediation/execution.ts';
import { PATIENCE } from './patience.ts';

const client = new SSMClient(PATIENCE);

/** An execution with every step that has started, those within loops too. @throws when it does not exist. */
export async function readExecution(id: string): Promise<Execution & { endedAt?: string | undefined }> {
  const { AutomationExecution: found } = await client.send(
    new GetAutomationExecutionCommand({ AutomationExecutionId: id }),
  );
  if (!found) throw new Error(`there is no execution ${id}`);
  return {
    status: found.AutomationExecutionStatus ?? 'unknown',
    failureMessage: found.FailureMessage,
    endedAt: found.ExecutionEndTime?.toISOString(),
    steps: found.StepExecutionsTruncated ? await readSteps(id) : (found.StepExecutions ?? []),
  };
}

async function readSteps(AutomationExecutionId: string): Promise<StepExecution[]> {
  const steps: StepExecution[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeAutomationStepExecutionsCommand({ AutomationExecutionId, NextToken }));
    steps.push(...(page.StepExecutions ?? []));
    ({ NextToken } = page);
  } while (NextToken);
  return steps;
}

/** An execution that was started, but whose id was not recorded. */
export interface LostExecution {
  document: string;
  parameters: Record<string, string>;
  /** The time of the request to start it. */
  at: string;
  /** Name of the role that started it. */
  role: string;
}

/** Milliseconds by which two clocks of AWS may differ. */
const CLOCK_SKEW = 10_000;

/** The id of such an execution, in whatever status, but never of one that somebody else started. Undefined when there is none. */
export async function findExecution({ document, parameters, at, role }: LostExecution): Promise<string | undefined> {
  const since = new Date(Date.parse(at) - CLOCK_SKEW).toISOString();
  const Filters = [
    { Key: 'DocumentNamePrefix' as const, Values: [document] },
    { Key: 'StartTimeAfter' as const, Values: [since] },
  ];
  // IAM and STS write a role's ARN differently; both have its name between slashes.
  const isCandidate = ({ DocumentName, ExecutedBy = '' }: AutomationExecutionMetadata) =>
    DocumentName === document && ExecutedBy.split('/').includes(role);
  for await (const page of paginateDescribeAutomationExecutions({ client }, { Filters }))
    for (const { AutomationExecutionId } of (page.AutomationExecutionMetadataList ?? []).filter(isCandidate)) {
      const found = await client.send(new GetAutomationExecutionCommand({ AutomationExecutionId }));
      const given = found.AutomationExecution?.Parameters ?? {};
      if (Object.entries(parameters).every(([name, value]) => given[name]?.join() === value))
        return AutomationExecutionId;
    }
  return undefined;
}

/** Cancels an execution and its running step. It is no error if the execution has ended already. */
export async function stopExecution(AutomationExecutionId: string): Promise<void> {
  try {
    await client.send(new StopAutomationExecutionCommand({ AutomationExecutionId, Type: 'Cancel' }));
  } catch (error) {
    if ((error as Error).name !== 'InvalidAutomationStatusUpdateException') throw error;
  }
}
