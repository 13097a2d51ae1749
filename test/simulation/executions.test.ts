import { Unsupported } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import { RehearsalWorld } from '../../local/world/world.ts';
import { changes, operatorOf, resultIn, run, start, tap, withOperator } from '../support/executions.ts';

const MINUTE = 60_000;
const create = () => RehearsalWorld.create(withOperator(), 1);
const named = (runbook: string) => `mockupaws-production-${runbook}`;
const acting = (more: Record<string, string> = {}) => ({ DryRun: 'false', ...more });

describe('an execution that is stopped', () => {
  const stop = (world: RehearsalWorld, id: string, Type = 'Cancel') =>
    world.account.call(operatorOf(world), 'ssm', 'StopAutomationExecution', { AutomationExecutionId: id, Type });

  it('does nothing more, and tells what it had changed', async () => {
    const world = await create();
    const calls = tap(world, named('restart-tasks'));
    const started = await start(world, named('restart-tasks'), acting());
    await world.clock.run(2 * MINUTE, () => false);
    expect(changes(calls)).toHaveLength(1);
    await stop(world, started.id);
    await world.clock.run(1000, () => false);
    expect(started.outcome?.status).toBe('Cancelled');
    const made = calls.length;
    await world.clock.run(30 * MINUTE, () => false);
    expect(calls.slice(made)).toEqual([]);
    expect(await resultIn(world, started)).toMatchObject({
      ended: 'failed',
      changed: ['The tasks of backend, in backend:41, are started anew.'],
    });
  });

  it('is stopped once, and in no other way than AWS describes for Cancel', async () => {
    const world = await create();
    const started = await start(world, named('restart-tasks'), acting());
    await expect(stop(world, started.id, 'Complete')).rejects.toThrow(Unsupported);
    await stop(world, started.id);
    await world.clock.run(MINUTE, () => false);
    const over = { name: 'InvalidAutomationStatusUpdateException' };
    await expect(stop(world, started.id)).rejects.toMatchObject(over);
    await expect(stop(world, 'nothing')).rejects.toMatchObject({ name: 'AutomationExecutionNotFoundException' });
  });
});

it('a restart in whose place a person deploys has failed, though the service is deployed', async () => {
  const world = await create();
  const started = await start(world, named('restart-tasks'), acting());
  await world.clock.run(MINUTE, () => false);
  world.service.deployments.deploy(0);
  await world.clock.run(30 * MINUTE, () => started.outcome !== undefined);
  expect(await resultIn(world, started)).toMatchObject({
    ended: 'failed',
    reason: expect.stringContaining('has taken the place of'),
  });
});

it('a rollback takes back the deployment that it was given, and names the one that it finds', async () => {
  const world = await create();
  world.service.deployments.deploy(0.4);
  // Until then ECS may tell of before.
  await world.clock.run(MINUTE / 2, () => false);
  const id = world.service.deployments.latest?.id;
  const { outcome } = await run(world, named('roll-back'), {});
  expect(String(outcome?.outputs['rollBack.Payload'])).toContain(`${id}, which put backend:42 into place`);
  const arn = `arn:aws:ecs:us-east-1:123456789012:service-deployment/mockupaws-production/backend/${id}`;
  const taken = await run(world, named('roll-back'), acting({ DeploymentArn: arn }));
  expect(await resultIn(world, taken)).toMatchObject({ ended: 'succeeded' });
  expect(world.service.deployments.wanted.number).toBe(41);
  expect(await resultIn(world, await run(world, named('roll-back'), acting()))).toMatchObject({
    ended: 'unchanged',
    reason: `${id} has been rolled back already`,
  });
});

it('auto scaling is resumed as far as it was suspended here: what a person had suspended stays so', async () => {
  const world = await create();
  const { scaling } = world.service;
  scaling.suspend({ ScheduledScalingSuspended: true });
  const scale = (DesiredCount: string, AutoScaling: string) =>
    run(world, named('scale-service'), acting({ DesiredCount, AutoScaling }));
  // Suspended twice, it is still known what was theirs.
  for (const count of ['5', '6'])
    expect(await resultIn(world, await scale(count, 'suspend'))).toMatchObject({ ended: 'succeeded' });
  expect(Object.values(scaling.suspended)).toEqual([true, true, true]);
  const resumed = await resultIn(world, await scale('10', 'resume'));
  expect(resumed).toMatchObject({ ended: 'succeeded' });
  expect(resumed.changed.join()).toContain('what somebody else had suspended stays so (scheduled)');
  expect(scaling.suspended).toEqual({
    DynamicScalingInSuspended: false,
    DynamicScalingOutSuspended: false,
    ScheduledScalingSuspended: true,
  });
  // Nothing of ours is left to resume.
  await scale('10', 'resume');
  expect(scaling.suspended.ScheduledScalingSuspended).toBe(true);
});

it('a heap dump that is cut off is none, and the execution fails', async () => {
  const world = await create();
  const whole = world.service.exec.run;
  world.service.exec.run = command => ({ printed: whole(command).printed.replace(/^\d/, '9') });
  const { ended, reason } = await resultIn(world, await run(world, named('capture-heap-dump'), acting()));
  expect([ended, reason]).toEqual(['failed', expect.stringMatching(/and only \d+ of them were uploaded/)]);
});
