import {
  DescribeAutomationStepExecutionsCommand,
  GetAutomationExecutionCommand,
  SSMClient,
  type StepExecution,
  StopAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import type { Execution } from '../domain/execution.ts';

const client = new SSMClient({});

/** An execution with every step that it began, those within loops too. @throws when there is none. */
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

/** Cancels an execution: its step under way is ended as well. One that is over already is no error. */
export async function stopExecution(AutomationExecutionId: string): Promise<void> {
  try {
    await client.send(new StopAutomationExecutionCommand({ AutomationExecutionId, Type: 'Cancel' }));
  } catch (error) {
    if ((error as Error).name !== 'InvalidAutomationStatusUpdateException') throw error;
  }
}
