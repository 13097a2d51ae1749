import { describe, expect, it } from 'vitest';
import { badDeployment } from '../../local/scenarios/bad-deployment.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { serviceDown } from '../../local/scenarios/service-down.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf, typesOf, withRunbook } from './world.ts';

const MINUTE = 60_000;

async function suffer(scenario: Scenario, altered = assembly(), minutes = 45): Promise<RehearsalWorld> {
  const world = await RehearsalWorld.create(altered, 3);
  scenario.inject(world);
  await world.clock.run(minutes * MINUTE, () => false);
  return world;
}

function unresolved(world: RehearsalWorld): void {
  expect(world.service.healthy).toBe(false);
  expect(typesOf(world)).not.toContain('Resolved');
  expect(typesOf(world)).not.toContain('StepSucceeded');
  expect(typesOf(world)).toContain('StepFailed');
  expect(world.topics.messages.map(({ channel }) => channel)).toContain('sms');
}

describe('the incident does not resolve when its remedy is taken away:', () => {
  it('a rollback that only pretends', async () => {
    const world = await suffer(
      badDeployment,
      withRunbook('roll-back', content => {
        content['mainSteps'][0].inputs.InputPayload.dryRun = 'true';
      }),
    );
    unresolved(world);
    expect(typesOf(world)).toContain('HandedOver');
  });

  it('a rollback of a deployment that was not the cause', async () => {
    const world = await RehearsalWorld.create(assembly(), 3);
    badDeployment.inject(world);
    // The version before it is just as bad from then on.
    world.clock.after(2 * MINUTE + 1, () => {
      const [deployment] = world.service.deployments.history;
      if (deployment) deployment.source.errorShare = 0.4;
    });
    await world.clock.run(45 * MINUTE, () => false);
    unresolved(world);
    expect(world.runbooks.runs.map(({ name }) => name)).toEqual(['mockupaws-production-roll-back']);
  });

  it('scaling up to as many as there are', async () => {
    unresolved(
      await suffer(
        serviceDown,
        withRunbook('scale-up', content => {
          for (const { inputs } of content['mainSteps'])
            if (inputs.InputPayload) inputs.InputPayload.desiredCount = '10';
        }),
      ),
    );
  });
});

it('rolls back a deployment that is over, to the task definition before it', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  world.service.deployments.deploy(0.4);
  const [deployment] = world.service.deployments.history;
  if (deployment) deployment.done = 0.99;
  await world.clock.run(30 * MINUTE, () => false);
  expect(world.service.deployments.history.map(({ target }) => target.number)).toEqual([41, 42, 41]);
  expect(typesOf(world)).toContain('Resolved');
  expect(world.service.healthy).toBe(true);
});

it('shows the maintenance page, and takes it away', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  const [workflow] = world.account.ofType('AWS::StepFunctions::StateMachine');
  const caller = { name: 'test', role: workflow?.properties['RoleArn'] };
  for (const [mode, shown] of [
    ['on', true],
    ['off', false],
  ] as const) {
    const input = {
      DocumentName: 'mockupaws-production-maintenance-mode',
      Parameters: { Mode: [mode], DryRun: ['false'] },
    };
    await world.account.call(caller, 'ssm', 'StartAutomationExecution', input);
    await world.clock.run(MINUTE, () => false);
    expect(world.runbooks.runs.at(-1)?.outcome?.status).toBe('Success');
    expect(world.service.loadBalancer.maintenance).toBe(shown);
    expect(world.service.answers('mockupaws.com')).toBe(!shown);
  }
});

it('joins the incident of the database when that is not healed', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  world.parameters.set('/incident-response/mockupaws-production/maintenance-until', '2026-03-02T12:00:00Z');
  databaseConnections.inject(world);
  await world.clock.run(60 * MINUTE, () => false);
  expect(world.incidents.size).toBe(1);
  const fired = timelineOf(world).filter(({ type }) => type === 'SignalFired');
  expect(new Set(fired.map(({ playbook }) => playbook))).toEqual(new Set(['DatabaseConnections', 'ServiceHealth']));
});
