import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetAlarmMuteRuleCommand,
  ListAlarmMuteRulesCommand,
} from '@aws-sdk/client-cloudwatch';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AwsIssue } from '../../lambda/domain/incident/aws-issues.ts';
import { handler } from '../../lambda/functions/plan/handler.ts';
import { noteAwsIssues } from '../../lambda/store/aws-issues.ts';
import { firstItem } from '../../lambda/store/keys.ts';
import { readLedger } from '../../lambda/store/ledger.ts';
import { client, TableName } from '../../lambda/store/table.ts';
import { ALARM, attempt, invoke, KEY, openIncident, stored, useResponder } from '../support/responder.ts';
import { minute, of, START, step } from '../support/story.ts';

const table = useResponder({ AUTOMATION_PARAMETER: '/automation', MAINTENANCE_PARAMETER: '/maintenance-until' });
const SERVICE = 'mockupaws-production';
const ssm = mockClient(SSMClient);
const cloudwatch = mockClient(CloudWatchClient);
const switches = (automation: string, maintenance = 'none') => ({
  Parameters: [
    { Name: '/automation', Value: automation, LastModifiedDate: new Date(minute(-10_000)) },
    { Name: '/maintenance-until', Value: maintenance },
  ],
});
beforeEach(() => {
  ssm.reset();
  ssm.on(GetParametersCommand).resolves(switches('on'));
  cloudwatch.reset();
  cloudwatch.on(ListAlarmMuteRulesCommand).resolves({});
  cloudwatch.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [{ AlarmName: ALARM, StateValue: 'ALARM', StateTransitionedTimestamp: new Date(START) }],
  });
});

describe('a step that may run', () => {
  it('is handed to the workflow in the format of Systems Manager, and reserved in the ledger', async () => {
    await openIncident([step('kill-idle', { parameters: { Limit: { fact: 'desiredTasks' }, Idle: '300' } })]);
    expect(await invoke(handler, attempt)).toEqual({
      next: 'run',
      run: 'INC-2026-04-07-001/1/kill-idle',
      document: 'mockupaws-kill-idle',
      parameters: { Limit: ['10'], Idle: ['300'], DryRun: ['false'] },
      clientToken: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    });
    const { runs } = await readLedger(SERVICE);
    expect(runs).toEqual([
      { run: 'INC-2026-04-07-001/1/kill-idle', runbook: 'kill-idle', target: 'kill-idle', at: minute(0.5) },
    ]);
  });

  it('is the same run with the same token when the workflow asks again', async () => {
    await openIncident();
    const first = await invoke(handler, attempt);
    expect(await invoke(handler, attempt)).toEqual(first);
    expect(of((await stored()).timeline, 'StepStarted')).toHaveLength(1);
    expect((await readLedger(SERVICE)).runs).toHaveLength(1);
  });

  it('does not count as an automatic run when it runs dry', async () => {
    await openIncident([step('kill-idle', { mode: 'observe' })]);
    expect(await invoke(handler, attempt)).toMatchObject({ next: 'run', parameters: { DryRun: ['true'] } });
    expect((await readLedger(SERVICE)).runs).toEqual([]);
  });
});

describe('the plan function hands over and runs nothing', () => {
  const handsOver = async (reason: string) => {
    await openIncident();
    expect(await invoke(handler, attempt)).toEqual({ next: 'end' });
    const { runs, handedOver, attempt: over } = await stored();
    expect(runs).toEqual([]);
    expect(handedOver?.reason).toContain(reason);
    expect(over?.outcome).toBe('handed over');
    expect((await readLedger(SERVICE)).runs).toEqual([]);
  };

  it.each<[string, () => unknown, string]>([
    [
      'maintenance is on',
      () => ssm.on(GetParametersCommand).resolves(switches('on', minute(60))),
      'maintenance until 2026-04-07 10:30 UTC',
    ],
    [
      'the maintenance window cannot be parsed',
      () => ssm.on(GetParametersCommand).resolves(switches('on', 'tonight')),
      'the maintenance window cannot be read',
    ],
    [
      'the alarm has INSUFFICIENT_DATA',
      () =>
        cloudwatch.on(DescribeAlarmsCommand).resolves({
          MetricAlarms: [
            { AlarmName: ALARM, StateValue: 'INSUFFICIENT_DATA', StateTransitionedTimestamp: new Date(minute(0.2)) },
          ],
        }),
      'nothing is done on missing data',
    ],
  ])('when %s', async (_, arrange, reason) => {
    arrange();
    await handsOver(reason);
  });
});

it('the plan function goes by the last event of an alarm that cannot be read back, e.g. of another account', async () => {
  cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] });
  await openIncident();
  expect(await invoke(handler, attempt)).toMatchObject({ next: 'run' });
});

