import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { formatEvent } from '../../lambda/domain/messages/log.ts';
import { handler } from '../../lambda/functions/watch/handler.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { useAlarms } from '../support/fake-alarms.ts';
import {
  ALARM,
  committed,
  deploy,
  invoke,
  policyOf,
  setMinute,
  signal,
  stored,
  useResponder,
} from '../support/responder.ts';
import { minute, of, START, types } from '../support/story.ts';

const table = useResponder({
  RESPONSE_STATE_MACHINE: 'arn:response',
  MAINTENANCE_PARAMETER: 'until',
  AUTOMATION_PARAMETER: 'on',
});
const { alarms, cloudwatch, tagging } = useAlarms();
const { executions } = useWorkflows();
const ssm = mockClient(SSMClient);
const ecs = mockClient(ECSClient);

beforeEach(() => {
  ssm.reset();
  maintenance('none');
  ecs.on(DescribeServicesCommand).resolves({ services: [{ desiredCount: 10, runningCount: 10 }] });
  vi.stubGlobal('fetch', async () => new Response());
});
const maintenance = (Value: string) =>
  ssm.on(GetParametersCommand).resolves({
    Parameters: [
      { Name: 'until', Value },
      { Name: 'on', Value: 'on' },
    ],
  });
const watchAt = async (minutes: number) => {
  setMinute(minutes);
  await invoke(handler, { 'detail-type': 'Scheduled Event' });
};
const open = async () => (await openIncidents()).incidents;
const CACHE = { slot: 'mockupaws-production/CacheFailure', number: 1 };
const OTHER = 'shop-errors';
const OTHER_TAGS = {
  'incident:service': 'mockupaws-production',
  'incident:playbook': 'DatabaseConnections',
  'incident:level': 'critical',
};
const TAGS = {
  'incident:service': 'mockupaws-production',
  'incident:playbook': 'CacheFailure',
  'incident:level': 'warning',
};

describe('a red alarm without an incident', () => {
  it('opens one after two minutes, which began when it turned red, and starts its response', async () => {
    alarms.set(ALARM, { state: 'ALARM', since: START, reason: 'Threshold Crossed' });
    await watchAt(1.9);
    expect(await open()).toEqual([]);
    await watchAt(2);
    expect(await stored()).toMatchObject({ startedAt: START, severity: 'P2' });
    expect((await stored()).timeline[0]?.command).toBe(`observed/alarm:${ALARM}/${START}/firing`);
    expect(executions().map(({ name }) => name)).toEqual(['INC-2026-04-07-001-1']);
    await watchAt(3);
    expect(types((await stored()).timeline).filter(type => type === 'SignalFired')).toHaveLength(1);
  });

  it.each([true, false])(
    'is one of the user’s by its tags, composite: %s, and clears when it is green',
    async composite => {
      alarms.set('checkout', { state: 'ALARM', since: START, composite, tags: TAGS });
      await watchAt(2);
      expect((await stored(CACHE)).signals['alarm:checkout']).toMatchObject({ state: 'firing', at: START });
      alarms.set('checkout', { state: 'OK', since: minute(4), composite, tags: TAGS });
      await watchAt(4);
      expect((await stored(CACHE)).signals['alarm:checkout']).toMatchObject({ state: 'cleared', at: minute(4) });
    },
  );

  it('of nobody we know is asked for its tags once in a quarter of an hour, and opens nothing', async () => {
    alarms.set('foreign', { state: 'ALARM', since: START });
    for (let at = 2; at < 16; at++) await watchAt(at);
    expect(tagging.commandCalls(GetResourcesCommand)).toHaveLength(1);
    expect(await open()).toEqual([]);
    await watchAt(17.5);
    expect(tagging.commandCalls(GetResourcesCommand)).toHaveLength(2);
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'of somebody else may have the name of what every object has: %s',
    async name => {
      alarms.set(name, { state: 'ALARM', since: START });
      await watchAt(2);
      expect(await open()).toEqual([]);
      expect(console.error).not.toHaveBeenCalled();
    },
  );

  it('opens one incident of a hundred and fifty that are red, which are read by pages', async () => {
    for (let i = 0; i < 150; i++) alarms.set(`alarm ${i}`, { state: 'ALARM', since: START, tags: TAGS });
    await watchAt(2);
    const known = Object.entries((await stored(CACHE)).signals);
    expect(await open()).toHaveLength(1);
    expect(known).toHaveLength(150);
    for (const name of alarms.keys()) alarms.set(name, { state: 'OK', since: minute(4), tags: TAGS });
    await watchAt(4);
    expect(Object.values((await stored(CACHE)).signals).every(({ state }) => state === 'cleared')).toBe(true);
  });
});

describe('accounted for is a red alarm', () => {
  it('during a maintenance window, in which it is held; after it, it is an incident', async () => {
    alarms.set(ALARM, { state: 'ALARM', since: START });
    maintenance(minute(30));
    await watchAt(29);
    expect(await open()).toMatchObject([{ held: { source: 'person', until: minute(30) } }]);
    expect(types((await stored()).timeline)).toEqual(['IncidentOpened', 'SignalFired', 'HeldForMaintenance']);
    await watchAt(31);
    expect(await open()).toMatchObject([{ held: undefined, severity: 'P2', startedAt: minute(31) }]);
  });

  it('during a maintenance window that is unreadable, not at all', async () => {
    ssm.on(GetParametersCommand).rejects(new Error('InternalServerError'));
    alarms.set(ALARM, { state: 'ALARM', since: START });
    await watchAt(2);
    expect(await open()).toHaveLength(1);
  });

  it('that a drill has set, for as long as a drill may last', async () => {
    alarms.set(ALARM, { state: 'ALARM', since: START, reason: '[DRILL] set by ada' });
    await watchAt(9);
    expect(await open()).toEqual([]);
    await watchAt(10);
    expect(await stored()).toMatchObject({ drill: undefined });
  });

  it.each([undefined, true])(
    'that was red already when a person resolved its incident, for an hour; cancelled: %s',
    async cancelled => {
      alarms.set(ALARM, { state: 'ALARM', since: START, reason: 'Threshold Crossed' });
      await watchAt(2);
      await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'known', cancelled });
      for (const minutes of [4, 11.9]) await watchAt(minutes);
      expect(types((await stored()).timeline)).not.toContain('StillRed');
      for (const minutes of [12, 13, 61.9]) await watchAt(minutes);
      expect(of((await stored()).timeline, 'StillRed')).toMatchObject([
        { at: minute(12), alarms: [{ name: ALARM, since: START }], count: 1 },
      ]);
      expect(await open()).toEqual([]);
      await watchAt(62);
      const [anew] = await open();
      expect(anew).toMatchObject({ number: 2, startedAt: minute(62) });
      expect(anew?.signals[`alarm:${ALARM}`]?.summary).toContain('(red since before INC-2026-04-07-001 was resolved)');
      await watchAt(63);
      expect((await open()).map(({ version }) => version)).toEqual([anew?.version]);
    },
  );

  it('until it turns red again', async () => {
    alarms.set(ALARM, { state: 'ALARM', since: START });
    await watchAt(2);
    await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'known' });
    alarms.set(ALARM, { state: 'OK', since: minute(5) });
    for (const minutes of [5, 14]) await watchAt(minutes);
    alarms.set(ALARM, { state: 'ALARM', since: minute(20) });
    await watchAt(22);
    expect((await open()).map(({ number }) => number)).toEqual([2]);
    expect(types((await stored()).timeline)).not.toContain('StillRed');
  });
});

