import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../local/service/strategy.ts';
import type { RehearsalFaults } from '../../local/world/faults.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, typesOf } from './world.ts';

const MINUTE = 60_000;
const SERVICE_DEPLOYMENT = 'arn:aws:ecs:us-east-1:123456789012:service-deployment/mockupaws-production/backend';

/** After two minutes a version is deployed that fails two fifths of its requests. */
async function badlyDeployed(
  configuration: Partial<Configuration>,
  faults: RehearsalFaults = {},
  seed = 3,
): Promise<RehearsalWorld> {
  const world = await RehearsalWorld.create(assembly(), seed, faults);
  world.service.deployments.configure(configuration);
  world.clock.after(2 * MINUTE, () => world.service.deployments.deploy(0.4));
  return world;
}

const incidentsOf = (world: RehearsalWorld, playbook: string) =>
  [...world.incidents.values()].filter(({ timeline }) => timeline[0]?.['playbook'] === playbook);

describe('a bad deployment that the runbook does not understand is handed over, and nothing is changed:', () => {
  it.each<[string, Partial<Configuration>]>([
    ['CODE_DEPLOY', { controller: 'CODE_DEPLOY' }],
    ['EXTERNAL', { controller: 'EXTERNAL' }],
    ['BLUE_GREEN', { strategy: 'BLUE_GREEN' }],
    ['BLUE_GREEN', { strategy: 'BLUE_GREEN', bakeMinutes: 30 }],
    ['LINEAR', { strategy: 'LINEAR', bakeMinutes: 5 }],
    ['CANARY', { strategy: 'CANARY', bakeMinutes: 5, percent: 20 }],
  ])('%s, %o', async (how, configuration) => {
    const world = await badlyDeployed(configuration);
    await world.clock.run(15 * MINUTE, () => false);
    const [incident] = incidentsOf(world, 'BadDeployment');
    const reason = incident?.timeline.find(({ type }) => type === 'HandedOver')?.['reason'];
    expect(reason).toContain(
      'ECS does not deploy the service by rolling updates: take the deployment back with the tool that made it',
    );
    const asked = world.topics.messages.find(
      ({ channel, subject }) => channel === 'email' && subject.includes('NEEDS YOU'),
    );
    expect(asked?.body).toContain(reason);
    expect(asked?.body).toMatch(/Deployments: requests have failed since the one \d+ min ago/);
    expect(asked?.body).toContain(`deployed by ${how}`);
    expect(world.topics.messages.some(({ channel }) => channel === 'sms')).toBe(true);
    expect(world.runbooks.runs).toEqual([]);
    expect(world.changed).toEqual([]);

    // Once a person has taken it back, it is over.
    world.service.deployments.begin(41);
    await world.clock.run(90 * MINUTE, () => world.calm);
    expect(world.calm).toBe(true);
    expect(world.changed).toEqual([]);
    expect(world.queues.total).toBe(0);
  });
});

describe('a bad rolling deployment is taken back once, and verified,', () => {
  it.each<[string, RehearsalFaults]>([
    ['though ECS answers with the state of a minute ago', { staleReads: 60 }],
    ['though ECS lists deployments in no order', { unordered: true }],
    ['though everything is delivered twice, and late', { duplicated: 1, late: 60 }],
    ['though metrics are late', { lateMetrics: 120 }],
    ['though all of it is so', { staleReads: 60, unordered: true, duplicated: 0.5, late: 60, lateMetrics: 120 }],
  ])('%s', async (_, faults) => {
    const world = await badlyDeployed({}, faults, 4);
    // A list with one entry has no order.
    for (const [minutes, number] of [
      [-14, 40],
      [-7, 41],
    ] as const)
      world.service.deployments.history.push({
        ...world.service.deployments.latest,
        ...{ id: `earlier-${number}`, target: world.service.deployments.revision(number) },
        ...{ createdAt: world.clock.now + minutes * MINUTE, finishedAt: world.clock.now + (minutes + 4) * MINUTE },
      });
    await world.clock.run(70 * MINUTE, () => world.incidents.size > 0 && world.calm);
    const bad = world.service.deployments.history.find(({ target }) => target.number === 42);

    expect(world.runbooks.runs.map(({ name, parameters, outcome }) => [name, parameters, outcome?.status])).toEqual([
      [
        'mockupaws-production-roll-back',
        { DeploymentArn: [`${SERVICE_DEPLOYMENT}/${bad?.id}`], DryRun: ['false'] },
        'Success',
      ],
    ]);
    expect(world.changed).toHaveLength(1);
    expect(world.service.deployments.wanted.number).toBe(41);
    expect(incidentsOf(world, 'BadDeployment')).toHaveLength(1);
    expect(typesOf(world).filter(type => /^Step(Started|Succeeded|Failed)/.test(type))).toEqual([
      'StepStarted',
      'StepSucceeded',
    ]);
    expect(world.calm).toBe(true);
    expect(world.queues.total).toBe(0);
    const pages = [...world.incidents.values()].flatMap(({ id, timeline }) =>
      timeline.flatMap(({ type, command, about, to }) =>
        type === 'PageSent' ? [`${id} ${command} ${about} ${to}`] : [],
      ),
    );
    expect(new Set(pages).size).toBe(pages.length);
  });
});
