import { describe, expect, it } from 'vitest';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf } from './world.ts';

const MINUTE = 60_000;
const PLAYBOOKS = [
  'ServiceHealth',
  'DatabaseConnections',
  'RedisHealth',
  'ServiceMemory',
  'BadDeployment',
  'SlowResponses',
];

/** An alarm of the user's that turns red. */
function red(world: RehearsalWorld, alarmName: string, playbook: string): void {
  const arn = `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${alarmName}`;
  const detail = {
    alarmName,
    state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: world.clock.iso },
    alarmTags: {
      'incident:service': 'mockupaws-production',
      'incident:playbook': playbook,
      'incident:level': 'critical',
    },
    alarmTagsStatus: 'SUCCESS',
  };
  world.buses.put(world.buses.event('aws.cloudwatch', 'CloudWatch Alarm State Change', detail, [arn]));
}

/** What intake does in a world: its writes, the batches that it took for each incident, and its failures. */
function intakeOf(world: RehearsalWorld) {
  const seen = { writes: 0, batches: 0, failures: [] as string[], deadLetters: [] as Record<string, unknown>[] };
  world.account.listen(({ type, ...event }) => {
    if (type === 'dead letter' && String(event['queue']).includes('Intake')) seen.deadLetters.push(event);
    if (event['function'] !== 'intake') return;
    const line = event['line'] as { message: string } | undefined;
    if (['PutItem', 'UpdateItem'].includes(String(event['operation']))) seen.writes++;
    if (line?.message === 'signals received') seen.batches++;
    if (event['level'] === 'error') seen.failures.push(line?.message ?? '');
    if (event['error']) seen.failures.push(String(event['error']));
  });
  return seen;
}

const fired = (world: RehearsalWorld) =>
  timelineOf(world)
    .filter(({ type }) => type === 'SignalFired')
    .map(({ key }) => String(key));

describe('two hundred alarms at once', () => {
  it.each([
    ['of one playbook', PLAYBOOKS.slice(0, 1)],
    ['spread over all', PLAYBOOKS],
  ])('%s are all known to their incidents, and one that nobody understands blocks nobody', async (_, playbooks) => {
    const world = await RehearsalWorld.create(assembly(), 1);
    const intake = intakeOf(world);
    const names = Array.from({ length: 200 }, (_, i) => `alarm-${i}`);
    for (const [i, name] of names.entries()) {
      red(world, name, String(playbooks[i % playbooks.length]));
      if (i === 100) red(world, 'poison', 'NoSuchPlaybook');
    }
    await world.clock.run(MINUTE);
    expect(new Set(fired(world))).toEqual(new Set(names.map(name => `alarm:${name}`)));
    expect(fired(world)).toHaveLength(200);
    expect(world.incidents.size).toBe(1);
    expect(intake.writes).toBeLessThanOrEqual(3 * intake.batches);
    expect(intake.batches).toBeLessThan(playbooks.length === 1 ? 25 : 140);
    expect(intake.failures).toEqual([expect.stringContaining('put aside: alarm poison: no playbook for it')]);

    await world.clock.run(5 * MINUTE);
    expect(intake.deadLetters).toMatchObject([{ body: { detail: { alarmName: 'poison' } } }]);
    const mails = world.topics.messages.filter(({ body }) => body.includes('Signals that did not become an incident'));
    expect(mails.map(({ channel }) => channel)).toContain('email');
  });
});

it('signals that meet no table for 160 minutes become incidents afterwards, and people learn that they wait', async () => {
  const world = await RehearsalWorld.create(assembly(), 1, { away: [{ service: 'dynamodb', from: 0, to: 160 }] });
  const { deadLetters } = intakeOf(world);
  const { clock } = world;
  const began = clock.iso;
  for (const playbook of PLAYBOOKS) red(world, `alarm of ${playbook}`, playbook);
  await clock.run(160 * MINUTE);
  expect(world.incidents.size).toBe(0);
  expect(world.topics.messages.some(({ body }) => body.includes('Signals have been waiting for 5 minutes'))).toBe(true);
  await clock.run(7 * MINUTE);
  expect(fired(world).sort()).toEqual(PLAYBOOKS.map(playbook => `alarm:alarm of ${playbook}`).sort());
  const opened = timelineOf(world).filter(({ type }) => type === 'IncidentOpened');
  for (const { startedAt } of opened) expect(startedAt).toBe(began);
  expect(deadLetters).toEqual([]);
});

it('an alarm whose event is lost opens an incident within five minutes, which is resolved when it is green', async () => {
  const broken = assembly();
  for (const [id, { Type, Properties }] of Object.entries(broken.template.Resources))
    if (Type === 'AWS::Events::Rule' && id.includes('IntakeAlarms')) Properties['State'] = 'DISABLED';
  const world = await RehearsalWorld.create(broken, 1);
  databaseConnections.inject(world);
  let red = 0;
  world.account.listen(event => {
    if (event.type === 'alarm' && event['state'] === 'ALARM') red ||= Date.parse(event.at);
  });
  await world.clock.run(60 * MINUTE, () => world.incidents.size > 0);
  const [opened] = timelineOf(world);
  expect(Date.parse(opened?.at ?? '') - red).toBeLessThanOrEqual(5 * MINUTE);
  expect(Date.parse(opened?.['startedAt'])).toBe(red);
  await world.clock.run(120 * MINUTE, () => world.calm);
  expect(world.calm).toBe(true);
  expect(world.incidents.size).toBe(1);
});

it.each([
  ['in its event', true],
  ['only when the watch asks', false],
])(
  'a composite alarm of the user’s with its tags %s opens an incident, which is resolved after it is green',
  async (_, Enabled) => {
    const app = assembly();
    const metric = { Namespace: 'Checkout', MetricName: 'Errors', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1 };
    const rule = { Threshold: 1, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'ignore' };
    const Tags = Object.entries({ service: 'mockupaws-production', playbook: 'ServiceHealth', level: 'critical' }).map(
      ([name, Value]) => ({ Key: `incident:${name}`, Value }),
    );
    app.template.Resources['Errors'] = {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { AlarmName: 'checkout-errors', ...metric, ...rule },
    };
    app.template.Resources['Degraded'] = {
      Type: 'AWS::CloudWatch::CompositeAlarm',
      Properties: {
        ...{ AlarmName: 'checkout-degraded', AlarmRule: 'ALARM("checkout-errors")', Tags },
        ActionConfiguration: { AlarmTagsPropagation: { Enabled } },
      },
    };
    const world = await RehearsalWorld.create(app, 1);
    const set = (StateValue: 'ALARM' | 'OK') =>
      world.alarms.set({ AlarmName: 'checkout-errors', StateValue, StateReason: 'set by a test' });
    set('ALARM');
    await world.clock.run(4 * MINUTE, () => world.incidents.size > 0);
    expect(fired(world)).toEqual(['alarm:checkout-degraded']);
    await world.clock.run(6 * MINUTE);
    set('OK');
    await world.clock.run(30 * MINUTE, () => world.calm);
    const types = timelineOf(world).map(({ type }) => type);
    expect(types).toContain('Resolved');
    expect(types).not.toContain('AlarmsUnreadable');
    expect(world.incidents.size).toBe(1);
  },
);
