import type { Properties } from 'embedded-aws';
import { expect, it } from 'vitest';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly } from './world.ts';

const MINUTE = 60_000;
const NAME = 'mockupaws-production';

/** A world whose things have other names than the configuration, where the app has just been deployed. */
async function deployed(renamed: (real: Properties) => void): Promise<RehearsalWorld> {
  const made = assembly();
  renamed(made.template.Metadata?.['incident-response'] as Properties);
  const world = await RehearsalWorld.create(made, 3);
  world.metrics.forget('IncidentResponse');
  world.alarms.createAnew();
  return world;
}

const silent = (world: RehearsalWorld): void => {
  expect(world.topics.messages.filter(({ channel }) => channel === 'sms')).toEqual([]);
  expect(world.topics.messages.filter(({ to }) => to.startsWith('operations'))).toEqual([]);
  expect(world.queues.total).toBe(0);
  expect(world.runbooks.runs).toEqual([]);
  expect(world.changed).toEqual([]);
  expect(world.published).toEqual([]);
};

it.each<[string, (real: Properties) => void]>([
  [`cluster ${NAME}`, real => Object.assign(real, { cluster: 'mockupaws' })],
  [`service backend in cluster ${NAME}`, real => Object.assign(real, { ecsService: 'backed' })],
  [
    `load balancer app/${NAME}/50dc6c495c0c9188`,
    real => Object.assign(real, { loadBalancer: 'app/mockupaws/50dc6c495c0c9188' }),
  ],
  [
    `load balancer app/${NAME}/50dc6c495c0c9188`,
    real => Object.assign(real, { loadBalancer: `app/${NAME}/0000000000000000` }),
  ],
  [`replication group ${NAME}`, real => Object.assign(real['redis'], { replicationGroup: 'mockupaws' })],
])(
  'a configuration that names a %s which does not exist is told of within 20 minutes, and wakes nobody',
  async (thing, renamed) => {
    const world = await deployed(renamed);
    const start = world.clock.now;
    await world.clock.run(60 * MINUTE, () => false);
    const told = [...world.incidents.values()];
    expect(told.map(({ severity, timeline }) => [severity, timeline[0]?.['playbook']])).toEqual([['P3', 'Monitoring']]);
    expect(Date.parse(told[0]?.openedAt ?? '') - start).toBeLessThan(20 * MINUTE);
    expect(world.topics.messages[0]?.body).toContain(`there is no ${thing}. Correct the name`);
    silent(world);
  },
);

it('a configuration whose names are right is told of by nobody', async () => {
  const world = await deployed(() => undefined);
  await world.clock.run(60 * MINUTE, () => false);
  expect(world.incidents.size).toBe(0);
  expect(world.topics.messages).toEqual([]);
  silent(world);
});
