import type { WorldEvent } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import { rehearse } from '../../local/rehearsal/rehearse.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, suffer, timelineOf, typesOf, withModes, withRunbook } from './world.ts';

const AUTOMATION = '/incident-response/mockupaws-production/automation';
const MAINTENANCE = '/incident-response/mockupaws-production/maintenance-until';

describe('database connections exhausted', () => {
  it('replays a seed exactly, call by call', async () => {
    const record = async () => {
      const happened: WorldEvent[] = [];
      const { summary, world } = await rehearse(databaseConnections, {
        assembly: assembly(),
        seed: 7,
        listener: h => happened.push(h),
      });
      return { happened, summary, messages: world.received, incidents: [...world.incidents.values()] };
    };
    const [first, second] = [await record(), await record()];
    expect(second).toEqual(first);
    expect(first.happened.length).toBeGreaterThan(200);
  });

  it('tells in the page what an operator needs', async () => {
    const { world } = await rehearse(databaseConnections, { assembly: assembly(), seed: 1 });
    const messages = world.received;
    const page = messages.find(({ channel, body }) => channel === 'email' && body.includes('What is being done'));
    for (const part of [
      'INC-2026-03-02-001',
      'P2 - High',
      'core functionality impaired',
      '1,722',
      'What is being done',
      'https://us-east-1.console.aws.amazon.com',
    ]) {
      expect(page?.body).toContain(part);
    }
    expect(messages.find(({ channel }) => channel === 'sms')?.body).toMatch(
      /^mockupAWS> P2 mockupAWS: .+\. Respond by 10:09 UTC\nhttps:\S+$/,
    );
  });
});

/** The trouble with a remedy that does not work, or may not: until an approval has been asked for in vain. */
const sufferWith = async (altered = assembly(), prepare: (world: RehearsalWorld) => void = () => {}) => {
  const world = await RehearsalWorld.create(altered, 3);
  prepare(world);
  await suffer(world, 75);
  return world;
};

const unresolved = (world: RehearsalWorld) => {
  expect(world.service.healthy).toBe(false);
  expect(typesOf(world)).not.toContain('Resolved');
  expect(typesOf(world)).not.toContain('Mitigated');
  const verified = timelineOf(world).filter(({ type }) => type === 'StepSucceeded');
  expect(verified.filter(({ run }) => !run.endsWith('/undo'))).toEqual([]);
  expect(timelineOf(world).find(({ type }) => type === 'HandedOver')).toBeDefined();
  expect(world.topics.messages.map(({ subject }) => subject)).toContain(
    '[INCIDENT - NEEDS YOU] P2 - mockupAWS Database Connections Exhausted',
  );
  const { tasks, errorShare } = world.service;
  if (tasks.desired === tasks.usual) return expect(tasks.scalingSuspended).toBe(false);
  // The remaining change relieves people, and whoever took over knows of it.
  expect(errorShare).toBeLessThan(0.01);
  expect(world.topics.messages.some(({ body }) => /npx incident revert INC-\S+ scale-down/.test(body))).toBe(true);
};

/** Each runbook ran, and changed nothing. */
function onlyRehearsed({ runbooks: { runs }, service: { tasks } }: RehearsalWorld): void {
  expect(runs.map(({ parameters }) => parameters['DryRun'])).toEqual([['true'], ['true'], ['true']]);
  expect(tasks).toMatchObject({ desired: tasks.usual, scalingSuspended: false });
}

describe('the incident does not resolve when its remedy', () => {
  it('has the wrong target: sessions idle for a day', async () => {
    unresolved(
      await sufferWith(
        withRunbook('kill-idle-connections', content => {
          content['parameters'].IdleSeconds.default = '86400';
        }),
      ),
    );
  });

  it('calls a function that is not there', async () => {
    const world = await sufferWith(
      withRunbook('kill-idle-connections', content => {
        content['parameters'].FunctionName.default = 'nobody';
      }),
    );
    unresolved(world);
    expect(
      timelineOf(world)
        .filter(({ type }) => type === 'StepFailed')
        .map(({ reason }) => reason)
        .join(),
    ).toContain('nobody');
  });

  it('only pretends', async () => {
    unresolved(
      await sufferWith(
        withRunbook('kill-idle-connections', content => {
          content['mainSteps'][0].inputs.InputPayload.dryRun = 'true';
        }),
      ),
    );
  });

  it('may not run: the kill switch is off', async () => {
    const world = await sufferWith(assembly(), ({ parameters }) => parameters.set(AUTOMATION, 'off'));
    unresolved(world);
    onlyRehearsed(world);
  });

  it('may not run: the kill switch cannot be read', async () => {
    const world = await sufferWith(assembly(), ({ parameters }) => parameters.set(AUTOMATION, undefined));
    unresolved(world);
    onlyRehearsed(world);
  });

  it('may not run: maintenance', async () => {
    const world = await sufferWith(assembly(), ({ parameters }) => parameters.set(MAINTENANCE, '2026-03-02T12:00:00Z'));
    expect(world.service.healthy).toBe(false);
    expect(typesOf(world)).toContain('HeldForMaintenance');
    expect(typesOf(world)).not.toContain('Resolved');
    expect(world.topics.messages.filter(({ channel }) => channel === 'sms')).toEqual([]);
    expect(world.runbooks.runs).toEqual([]);
  });
});

