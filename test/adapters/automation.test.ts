import { SSMClient, StopAutomationExecutionCommand } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { stopExecution } from '../../lambda/adapters/automation.ts';

it('an execution is cancelled; one that is over already is no error, another refusal is', async () => {
  const ssm = mockClient(SSMClient);
  ssm.on(StopAutomationExecutionCommand).resolves({});
  await stopExecution('e-1');
  expect(ssm.commandCalls(StopAutomationExecutionCommand)[0]?.args[0].input).toEqual({
    AutomationExecutionId: 'e-1',
    Type: 'Cancel',
  });
  const refusal = (name: string) => Object.assign(new Error('refused'), { name });
  ssm.on(StopAutomationExecutionCommand).rejects(refusal('InvalidAutomationStatusUpdateException'));
  await expect(stopExecution('e-1')).resolves.toBeUndefined();
  ssm.on(StopAutomationExecutionCommand).rejects(refusal('AccessDeniedException'));
  await expect(stopExecution('e-1')).rejects.toThrow('refused');
});
