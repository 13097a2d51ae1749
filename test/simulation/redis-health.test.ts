import { describe, expect, it } from 'vitest';
import { redisHandedOver, redisHealth, redisRestart } from '../../local/scenarios/redis-health.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf, typesOf, withRunbook } from './world.ts';

const MINUTE = 60_000;
const BREAKER = '/incident-response/mockupaws-production/circuit-breakers/redis';

async function suffer(scenario: Scenario, altered = assembly(), minutes = 55): Promise<RehearsalWorld> {
  const world = await RehearsalWorld.create(altered, 3);
  scenario.inject(world);
  await world.clock.run(minutes * MINUTE, () => false);
  return world;
}

describe('the incident does not resolve when its remedy is taken away:', () => {
  it('a circuit breaker that is never opened', async () => {
    const world = await suffer(
      redisHealth,
      withRunbook('circuit-breaker', content => {
        for (const step of content['mainSteps']) if (step.name === 'setState') step.inputs.Value = 'closed';
        for (const step of content['mainSteps'])
          if (step.name === 'requireState') step.inputs.DesiredValues = ['closed'];
      }),
    );
    expect(typesOf(world)).toContain('StepFailed');
    expect(typesOf(world)).not.toContain('StepSucceeded');
    expect(typesOf(world)).toContain('HandedOver');
    expect(typesOf(world)).not.toContain('Resolved');
  });

  it('a circuit breaker that says it is open when it is not fails at once', async () => {
    const world = await suffer(
      redisHealth,
      withRunbook('circuit-breaker', content => {
        for (const step of content['mainSteps']) if (step.name === 'setState') step.inputs.Value = 'closed';
      }),
    );
    const [failed] = timelineOf(world).filter(({ type }) => type === 'StepFailed');
    expect(failed?.['reason']).toContain('$.Parameter.Value is "closed"');
  });

  it('a service that does not follow the circuit breaker', async () => {
    const world = await RehearsalWorld.create(assembly(), 3);
    world.service.redis.breaker = () => false;
    redisHealth.inject(world);
    await world.clock.run(55 * MINUTE, () => false);
    expect(typesOf(world)).not.toContain('StepSucceeded');
    expect(typesOf(world)).not.toContain('Resolved');
  });
});

describe('a person who takes over', () => {
  const heals = async (scenario: Scenario, heal: (world: RehearsalWorld) => void) => {
    const world = await suffer(scenario);
    expect(typesOf(world)).toContain('HandedOver');
    expect(world.parameters.value(BREAKER)).toBe('open');
    heal(world);
    await world.clock.run(25 * MINUTE, () => false);
    expect(world.parameters.value(BREAKER)).toBe('closed');
    expect(typesOf(world)).toContain('Resolved');
    expect(world.service.healthy).toBe(true);
  };

  it('puts the missing rule back: the circuit breaker is closed by itself', async () => {
    await heals(redisHandedOver, ({ service: { redis, shape } }) => {
      const UserIdGroupPairs = (shape.redis?.serviceSecurityGroups ?? []).map(GroupId => ({ GroupId }));
      redis.ingress = [{ IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, UserIdGroupPairs }];
    });
  });

  it('runs the restart: the circuit breaker is closed by itself, and a replica is the primary', async () => {
    await heals(redisRestart, world => {
      const [workflow] = world.account.ofType('AWS::StepFunctions::StateMachine');
      const caller = { name: 'a person', role: workflow?.properties['RoleArn'] };
      const DocumentName = 'mockupaws-production-restart-redis';
      return world.account.call(caller, 'ssm', 'StartAutomationExecution', {
        DocumentName,
        Parameters: { DryRun: ['false'] },
      });
    });
  });
});

const skipped = (world: RehearsalWorld) =>
  timelineOf(world)
    .filter(({ type }) => type === 'StepSkipped')
    .map(({ step, reasons }) => `${step} ${reasons}`);

it('a node that is gone opens an incident, as the probe asks for it', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  world.service.redis.suffer('gone');
  await world.clock.run(10 * MINUTE, () => false);
  expect(timelineOf(world).find(({ playbook, key }) => key && playbook === 'RedisHealth')?.['key']).toContain(
    'redis-nodes-gone',
  );
});

it('while nobody suffers, the cache is not left out', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  const { redis } = world.service;
  redis.suffer('gone');
  Object.defineProperty(redis, 'errorShare', { value: 0 });
  await world.clock.run(15 * MINUTE, () => false);
  expect(skipped(world).join()).toContain('open-circuit-breaker not possible: people are served well');
});

it('with cluster mode on nobody is asked for a restart, and the diagnosis says why', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  world.service.redis.clusterMode = true;
  redisRestart.inject(world);
  await world.clock.run(20 * MINUTE, () => false);
  expect(skipped(world).join()).toContain('not possible: cluster mode is on, so it cannot be restarted');
  expect(JSON.stringify(timelineOf(world))).toContain('cluster mode on, so it cannot be restarted');
  expect(typesOf(world)).not.toContain('ApprovalRequested');
});
