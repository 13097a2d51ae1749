import { describe, expect, it } from 'vitest';
import { ofPlaybook } from '../../local/scenarios/of-playbook.ts';
import type { WriterTrouble } from '../../local/service/members.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, withRunbook } from './world.ts';

const MINUTE = 60_000;
const { entries, oneIncident } = ofPlaybook('DatabaseAvailability');
const ON_CALL = 'ada@mockupaws.com';
const TROUBLES: WriterTrouble[] = ['read-only', 'gone'];

/** The writer is lost, and so much time passes. */
async function lost(
  trouble: WriterTrouble,
  prepare: (world: RehearsalWorld) => void = () => {},
  minutes = 20,
  altered = assembly(),
): Promise<RehearsalWorld> {
  const world = await RehearsalWorld.create(altered, 3);
  prepare(world);
  if (!world.service.database.members.trouble) world.service.database.members.lose(trouble);
  await world.clock.run(minutes * MINUTE, () => false);
  return world;
}

const approves = ({ people }: RehearsalWorld) => {
  people.answer({ to: ON_CALL, link: 'Acknowledge', after: 1, once: true });
  people.answer({ to: ON_CALL, link: 'Approve', after: 2, text: 'fail over', once: true });
};
const changed = ({ changed: calls }: RehearsalWorld) => calls.map(({ service, action }) => `${service}:${action}`);
const skipped = (world: RehearsalWorld) =>
  entries(world, 'StepSkipped').map(({ step, reasons }) => `${step}: ${(reasons as string[]).join('; ')}`);
const handedOver = (world: RehearsalWorld) => entries(world, 'HandedOver').map(({ reason }) => String(reason));

describe.each(TROUBLES)('a writer that is %s', trouble => {
  it('is replaced by a reader once a person has approved, and the incident is resolved', async () => {
    const world = await lost(trouble, approves, 30);
    expect(oneIncident.holds(world)).toBe(true);
    expect(changed(world)).toEqual(['rds:FailoverDBCluster']);
    expect(world.service.database.members.writer).toBe('mockupaws-production-1');
    const alarm = `alarm:incident-response/mockupaws-production/database-${trouble === 'gone' ? 'writer-gone' : trouble}`;
    const checks = entries(world, 'StepSucceeded').flatMap(entry => entry['checks'] as { check: string }[]);
    const names = checks.map(({ check }) => check);
    expect(names).toEqual(expect.arrayContaining([alarm, 'https://api.mockupaws.com/api/v1/health']));
    expect(entries(world, 'Resolved')).toHaveLength(1);
    expect(world.service.healthy).toBe(true);
  });

  it('is left alone while nobody approves, and a person takes over', async () => {
    const world = await lost(trouble, undefined, 85);
    expect(new Set(entries(world, 'ApprovalDeclined').map(({ by }) => by))).toEqual(new Set(['time']));
    expect(handedOver(world)[0]).toContain('Fail mockupaws-production over to a reader: not approved within 30 min');
    expect(world.topics.messages.some(({ subject = '' }) => subject.includes('NEEDS YOU'))).toBe(true);
    expect(changed(world)).toEqual([]);
    expect(entries(world, 'Resolved')).toEqual([]);
  });

  it('is no incident of its own where Aurora fails over by itself within two minutes', async () => {
    const world = await lost(trouble, ({ service }) => service.database.members.lose(trouble, 85));
    expect(world.service.database.members.writer).toBe('mockupaws-production-1');
    expect(oneIncident.holds(world)).toBe(false);
    expect(changed(world)).toEqual([]);
  });

  it('is not replaced by a reader that could not take over: nobody is asked, and the reason is told', async () => {
    const fail = ({ service }: RehearsalWorld) => {
      service.database.members.readerFailed = true;
    };
    const world = await lost(trouble, fail, 60);
    // The symptom's own plan may ask for the maintenance page.
    expect(entries(world, 'ApprovalRequested').filter(({ step }) => step !== 'maintenance-mode')).toEqual([]);
    expect(skipped(world).join()).toContain('no reader of the cluster is available to take over');
    expect(handedOver(world)[0]).toContain('no reader of the cluster is available to take over');
    expect(changed(world)).toEqual([]);
  });

  it('is not replaced once Aurora has failed over after all, though a person approves', async () => {
    const world = await lost(trouble, other => {
      other.service.database.members.lose(trouble, 8 * 60);
      other.people.answer({ to: ON_CALL, link: 'Approve', after: 12, once: true });
    });
    expect(entries(world, 'ApprovalRequested')).toHaveLength(1);
    expect(changed(world)).toEqual([]);
    expect(world.service.database.members.writer).toBe('mockupaws-production-1');
  });
});

it('a failover that only pretends is not verified', async () => {
  const pretending = withRunbook('fail-over-database', content => {
    content['mainSteps'][0].inputs.InputPayload.dryRun = 'true';
  });
  const world = await lost('read-only', approves, 40, pretending);
  expect(entries(world, 'StepFailed')[0]?.['reason']).toContain('database-read-only');
  expect(entries(world, 'StepSucceeded')).toEqual([]);
  expect(entries(world, 'Resolved')).toEqual([]);
});

it('a user that only reads by its settings is no trouble of the database, and says so', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  world.service.database.members.readOnlyByDefault = true;
  await world.clock.run(15 * MINUTE, () => false);
  expect(world.incidents.size).toBe(0);
});

it('an alarm that a person tests on a writer that is well asks for nothing', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  const AlarmName = 'incident-response/mockupaws-production/database-read-only';
  world.alarms.set({ AlarmName, StateValue: 'ALARM', StateReason: 'testing the alarm' });
  await world.clock.run(10 * MINUTE, () => false);
  expect(oneIncident.holds(world)).toBe(true);
  expect(entries(world, 'StepStarted')).toEqual([]);
  expect(entries(world, 'ApprovalRequested')).toEqual([]);
});
