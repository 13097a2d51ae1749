import { expect, it } from 'vitest';
import { rehearse } from '../../local/rehearsal/rehearse.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { beginDrill, drill } from '../../local/scenarios/drill.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf, typesOf } from './world.ts';

const MINUTE = 60_000;

it.each([1, 2])('a drill ends as the scenario promises, and no figure counts it, seed %i', async seed => {
  const { summary, world } = await rehearse(drill, { assembly: assembly(), seed });
  expect(summary.promises.filter(({ kept }) => !kept)).toEqual([]);
  expect(world.metrics.valuesOf('IncidentResponse', 'MinutesToResolve', { Service: 'mockupaws-production' })).toEqual(
    [],
  );
  expect(world.objects.of(world.objects.named('Reviews/Bucket'))).toEqual([]);
  expect(world.topics.messages.map(({ subject }) => subject).join()).not.toMatch(/Review of|action/i);
});

/** The trouble begins `minutes` after the drill, or before it. */
async function drillAnd(minutes: number): Promise<RehearsalWorld> {
  const world = await RehearsalWorld.create(assembly(), 3);
  const begin = () => databaseConnections.inject(world);
  // The trouble itself begins two minutes after it is injected.
  if (minutes >= 2) world.clock.after((minutes - 2) * MINUTE, begin);
  else begin();
  world.clock.after(Math.max(0, 2 - minutes) * MINUTE, () => beginDrill(world));
  await world.clock.run(75 * MINUTE, () => false);
  return world;
}

function actedInEarnest(world: RehearsalWorld): void {
  expect(typesOf(world)).toContain('DrillBecameReal');
  const real = typesOf(world).indexOf('DrillBecameReal');
  const started = timelineOf(world).filter(({ type }) => type === 'StepStarted');
  expect(started.filter(({ seq }) => seq < real).every(({ dryRun }) => dryRun === true)).toBe(true);
  expect(started.filter(({ seq }) => seq > real).every(({ dryRun }) => dryRun === false)).toBe(true);
  expect(typesOf(world)).toContain('StepSucceeded');
  expect(typesOf(world)).toContain('Resolved');
  expect(world.service.healthy).toBe(true);
  const { messages } = world.topics;
  const subjects = messages.map(({ subject }) => subject);
  expect(subjects[0]).toMatch(/^\[DRILL\]/);
  expect(subjects.findLast(subject => !subject.startsWith('Review of'))).toMatch(/^\[RESOLVED\]/);
  expect(messages.some(({ body }) => body.includes('This is no longer a drill'))).toBe(true);
}

it('becomes real when the alarm fires by itself while it goes on', async () => {
  actedInEarnest(await drillAnd(3));
});

it('stands in the way of no other incident', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  world.alarms.set({
    AlarmName: 'incident-response/mockupaws-production/deployment-failing',
    StateValue: 'ALARM',
    StateReason: '[DRILL] of another playbook',
  });
  databaseConnections.inject(world);
  await world.clock.run(60 * MINUTE, () => false);
  expect(typesOf(world).filter(type => type === 'StepSucceeded').length).toBeGreaterThan(0);
  expect(JSON.stringify(timelineOf(world)).includes('INC-2026-03-02-001 is being worked on')).toBe(false);
});
