import { afterAll, describe, expect, it } from 'vitest';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { serviceDown } from '../../local/scenarios/service-down.ts';
import type { RehearsalFaults } from '../../local/world/faults.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf } from './world.ts';

const MINUTE = 60_000;
const PREFIX = '/incident-response/mockupaws-production';

/** When the first step acted, in minutes since the world was warm. */
function actedAt(world: RehearsalWorld, start: number): number | undefined {
  const acted = timelineOf(world).find(({ type, dryRun, undoes }) => type === 'StepStarted' && !dryRun && !undoes);
  return acted && (Date.parse(acted.at) - start) / MINUTE;
}

describe('a remedy that something holds back is tried within 30 minutes of its passing', () => {
  it.each([
    ['the kill switch is off', 'automation', 'off', 'on'],
    ['the kill switch is away', 'automation', undefined, 'on'],
    ['a person has opened a maintenance window', 'maintenance-until', '2026-03-02T12:00:00.000Z', 'none'],
  ])('when %s for three and a half minutes, or for three quarters of an hour', async (_, name, held, free) => {
    for (const [from, minutes] of [
      [4, 3.5],
      [6.5, 3.5],
      [0, 45],
    ] as const) {
      const world = await RehearsalWorld.create(assembly(), 3);
      const start = world.clock.now;
      world.clock.after(from * MINUTE, () => world.parameters.set(`${PREFIX}/${name}`, held));
      world.clock.after((from + minutes) * MINUTE, () => world.parameters.set(`${PREFIX}/${name}`, free));
      serviceDown.inject(world);
      await world.clock.run(90 * MINUTE, () => world.incidents.size > 0 && world.calm);
      expect(actedAt(world, start), `from minute ${from} for ${minutes}`).toBeLessThanOrEqual(from + minutes + 30);
      expect(world.service.healthy, `from minute ${from} for ${minutes}`).toBe(true);
    }
  });
});

/** What passes: how long the world is without it, and from when. */
interface Outage {
  what: string;
  from: number;
  seconds: number;
}

const CALLS: [service: string, operation: string][] = [
  ['ssm', 'GetAutomationExecution'],
  ['ssm', 'StartAutomationExecution'],
  ['ssm', 'GetParameters'],
  ['ecs', 'UpdateService'],
  ['rds-data', 'ExecuteStatement'],
  ['cloudwatch', 'DescribeAlarms'],
];
const FUNCTIONS = ['diagnose', 'classify', 'plan', 'verify', 'kill-idle-connections', 'scale-service'];
const SECONDS = [20, 90, 300, 720];
/** Minutes from the alarm to the end of the response, with its steps in between. */
const MOMENTS = [5, 6, 7, 8.5, 10, 12, 14, 17, 20];

const WHATS = [...CALLS.map(names => names.join(':')), ...FUNCTIONS];
const all: Outage[] = WHATS.flatMap(what => SECONDS.flatMap(seconds => MOMENTS.map(from => ({ what, seconds, from }))));

/** Each run takes other outages, as many as CI has time for; OUTAGES=all takes all, OUTAGES=<seed> those of a seed. */
const { OUTAGES } = process.env;
const seed = OUTAGES && OUTAGES !== 'all' ? Number(OUTAGES) : Math.floor(Date.now() / (24 * 60 * MINUTE));
const STRIDE = 43;
const chosen = OUTAGES === 'all' ? all : all.filter((_, i) => (i + seed) % STRIDE === 0);

async function without({ what, from, seconds }: Outage): Promise<RehearsalWorld> {
  const [service = '', operation] = what.split(':');
  const until = from + seconds / 60;
  const faults: RehearsalFaults = operation ? { away: [{ service, operations: [operation], from, to: until }] } : {};
  const world = await RehearsalWorld.create(assembly(), 3, faults);
  if (!operation) brokenBetween(world, what, from, until);
  databaseConnections.inject(world);
  await world.clock.run(100 * MINUTE, () => world.incidents.size > 0 && world.calm && tasksAreBack(world));
  return world;
}

const tasksAreBack = ({ service: { tasks } }: RehearsalWorld) =>
  tasks.desired === tasks.usual && !tasks.scalingSuspended;

/** The function's invocations fail at once, as Lambda's own failures do. */
function brokenBetween(world: RehearsalWorld, name: string, from: number, until: number): void {
  const start = world.clock.now;
  const invoke = world.functions.invoke.bind(world.functions);
  const names = world.account
    .ofType('AWS::Lambda::Function')
    .filter(({ ref, arn }) => `${ref}${arn}`.toLowerCase().includes(name.replaceAll('-', '')))
    .flatMap(({ ref, arn }) => [ref, arn]);
  expect(names.length, name).toBeGreaterThan(0);
  world.functions.invoke = async (nameOrArn, event) => {
    const minutes = (world.clock.now - start) / MINUTE;
    if (!names.includes(nameOrArn) || minutes < from || minutes >= until) return invoke(nameOrArn, event);
    return { error: { errorType: 'Lambda.ServiceException', errorMessage: 'the invocation failed' }, milliseconds: 20 };
  };
}

describe(`outages during a response (OUTAGES=${seed}, ${chosen.length} of ${all.length})`, () => {
  const healedLate: string[] = [];
  afterAll(() =>
    console.info(`${chosen.length} outages; ended after the scenario's 90 minutes: ${healedLate.join(', ') || 'none'}`),
  );

  it.each(chosen)(
    '$what for $seconds s from minute $from: it is healed, put back, and nothing false is said',
    async outage => {
      const world = await without(outage);
      const timeline = timelineOf(world);
      expect(world.service.healthy).toBe(true);
      expect(tasksAreBack(world)).toBe(true);
      const incident = [...world.incidents.values()][0];
      expect(incident?.status).toBe('resolved');
      const ended = timeline.filter(({ type }) => type === 'ResponseEnded').length;
      expect(timeline.filter(({ type }) => type === 'ResponseRequested')).toHaveLength(ended);
      for (const { type, reason, seq } of timeline.filter(({ type }) => type === 'HandedOver')) {
        if (!/Still changed/.test(reason)) continue;
        const named = [...reason.matchAll(/run (\S+?)\)/g)].map(([, run]) => run);
        const begun = timeline.filter(e => e.seq < seq && e.type === 'RunbookStarted').map(({ run }) => run);
        expect(
          named.filter(run => !begun.includes(run)),
          `${type}: ${reason}`,
        ).toEqual([]);
      }
    },
  );
});