it('an alarm that turned red just before its incident was resolved is accounted for, though the incident never knew it', async () => {
  await receive(signal({ key: 'alarm:other' }), policyOf());
  alarms.set(ALARM, { state: 'ALARM', since: minute(4) });
  await watchAt(5);
  await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'known' });
  await watchAt(8);
  expect(await open()).toEqual([]);
  alarms.set(ALARM, { state: 'ALARM', since: minute(9) });
  await watchAt(11);
  expect(await open()).toHaveLength(1);
});

it('an alarm that turned red just before automation resolved the last incident opens the next: no person knew of it', async () => {
  alarms.set(ALARM, { state: 'ALARM', since: START });
  await watchAt(2);
  await committed({ type: 'end response', id: 'end', attempt: 1, reason: 'by hand' });
  alarms.set(ALARM, { state: 'OK', since: minute(5) });
  let resolved = 5;
  for (; (await stored()).status !== 'resolved'; resolved++) {
    alarms.set(OTHER, { state: 'ALARM', since: minute(resolved - 0.5), tags: OTHER_TAGS });
    await watchAt(resolved);
  }
  expect((await stored()).resolvedAt).toBe(minute(resolved - 1));
  for (const after of [1, 2, 3]) await watchAt(resolved + after);
  expect((await open()).map(({ number }) => number)).toEqual([2]);
});

it('nothing that stays red is forgotten, whatever minutes of the watch are missed: told after ten minutes, opened after an hour', async () => {
  const missed = fc.record({
    resolvedAt: fc.integer({ min: 0, max: 20 }),
    minutes: fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 12 }),
    cancelled: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(missed, async ({ resolvedAt, minutes, cancelled }) => {
      await table.renew();
      await deploy();
      alarms.set(ALARM, { state: 'ALARM', since: START });
      await watchAt(2);
      setMinute(2 + resolvedAt);
      await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'known', cancelled });
      const watched = minutes.toSorted((a, b) => a - b);
      for (const after of watched) await watchAt(2 + resolvedAt + after);
      const told = of((await stored()).timeline, 'StillRed').map(({ at }) => at);
      const first = watched.find(after => after >= 10 && after < 60);
      expect(told).toEqual(first === undefined ? [] : [minute(2 + resolvedAt + first)]);
      const late = watched.find(after => after >= 60);
      expect((await open()).map(({ openedAt }) => openedAt)).toEqual(
        late === undefined ? [] : [minute(2 + resolvedAt + late)],
      );
    }),
    { numRuns: 25 },
  );
});

