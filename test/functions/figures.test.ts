import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import type { Signal } from '../../lambda/domain/incident/signal.ts';
import { handler } from '../../lambda/functions/figures/handler.ts';
import { busEvent, committed, invoke, openIncident, setMinute, stored, useResponder } from '../support/responder.ts';
import { minute, of, READINGS, step } from '../support/story.ts';

useResponder();
const cloudWatch = mockClient(CloudWatchClient);

beforeEach(() => {
  cloudWatch.reset();
  cloudWatch.on(PutMetricDataCommand).resolves({});
});

/** Began two minutes before the alarm, healed by a runbook in the fifth minute, acknowledged in the third, resolved in the tenth. */
async function resolved(changes: Partial<Signal> = {}, { cancelled = false } = {}): Promise<void> {
  await openIncident([step('kill-idle')], { since: minute(-2), ...changes });
  setMinute(3);
  await committed({ type: 'acknowledge', id: 'ack', by: 'ada' });
  const { runs } = await committed({ type: 'next step', id: 'plan', attempt: 1, readings: READINGS });
  setMinute(5);
  const checks = [{ check: 'health', passed: true, seen: '200' }];
  const outcome = { run: runs[0]?.run ?? '', checks };
  await committed({ type: 'record outcome', id: 'outcome', attempt: 1, outcome });
  setMinute(10);
  await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'it is over', cancelled });
  if (!changes.drill) await committed({ type: 'record outage', id: 'outage', outage: { unknown: 'no data' } });
}

const hears = async () => {
  const { timeline } = await stored();
  const [entry] = [...of(timeline, 'OutageMeasured'), ...of(timeline, 'Resolved')];
  return invoke(handler, busEvent({ seq: entry?.seq }));
};

const calls = () => cloudWatch.commandCalls(PutMetricDataCommand).map(({ args }) => args[0].input);
const recorded = async () => of((await stored()).timeline, 'MessageDelivered').map(({ channel }) => channel);

it('the figures function publishes the metrics of a resolved incident once, though the event comes twice', async () => {
  await resolved();
  expect(await hears()).toMatchObject({ published: 6 });
  expect(await hears()).toMatchObject({ published: 0 });
  expect(calls()).toHaveLength(1);
  const [{ Namespace, MetricData = [] } = {}] = calls();
  expect(Namespace).toBe('IncidentResponse');
  const values = MetricData.map(({ MetricName, Value, Dimensions = [] }) => [
    ...[MetricName, Value],
    ...Dimensions.map(({ Name, Value: of }) => `${Name}=${of}`),
  ]);
  const service = 'Service=mockupaws-production';
  expect(values).toEqual([
    ['MinutesToDetect', 2, service],
    ['MinutesToAcknowledge', 3, service],
    ['MinutesToResolve', 12, service],
    ['ResponseTargetKept', 1, service, 'Severity=P2'],
    ['ResolutionTargetKept', 1, service, 'Severity=P2'],
    ['RunVerified', 1, service, 'Runbook=kill-idle'],
  ]);
  expect(await recorded()).toEqual(['figures']);
});

it('the figures function dates metrics by the resolution, even days later', async () => {
  await resolved();
  setMinute(3 * 24 * 60);
  await hears();
  expect(new Set(calls()[0]?.MetricData?.map(({ Timestamp }) => Timestamp?.toISOString()))).toEqual(
    new Set([minute(10)]),
  );
});

it('the figures function publishes the metrics at the next try when CloudWatch failed', async () => {
  await resolved();
  cloudWatch.on(PutMetricDataCommand).rejectsOnce(new Error('Throttled')).resolves({});
  await expect(hears()).rejects.toThrow('Throttled');
  expect(await recorded()).toEqual([]);
  expect(await hears()).toMatchObject({ published: 6 });
  expect(await recorded()).toEqual(['figures']);
});

it.each<[string, Parameters<typeof resolved>]>([
  ['a drill', [{ drill: true }]],
  ['a cancelled incident', [{}, { cancelled: true }]],
])('the figures function publishes nothing for %s', async (_, given) => {
  await resolved(...given);
  expect(await hears()).toMatchObject({ published: 0 });
  expect(calls()).toEqual([]);
  expect(await recorded()).toEqual([]);
});
