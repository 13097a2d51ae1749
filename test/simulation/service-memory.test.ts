import type { Assembly } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import { acting } from '../../local/scenarios/of-playbook.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { serviceDown } from '../../local/scenarios/service-down.ts';
import { serviceMemory, serviceMemoryHandedOver, serviceMemoryLimit } from '../../local/scenarios/service-memory.ts';
import { type Entry, RehearsalWorld } from '../../local/world/world.ts';
import { assembly, withCode, withModes, withRunbook } from './world.ts';

const MINUTE = 60_000;

/** The timeline of a playbook's incident; another incident may be about the symptom. */
const of = ({ incidents }: RehearsalWorld, playbook = 'ServiceMemory'): Entry[] =>
  [...incidents.values()].filter(({ timeline }) => timeline[0]?.['playbook'] === playbook).flatMap(i => i.timeline);
const types = (world: RehearsalWorld) => of(world).map(({ type }) => type);
const ran = (world: RehearsalWorld) => acting(world).map(({ name }) => name.replace('mockupaws-production-', ''));

async function suffer(scenario: Scenario, altered = assembly(), minutes = 60): Promise<RehearsalWorld> {
  const world = await RehearsalWorld.create(altered, 3);
  scenario.inject(world);
  await world.clock.run(minutes * MINUTE, () => false);
  return world;
}

describe('the incident does not resolve when its remedy is taken away:', () => {
  it.each<[string, () => Assembly]>([
    [
      'a restart that only pretends',
      () =>
        withRunbook('restart-tasks', content => {
          content['mainSteps'][0].inputs.InputPayload.dryRun = 'true';
        }),
    ],
    [
      'a restart that forces no deployment',
      () => withCode(code => code.replaceAll('forceNewDeployment:!0', 'forceNewDeployment:!1')),
    ],
  ])('%s', async (_, altered) => {
    const world = await suffer(serviceMemory, altered());
    expect(world.service.healthy).toBe(false);
    expect(types(world)).not.toContain('Resolved');
    expect(types(world)).toContain('StepFailed');
    const [succeeded, ...others] = of(world).filter(({ type }) => type === 'StepSucceeded');
    expect([succeeded?.['run'], others]).toEqual([expect.stringContaining('capture-heap-dump'), []]);
  });

  it('a heap dump heals nothing', async () => {
    const world = await suffer(serviceMemory, withModes({ 'restart-tasks': 'off' }));
    expect(ran(world)).toEqual(['capture-heap-dump']);
    expect(types(world)).not.toContain('Resolved');
    expect(world.service.healthy).toBe(false);
  });
});

it('tasks that have become too small are healed by more memory, which stays', async () => {
  const world = await suffer(serviceMemoryLimit, withModes({ 'raise-memory': 'auto' }), 75);
  expect(ran(world)).toEqual(['capture-heap-dump', 'restart-tasks', 'raise-memory']);
  expect(types(world)).toContain('Resolved');
  expect(world.service.healthy).toBe(true);
  expect(world.service.deployments.wanted).toMatchObject({ number: 42, cpu: 1024, memory: 5120 });
});

it('more memory that does not help is taken back', async () => {
  const world = await suffer(serviceMemoryHandedOver, withModes({ 'raise-memory': 'auto' }), 75);
  // Then the symptom's own steps have their turn.
  expect(ran(world).slice(0, 3)).toEqual(['restart-tasks', 'raise-memory', 'raise-memory']);
  const last = world.runbooks.runs.findLast(({ name }) => name.endsWith('raise-memory'));
  expect(last?.parameters['Revision']).toEqual(['41']);
  expect(world.service.deployments.wanted.number).toBe(41);
  expect(types(world)).toContain('HandedOver');
  expect(types(world)).not.toContain('Resolved');
});

it('more memory that makes it worse is taken back at once', async () => {
  const world = await RehearsalWorld.create(withModes({ 'raise-memory': 'auto' }), 3);
  world.service.deployments.resized = { errorShare: 0.4 };
  serviceMemoryLimit.inject(world);
  await world.clock.run(60 * MINUTE, () => false);
  const failed = of(world).filter(({ type, run }) => type === 'StepFailed' && run.includes('raise-memory'));
  expect(failed.map(({ impact }) => impact)).toEqual(['harmful']);
  expect(world.service.deployments.wanted.number).toBe(41);
  expect(world.service.errorShare).toBe(0);
  expect(types(world)).toContain('HandedOver');
});

describe('a leak that came with a deployment', () => {
  const leaking = (world: RehearsalWorld) =>
    world.clock.after(2 * MINUTE, () => world.service.deployments.deploy(0, { perMinute: 90 }));

  it('is rolled back past the restart that came after it', async () => {
    const world = await RehearsalWorld.create(
      withModes({ 'raise-memory': 'off', 'roll-back': 'auto', 'restart-tasks': 'auto' }),
      3,
    );
    leaking(world);
    await world.clock.run(150 * MINUTE, () => ran(world).includes('return-to-revision'));
    await world.clock.run(30 * MINUTE, () => world.calm);
    expect(ran(world).slice(0, 2)).toEqual(['capture-heap-dump', 'restart-tasks']);
    expect(world.runbooks.runs.at(-1)).toMatchObject({ parameters: { Revision: ['41'] } });
    expect(world.service.deployments.wanted.number).toBe(41);
    expect(world.calm).toBe(true);
  });
});

it('a restart is not taken for a bad deployment, though requests begin to fail soon after it', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  const { deployments } = world.service;
  deployments.begin(41, true);
  world.clock.after(3 * MINUTE, () => {
    deployments.wanted.errorShare = 0.3;
  });
  await world.clock.run(25 * MINUTE, () => false);
  expect(of(world, 'ServiceHealth').length).toBeGreaterThan(0);
  expect(of(world, 'BadDeployment')).toEqual([]);
});

it('tasks that fall for another reason are no trouble of memory: it waits for nobody', async () => {
  const world = await suffer(serviceDown, assembly(), 30);
  expect(world.service.memory.stopped.length).toBeGreaterThan(3);
  expect(of(world)).toEqual([]);
});
