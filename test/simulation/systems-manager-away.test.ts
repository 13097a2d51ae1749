import type { CallFault } from 'embedded-aws';
import { expect, it } from 'vitest';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf } from './world.ts';

const MINUTE = 60_000;

/** The connections run out while the workflow's calls to Systems Manager fail, from the first that may be about a change. */
async function suffered(fault: Pick<CallFault, 'operation' | 'kind' | 'minutes'>): Promise<RehearsalWorld> {
  const calls = [{ caller: 'response', service: 'ssm', ...fault }];
  const world = await RehearsalWorld.create(assembly(), 3, { calls });
  databaseConnections.inject(world);
  await world.clock.run(90 * MINUTE, () => false);
  return world;
}

/** Nothing that was changed is left in place without a word. */
function expectNothingLeft(world: RehearsalWorld): void {
  const { tasks } = world.service;
  const told = timelineOf(world).filter(({ type }) => type === 'HandedOver');
  const words = told.map(({ reason }) => reason).join();
  if (tasks.desired !== tasks.usual || tasks.scalingSuspended) expect(words).toMatch(/tasks|suspended/);
}

it.each<[CallFault['kind'], string]>([
  ['unavailable', 'StartAutomationExecution'],
  ['throttled', 'StartAutomationExecution'],
  ['unheard', 'StartAutomationExecution'],
  ['unavailable', 'GetAutomationExecution'],
  ['throttled', 'GetAutomationExecution'],
])('%s for three minutes, %s is repeated, and no step is lost', async (kind, operation) => {
  const world = await suffered({ operation, kind, minutes: 3 });
  expect(world.callFaults.struck[0]).toBeGreaterThan(2);
  const timeline = timelineOf(world);
  const acted = timeline.filter(({ type, dryRun }) => type === 'StepStarted' && dryRun === false);
  const ended = timeline.filter(({ type, abandoned }) => ['StepSucceeded', 'StepFailed'].includes(type) && !abandoned);
  expect(acted.map(({ run }) => ended.filter(other => other['run'] === run).length)).toEqual(acted.map(() => 1));
  expect(ended.some(({ type }) => type === 'StepSucceeded')).toBe(true);
  expect(timeline.some(({ reason }) => String(reason).includes('the automatic response failed'))).toBe(false);
  expectNothingLeft(world);
});

it.each<[CallFault['kind'], string, number]>([
  ['unavailable', 'StartAutomationExecution', 12],
  ['unheard', 'StartAutomationExecution', 12],
  ['unavailable', 'GetAutomationExecution', 40],
])('%s for longer, a person is told, and nothing is left in place silently: %s', async (kind, operation, minutes) => {
  const world = await suffered({ operation, kind, minutes });
  const told = timelineOf(world).find(({ type }) => type === 'HandedOver');
  expect(told?.['reason']).toContain('the automatic response failed');
  expect(world.topics.messages.some(({ subject }) => subject.includes('NEEDS YOU'))).toBe(true);
  expectNothingLeft(world);
});