describe('a person who heals the service', () => {
  it('finds the incident mitigated and resolved without a further step', async () => {
    const world = await sufferWith(assembly(), ({ parameters }) => parameters.set(AUTOMATION, 'off'));
    const forgotten = world.service.database.sessions().filter(({ application }) => application === 'report-export');
    world.service.database.terminated(forgotten.map(({ pid }) => pid));
    await world.clock.run(15 * 60_000, () => false);
    expect(typesOf(world)).toContain('Resolved');
    onlyRehearsed(world);
  });
});

it('whoever is asked to let sessions end reads which would, which are spared, and why; none ends before', async () => {
  const world = await RehearsalWorld.create(withModes({ 'kill-idle-connections': 'approve' }), 3);
  databaseConnections.inject(world);
  const asked = () =>
    world.topics.messages.find(({ channel, subject = '' }) => channel === 'email' && subject.includes('APPROVAL'));
  await world.clock.run(40 * 60_000, () => asked() !== undefined);
  const body = asked()?.body ?? '';
  expect(body).toMatch(/Approve "Kill database connections .*Would end [\d,]+ sessions; [\d,]+ of 1,722 connections/s);
  expect(body).toMatch(/- [\d,]+ sessions: report-export \(user report-export\), idle/);
  expect(body).toMatch(/Spares \d+ sessions that look idle:/);
  expect(body).toMatch(/- \d+ session.*: (holds an advisory lock|last statement was LISTEN)/);
  expect(world.service.database.sessions().some(({ application }) => application === 'report-export')).toBe(true);
});

/** The timeline of this playbook's incident; another incident may be about the symptom. */
const own = ({ incidents }: RehearsalWorld) =>
  [...incidents.values()].find(({ timeline }) => timeline.some(isAboutConnections))?.timeline ?? [];

const isAboutConnections = (entry: Record<string, unknown>) => entry['playbook'] === 'DatabaseConnections';

describe('a remedy is not taken for a trouble that it cannot help', () => {
  it('full readers: the sessions of the writer are left alone, and it is not rebooted', async () => {
    const world = await RehearsalWorld.create(assembly(), 4);
    world.service.database.startReaderLeak(1600);
    await world.clock.run(60 * 60_000, () => false);
    expect(own(world).find(({ key, playbook }) => key && playbook === 'DatabaseConnections')?.['key']).toContain(
      'readers',
    );
    const skipped = own(world).filter(({ type }) => type === 'StepSkipped');
    const ownSteps = ['kill-idle-connections', 'raise-max-connections'];
    expect(skipped.map(({ step }) => step)).toEqual(expect.arrayContaining(ownSteps));
    expect(skipped.find(({ step }) => step === ownSteps[0])?.['reasons'].join()).toMatch(
      /not applicable: the writer uses 200 of 1,722 connections/,
    );
    expect(own(world).map(({ type }) => type)).toContain('HandedOver');
    expect(own(world).map(({ type }) => type)).not.toContain('ApprovalRequested');
  });

  it('pools that a deployment made too large come back with the tasks: a person is told to pool them', async () => {
    const world = await RehearsalWorld.create(assembly(), 4);
    world.service.database.resizePools(170);
    await world.clock.run(60 * 60_000, () => false);
    expect(
      own(world)
        .map(({ type }) => type)
        .filter(type => ['Mitigated', 'ActionItemRaised', 'Resolved'].includes(type)),
    ).toEqual(['ActionItemRaised', 'Mitigated']);
    const handedOver = own(world).find(({ type }) => type === 'HandedOver');
    expect(handedOver?.['reason']).toContain('Scale backend back up was');
    const told = world.topics.messages.find(
      ({ subject, body }) => subject.includes('NEEDS YOU') && body.includes('Proxy'),
    );
    expect(told?.body).toContain('1,700 of 1,722 connections to the writer are in use, with 10 tasks running: 170 for');
  });
});
