import { expect, it } from 'vitest';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly } from './world.ts';

const MINUTE = 60_000;

const alarmsOf = (world: RehearsalWorld) =>
  world.account
    .ofType('AWS::CloudWatch::Alarm')
    .filter(({ properties }) => JSON.stringify(properties['Tags'] ?? []).includes('incident:playbook'));

/** An alarm of each playbook and level, and each metric once: those of nodes and roles are alike. */
const metricsOf = (world: RehearsalWorld) => [
  ...new Map(
    alarmsOf(world).map(({ properties: { Namespace, MetricName } }) => [
      `${Namespace} ${MetricName}`,
      [Namespace, MetricName],
    ]),
  ).values(),
];

const keptStill = (world: RehearsalWorld): void => {
  expect(world.changed).toEqual([]);
  expect(world.published).toEqual([]);
  expect(world.runbooks.runs.filter(({ parameters }) => parameters['DryRun']?.[0] === 'false')).toEqual([]);
  expect(world.queues.total).toBe(0);
};

it('each alarm that a person sets on a healthy service changes nothing, and publishes nothing', async () => {
  const world = await RehearsalWorld.create(assembly(), 2);
  const alarms = alarmsOf(world);
  expect(alarms.length).toBeGreaterThan(30);
  alarms.forEach(({ ref }, i) => {
    world.clock.after((i + 1) * 2 * MINUTE, () =>
      world.alarms.set({ AlarmName: ref, StateValue: 'ALARM', StateReason: 'testing the alarm' }),
    );
  });
  await world.clock.run((alarms.length * 2 + 20) * MINUTE, () => false);
  const fired = [...world.incidents.values()].flatMap(({ timeline }) =>
    timeline.filter(({ type }) => type === 'SignalFired'),
  );
  expect(new Set(fired.map(({ key }) => key)).size).toBe(alarms.length);
  keptStill(world);
});

it('each metric that vanishes on a healthy service and comes back changes nothing, and publishes nothing', async () => {
  const world = await RehearsalWorld.create(assembly(), 2, { lateMetrics: 120 });
  const metrics = metricsOf(world);
  expect(metrics.length).toBeGreaterThan(15);
  metrics.forEach(([namespace, name], i) => {
    world.clock.after(i * 15 * MINUTE, () => world.metrics.lose(namespace, name));
    world.clock.after((i * 15 + 12) * MINUTE, () => world.metrics.regain(namespace, name));
  });
  await world.clock.run((metrics.length * 15 + 20) * MINUTE, () => false);
  expect([...world.incidents.values()].map(({ timeline }) => timeline[0]?.['playbook'])).toEqual(
    [...world.incidents].map(() => 'Monitoring'),
  );
  keptStill(world);
});

it('an alarm that flaps forty times on a healthy service changes nothing, and publishes nothing', async () => {
  const world = await RehearsalWorld.create(assembly(), 2);
  for (let i = 0; i < 40; i++)
    world.clock.after(i * 20_000, () =>
      world.alarms.set({
        AlarmName: 'incident-response/mockupaws-production/database-connections-critical',
        StateValue: i % 2 === 0 ? 'ALARM' : 'OK',
        StateReason: 'flapping',
      }),
    );
  await world.clock.run(40 * MINUTE, () => false);
  expect(world.incidents.size).toBeGreaterThan(0);
  keptStill(world);
});