describe('an alarm that cannot be read back', () => {
  const elsewhere = () => receive(signal({ key: 'alarm:elsewhere' }), policyOf());

  it('of another account keeps its last event, and a newer one counts', async () => {
    await elsewhere();
    await watchAt(5);
    expect((await stored()).signals['alarm:elsewhere']).toMatchObject({ state: 'firing', at: START });
    await receive(signal({ id: 'green', key: 'alarm:elsewhere', state: 'cleared', at: minute(6) }), policyOf());
    await watchAt(7);
    expect((await stored()).signals['alarm:elsewhere']).toMatchObject({ state: 'cleared', at: minute(6) });
    expect(types((await stored()).timeline)).not.toContain('SignalLost');
  });

  it('is told of once, with its name, whatever it says meanwhile, and once more when it is read again', async () => {
    const told = async () =>
      (await stored()).timeline
        .filter(({ type }) => type === 'AlarmsUnreadable' || type === 'AlarmsReadable')
        .map(event => formatEvent(event, { runs: [] } as never)[1]);
    await elsewhere();
    for (const minutes of [1, 2, 3]) await watchAt(minutes);
    const lost = 'cannot be read in this account and region, so what they said last stands: alarm elsewhere';
    expect(await told()).toEqual([lost]);
    await receive(signal({ id: 'green', key: 'alarm:elsewhere', state: 'cleared', at: minute(4) }), policyOf());
    await watchAt(5);
    expect(await told()).toEqual([lost]);
    alarms.set('elsewhere', { state: 'OK', since: minute(4) });
    for (const minutes of [6, 7]) await watchAt(minutes);
    expect(await told()).toEqual([lost, 'can be read again: alarm elsewhere']);
    alarms.clear();
    for (const minutes of [8, 9]) await watchAt(minutes);
    expect(await told()).toEqual([lost, 'can be read again: alarm elsewhere', lost]);
  });

  it('is told of while it flaps, and with up to nine others in one line', async () => {
    for (let i = 0; i < 11; i++) await receive(signal({ id: `${i}`, key: `alarm:elsewhere-${i}` }), policyOf());
    for (let i = 0; i < 10; i++) {
      const state = i % 2 ? 'firing' : 'cleared';
      await receive(
        signal({ id: `flap ${i}`, key: 'alarm:elsewhere-0', state, at: minute(0.01 * (i + 1)) }),
        policyOf(),
      );
    }
    expect((await stored()).signals['alarm:elsewhere-0']?.flapping).toBeDefined();
    for (const minutes of [1, 2]) await watchAt(minutes);
    const { timeline, signals } = await stored();
    expect(of(timeline, 'AlarmsUnreadable').map(({ keys }) => keys.length)).toEqual([10, 1]);
    expect(Object.values(signals).every(({ unreadable }) => unreadable)).toBe(true);
  });

  it('once is as it was when it is read again, and its next change is seen', async () => {
    alarms.set(ALARM, { state: 'ALARM', since: START });
    await watchAt(2);
    alarms.clear();
    await watchAt(3);
    alarms.set(ALARM, { state: 'ALARM', since: START });
    await watchAt(4);
    expect((await stored()).signals[`alarm:${ALARM}`]).toMatchObject({ state: 'firing', at: START });
    alarms.set(ALARM, { state: 'INSUFFICIENT_DATA', since: minute(5) });
    await watchAt(5);
    alarms.set(ALARM, { state: 'ALARM', since: minute(5) });
    await watchAt(6);
    expect((await stored()).signals[`alarm:${ALARM}`]).toMatchObject({ state: 'firing' });
  });
});

it('all alarms are asked for in three questions, however many incidents are open', async () => {
  await receive(signal(), policyOf());
  await receive(signal({ id: 'event-2', playbook: 'CacheFailure', key: 'alarm:other' }), policyOf());
  await watchAt(1);
  expect(
    cloudwatch.commandCalls(DescribeAlarmsCommand).map(({ args: [{ input }] }) => [input.StateValue, input.AlarmNames]),
  ).toEqual([
    ['ALARM', undefined],
    ['INSUFFICIENT_DATA', undefined],
    [undefined, expect.arrayContaining([ALARM, 'other'])],
  ]);
});
