import {
  DescribeAutomationExecutionsCommand,
  GetAutomationExecutionCommand,
  SSMClient,
  StopAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { findExecution, stopExecution } from '../../lambda/adapters/automation.ts';

it('stopExecution cancels an execution, tolerates one that has already ended, and throws on any other refusal', async () => {
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

it('findExecution finds a run by document, parameters and who started it, in either notation of the role', async () => {
  const ssm = mockClient(SSMClient);
  const lost = {
    ...{ document: 'shop-scale', parameters: { DryRun: 'false' }, role: 'response' },
    at: '2026-04-07T09:30:00.000Z',
  };
  const listed = (AutomationExecutionId: string, ExecutedBy: string, DocumentName = 'shop-scale') => ({
    ...{ AutomationExecutionId, ExecutedBy, DocumentName },
  });
  const sts = 'arn:aws:sts::123456789012:assumed-role';
  const given = (DryRun: string) => ({
    AutomationExecution: { Parameters: { DryRun: [DryRun], ClusterName: ['a default'] } },
  });
  ssm.on(GetAutomationExecutionCommand).resolves(given('false'));
  ssm.on(GetAutomationExecutionCommand, { AutomationExecutionId: 'dry' }).resolves(given('true'));
  const pages = (ours: ReturnType<typeof listed>) => {
    ssm.on(DescribeAutomationExecutionsCommand).resolves({
      AutomationExecutionMetadataList: [
        listed('a person', `${sts}/ada/response-to-alarm`),
        listed('another document', `${sts}/response/session`, 'shop-scale-up'),
        listed('dry', `${sts}/response/session`),
      ],
      NextToken: 'more',
    });
    const last = { AutomationExecutionMetadataList: [ours] };
    ssm.on(DescribeAutomationExecutionsCommand, { NextToken: 'more' }).resolves(last);
  };
  for (const by of [`${sts}/response/session`, 'arn:aws:iam::123456789012:role/response']) {
    pages(listed('ours', by));
    expect(await findExecution(lost)).toBe('ours');
  }
  pages(listed('ours', 'arn:aws:iam::123456789012:user/ada'));
  expect(await findExecution(lost)).toBeUndefined();
  const [first] = ssm.commandCalls(DescribeAutomationExecutionsCommand);
  expect(first?.args[0].input.Filters).toEqual([
    { Key: 'DocumentNamePrefix', Values: ['shop-scale'] },
    { Key: 'StartTimeAfter', Values: ['2026-04-07T09:29:50.000Z'] },
  ]);
});
