import { expect, it } from 'vitest';
import { send } from '../../local/rehearsal/rehearse.ts';
import { acting } from '../../local/scenarios/of-playbook.ts';
import { type IssueReport, reportIssue } from '../../local/world/aws-health.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, suffer, timelineOf } from './world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;

it.each<[string, IssueReport[], boolean]>([
  ['asks while the issue is open', [{ service: 'RDS' }], true],
  [
    'acts by itself once the issue is closed',
    [{ service: 'RDS' }, { service: 'RDS', status: 'closed', updatedAt: 1 }],
    false,
  ],
  [
    'acts by itself though the report that closes the issue came first',
    [
      { service: 'RDS', status: 'closed', updatedAt: -1 },
      { service: 'RDS', updatedAt: -5 },
    ],
    false,
  ],
  [
    'acts by itself once AWS has been silent for 24 hours',
    [{ service: 'RDS', startedAt: -DAY - 5, updatedAt: 5 - DAY }],
    false,
  ],
  ['acts by itself where the issue is of something else', [{ service: 'SAGEMAKER' }], false],
])('a step that would run by itself %s', async (_, reports, asks) => {
  const world = await RehearsalWorld.create(assembly(), 1);
  for (const report of reports) {
    reportIssue(world, report);
    await world.clock.run(2 * MINUTE, () => false);
  }
  await suffer(world, 14);
  const asked = timelineOf(world).filter(({ type }) => type === 'ApprovalRequested');
  expect(asked.map(({ reason }) => String(reason))).toEqual(
    asks ? [expect.stringContaining('AWS reports an open issue of RDS since')] : [],
  );
  expect(acting(world).length > 0).toBe(!asks);
  expect(world.changed.length > 0).toBe(!asks);
  const findings = timelineOf(world).flatMap(entry => (entry.type === 'DiagnosisRecorded' ? entry['findings'] : []));
  const ofAws = findings.filter(({ check }) => check === 'AWS Health');
  expect(ofAws.length).toBeGreaterThan(0);
  for (const { ok, at } of ofAws) {
    expect(ok).toBe(!asks);
    expect(at).toMatch(/^2026-/);
  }
  expect(world.queues.total).toBe(0);
});

it('an event with the least that AWS Health sends is in the diagnosis of an incident that comes with it', async () => {
  const health = {
    ...{ source: 'aws.health', 'detail-type': 'AWS Health Event', time: '2026-03-02T09:00:00Z', resources: [] },
    detail: {
      eventArn: 'arn:aws:health:us-east-1::event/DYNAMODB/AWS_DYNAMODB_OPERATIONAL_ISSUE/x',
      ...{ service: 'DYNAMODB', eventTypeCode: 'AWS_DYNAMODB_OPERATIONAL_ISSUE', eventTypeCategory: 'issue' },
      ...{ statusCode: 'open', startTime: 'Mon, 02 Mar 2026 08:48:00 GMT' },
      eventDescription: [{ language: 'en_US', latestDescription: 'Increased error rates' }],
    },
  };
  const alarm = {
    ...{ source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change', time: '2026-03-02T09:00:00Z' },
    detail: {
      alarmName: 'orders-late',
      state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: '2026-03-02T09:00:00.000+0000' },
      alarmTags: {
        'incident:service': 'mockupaws-production',
        'incident:playbook': 'DatabaseConnections',
        'incident:level': 'critical',
      },
    },
  };
  const { summary, world } = await send([health, alarm], { assembly: assembly(), seed: 1 });
  expect(summary.matched?.map(({ matched }) => matched)).toEqual([true, true]);
  const [diagnosis] = timelineOf(world).filter(({ type }) => type === 'DiagnosisRecorded');
  expect(diagnosis?.['findings']).toContainEqual(
    expect.objectContaining({
      check: 'AWS Health',
      summary:
        'AWS Health: open issue of DYNAMODB since 2026-03-02 08:48 UTC, updated 09:00 UTC (AWS_DYNAMODB_OPERATIONAL_ISSUE)',
    }),
  );
  expect(summary.changed).toEqual([]);
});
