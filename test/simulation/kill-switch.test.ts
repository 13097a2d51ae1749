import { expect, it } from 'vitest';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { operatorOf, withOperator } from '../support/executions.ts';
import { assembly, timelineOf } from './world.ts';

const MINUTE = 60_000;
const AUTOMATION = '/incident-response/mockupaws-production/automation';
const SCALE_SERVICE = 'mockupaws-production-scale-service';

const statusOf = (world: RehearsalWorld, name: string) =>
  world.runbooks.runs.filter(run => run.name === name).map(({ outcome }) => outcome?.status);

/** Our runbook has changed something, and waits. */
const hasScaled = ({ service: { tasks } }: RehearsalWorld) => tasks.desired < tasks.usual;

it.each([['off'], [undefined]])(
  'set to %s while a runbook acts, it is stopped within a minute and what it had changed is told; one that a person started goes on',
  async value => {
    const world = await RehearsalWorld.create(assembly(), 3);
    // No task stops: the runbook waits for them.
    world.service.tasks.tick = () => undefined;
    databaseConnections.inject(world);
    await world.clock.run(20 * MINUTE, () => hasScaled(world));
    const role = world.account.ofType('AWS::IAM::Role').find(({ path }) => path === 'Response/Role')?.arn ?? '';
    const byHand = { DocumentName: SCALE_SERVICE, Parameters: { DesiredCount: ['5'], DryRun: ['false'] } };
    await world.account.call({ role, name: 'ada' }, 'ssm', 'StartAutomationExecution', byHand);
    world.parameters.set(AUTOMATION, value);
    await world.clock.run(2 * MINUTE, () => false);

    const [ours, theirs] = statusOf(world, SCALE_SERVICE);
    expect(ours).toBe('Cancelled');
    expect(theirs).not.toBe('Cancelled');
    const [stopped] = timelineOf(world).filter(({ type }) => type === 'ExecutionStopped');
    expect(stopped?.['changed'].join()).toMatch(/suspended/);
    expect(timelineOf(world).find(({ type }) => type === 'HandedOver')?.['reason']).toMatch(
      /^automation was switched off while a runbook was running\. Not known yet if this changed anything/,
    );
    await world.clock.run(5 * MINUTE, () => false);
    expect(world.topics.messages.some(({ body }) => body.includes('after it had changed: '))).toBe(true);
    expect(timelineOf(world).filter(({ type, dryRun }) => type === 'StepStarted' && dryRun === false)).toHaveLength(1);
  },
);

it('an execution whose id was not noted is found and stopped, and never the same one of a person', async () => {
  const world = await RehearsalWorld.create(withOperator(), 3, { broken: ['verify'] });
  // No task stops: the runbook waits for them.
  world.service.tasks.tick = () => undefined;
  databaseConnections.inject(world);
  const ours = () => world.runbooks.runs.find(({ name, parameters }) => name === SCALE_SERVICE && acts(parameters));
  const acts = (parameters: Record<string, string[]>) => parameters['DryRun']?.[0] === 'false';
  await world.clock.run(20 * MINUTE, () => hasScaled(world));
  const { name: DocumentName, parameters: Parameters } = ours() ?? {};
  const input = { DocumentName, Parameters };
  await world.account.call(operatorOf(world), 'ssm', 'StartAutomationExecution', input);
  world.parameters.set(AUTOMATION, 'off');
  await world.clock.run(2 * MINUTE, () => false);

  expect(timelineOf(world).filter(({ type }) => type === 'RunbookStarted')).toEqual([]);
  const [mine, theirs] = statusOf(world, SCALE_SERVICE);
  expect(mine).toBe('Cancelled');
  expect(theirs).not.toBe('Cancelled');
  const [stopped, ...again] = timelineOf(world).filter(({ type }) => type === 'ExecutionStopped');
  expect(stopped?.['changed'].join()).toMatch(/suspended/);
  expect(again).toEqual([]);
});