it.each<[string, () => unknown]>([
  ['cannot be read', () => ssm.on(GetParametersCommand).rejects(new Error('AccessDenied'))],
  ['does not exist', () => ssm.on(GetParametersCommand).resolves({ InvalidParameters: ['/automation'] })],
  ['is off', () => ssm.on(GetParametersCommand).resolves(switches('off'))],
  ['has another value', () => ssm.on(GetParametersCommand).resolves(switches('ON'))],
])('the plan function runs the step dry and reserves no run when the kill switch %s', async (_, arrange) => {
  arrange();
  await openIncident();
  expect(await invoke(handler, attempt)).toMatchObject({ next: 'run', parameters: { DryRun: ['true'] } });
  expect((await stored()).runs).toMatchObject([{ dryRun: true }]);
  expect((await readLedger(SERVICE)).runs).toEqual([]);
});

it('the plan function ends the attempt when the alarm has cleared meanwhile', async () => {
  await openIncident();
  cloudwatch.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [{ AlarmName: ALARM, StateValue: 'OK', StateTransitionedTimestamp: new Date(minute(0.2)) }],
  });
  expect(await invoke(handler, attempt)).toEqual({ next: 'end' });
  expect(await stored()).toMatchObject({ status: 'monitoring', runs: [], attempt: { outcome: 'recovered' } });
});

it('the plan function lets one of two simultaneous attempts run on a target, and the other judges again', async () => {
  await openIncident();
  await openIncident([step('kill-idle')], { id: 'event-2', playbook: 'CacheFailure' });
  const other = { ...attempt, slot: `${SERVICE}/CacheFailure`, id: 'INC-2026-04-07-002' };
  // The index of open incidents lags: neither knows of the other.
  for (const slot of [KEY.slot, other.slot]) await hideFromIndex(slot);
  const plans = await Promise.all([invoke(handler, attempt), invoke(handler, other)]);
  expect(plans.map(({ next }) => next).sort()).toEqual(['end', 'run']);
  expect((await readLedger(SERVICE)).runs).toHaveLength(1);
  expect(ssm.commandCalls(GetParametersCommand)).toHaveLength(3);
  const incidents = await Promise.all([stored(), stored({ slot: other.slot, number: 1 })]);
  expect(incidents.map(({ handedOver }) => handedOver?.reason).join()).toMatch(/not tried \(last run 0 min ago/);
});

const hideFromIndex = (slot: string) =>
  client.send(
    new UpdateCommand({
      TableName: TableName(),
      Key: firstItem({ slot, number: 1 }),
      UpdateExpression: 'REMOVE unfinished',
    }),
  );

describe('while AWS has an issue, the plan function runs the step dry, to ask,', () => {
  const issue: AwsIssue = {
    ...{ arn: 'arn:aws:health:us-east-1::event/RDS/AWS_RDS_OPERATIONAL_ISSUE/1', service: 'RDS', open: true },
    ...{ code: 'AWS_RDS_OPERATIONAL_ISSUE', startedAt: minute(-60), updatedAt: minute(-5) },
  };
  const modeOf = async () =>
    of((await stored()).timeline, 'StepStarted')[0]?.guardrails.find(({ guardrail }) => guardrail === 'mode');

  it('and says which', async () => {
    await noteAwsIssues(SERVICE, [issue], minute(0));
    await openIncident();
    expect(await invoke(handler, attempt)).toMatchObject({ next: 'run', parameters: { DryRun: ['true'] } });
    expect(await modeOf()).toMatchObject({
      reason: expect.stringMatching(/^needs approval: AWS reports an open issue of RDS since /),
    });
    expect((await readLedger(SERVICE)).runs).toEqual([]);
  });

  it('also where that cannot be read', async () => {
    await openIncident();
    const { send } = table;
    table.send = command =>
      JSON.stringify(command.input).includes('aws-issues/') ? Promise.reject(new Error('away')) : send(command);
    expect(await invoke(handler, attempt)).toMatchObject({ next: 'run', parameters: { DryRun: ['true'] } });
    expect(await modeOf()).toMatchObject({
      passed: false,
      reason: 'needs approval: what AWS reported of its issues cannot be read',
    });
  });

  it('and not once it is over', async () => {
    await noteAwsIssues(SERVICE, [{ ...issue, open: false }], minute(0));
    await openIncident();
    expect(await invoke(handler, attempt)).toMatchObject({ next: 'run', parameters: { DryRun: ['false'] } });
  });
});

describe('a step within maintenance', () => {
  const MUTED = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:upgrade';
  const skipped = async () => {
    await openIncident();
    expect(await invoke(handler, attempt)).toEqual({ next: 'end' });
    return of((await stored()).timeline, 'StepSkipped')[0]?.reasons;
  };

  it('does not run while a mute rule mutes an alarm that fires', async () => {
    cloudwatch
      .on(ListAlarmMuteRulesCommand, { Statuses: ['ACTIVE'] })
      .resolves({ AlarmMuteRuleSummaries: [{ AlarmMuteRuleArn: MUTED }] })
      .on(GetAlarmMuteRuleCommand, { AlarmMuteRuleName: 'upgrade' })
      .resolves({ Name: 'upgrade', MuteTargets: { AlarmNames: [ALARM] } });
    expect(await skipped()).toEqual(['mute rule: upgrade']);
  });

  it('does not run while mute rules cannot be read', async () => {
    cloudwatch.on(ListAlarmMuteRulesCommand).rejects(new Error('AccessDenied'));
    expect(await skipped()).toEqual(['mute rules cannot be read, which means closed']);
  });
});
