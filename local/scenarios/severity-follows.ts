import type { RehearsalWorld } from '../world/world.ts';
import { HEALTHY, NO_DEAD_LETTERS, ONE_INCIDENT, PAGED, RESOLVED } from './expectations.ts';
import { begin } from './of-playbook.ts';
import type { Expectation, Scenario } from './scenario.ts';

const MINUTE = 60_000;
const minutesBetween = (start: string, end: string) => (Date.parse(end) - Date.parse(start)) / MINUTE;

const incidents = (world: RehearsalWorld) => [...world.incidents.values()];
// biome-ignore lint/suspicious/noExplicitAny: each entry has its own details
const entries = (world: RehearsalWorld, type: string): any[] =>
  incidents(world).flatMap(({ timeline }) => timeline.filter(entry => entry.type === type));

/** When a share of failing requests was first passed, or none failed any more, of each world. */
const reached = new WeakMap<RehearsalWorld, Map<number, string>>();

/** From now on this share of the requests fails. */
function fails(world: RehearsalWorld, share: number): void {
  world.service.hiddenFault = share;
  const times = reached.get(world) ?? new Map<number, string>();
  reached.set(world, times);
  for (const bound of [0, 0.25, 0.5])
    if (bound === 0 ? share === 0 : share > bound && !times.has(bound)) times.set(bound, world.clock.iso);
}

/** Metrics come late and alarms need minutes: what is measured counts from when it can be known. */
const rises = (severity: 'P1' | 'P2', share: number, minutes: number): Expectation => ({
  expectation: `it is a ${severity} within ${minutes} minutes of more than ${share * 100} % failing`,
  holds: world => {
    const since = reached.get(world)?.get(share);
    const risen = entries(world, 'SeverityAssigned').find(entry => entry.severity === severity);
    return since !== undefined && risen !== undefined && minutesBetween(since, risen.at) <= minutes;
  },
});

const STAKEHOLDERS: Expectation = {
  expectation: 'stakeholders hear of each rise to P1 or P2 within 15 minutes of it',
  holds: world => {
    const posted = entries(world, 'UpdatePosted').filter(({ to }) => to === 'stakeholders');
    const risen = entries(world, 'SeverityAssigned').filter(
      ({ severity }, i, all) => (severity === 'P1' || severity === 'P2') && severity !== all[i - 1]?.severity,
    );
    return (
      risen.length > 0 &&
      risen.every(({ at }) => posted.some(post => post.at >= at && minutesBetween(at, post.at) <= 15))
    );
  },
};

const PUBLISHED: Expectation = { expectation: 'customers are told', holds: ({ published }) => published.length > 0 };

/** A rise brings all that its severity brings, and all ends well. */
const FOLLOWED = [PAGED, STAKEHOLDERS, PUBLISHED, RESOLVED, HEALTHY, NO_DEAD_LETTERS];

/** A P3 that wakes nobody becomes a P2 that does. */
export const slowBurn: Scenario = {
  name: 'slow-burn',
  title: 'Failures creep up: what began as a P3 becomes a P2',
  story:
    'Within forty minutes the share of failing requests climbs from nothing to 48 %. The health URLs answer all the while. ' +
    'It begins as a P3 that wakes nobody; the minute that a quarter fails it becomes a P2, with all that follows.',
  inject: world => {
    begin(world, 'requests begin to fail, a few more each minute', () => undefined);
    for (let minute = 1; minute <= 40; minute++)
      world.clock.after((2 + minute) * MINUTE, () => fails(world, minute * 0.012));
    world.clock.after(90 * MINUTE, () => fails(world, 0));
  },
  minutes: 150,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    {
      expectation: 'it begins as a P3',
      holds: world => entries(world, 'SeverityAssigned')[0]?.severity === 'P3',
    },
    rises('P2', 0.25, 6),
    ...FOLLOWED,
  ],
};

/** Nobody is at work on it, or somebody is: it is judged all the same. */
export const grows: Scenario = {
  name: 'grows',
  title: 'The trouble grows after the hand-over: a P2 becomes a P1',
  story:
    'Three in ten requests fail, automation has no remedy and hands over. Twenty minutes later every request fails, and no ' +
    'health URL answers any more, for an hour: it becomes a P1, and people are called anew.',
  inject: world => {
    begin(world, 'three in ten requests fail', () => fails(world, 0.3));
    world.clock.after(22 * MINUTE, () => {
      world.account.emit('service', { change: 'every request fails', fault: true });
      fails(world, 1);
      world.service.healthUrlsFail = true;
    });
    world.clock.after(82 * MINUTE, () => {
      fails(world, 0);
      world.service.healthUrlsFail = false;
    });
  },
  minutes: 130,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    { expectation: 'it is handed over as a P2', holds: world => handedOverAs(world) === 'P2' },
    rises('P1', 0.5, 4),
    {
      expectation: 'people are called anew when it rises',
      holds: world => entries(world, 'Escalated').some(({ reason }) => reason === 'severity raised to P1'),
    },
    STAKEHOLDERS,
    PUBLISHED,
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

function handedOverAs(world: RehearsalWorld): string | undefined {
  const [first] = entries(world, 'HandedOver');
  return entries(world, 'SeverityAssigned').findLast(({ at }) => at <= (first?.at ?? ''))?.severity;
}

/** Half of it is over, which is not the end. */
export const halfMended: Scenario = {
  name: 'half-mended',
  title: 'Half of it ends by itself: it is not resolved while people suffer',
  story:
    'Six in ten requests fail, then three in ten for half an hour, then none. Nobody did anything: the incident stays open ' +
    'until people are served, and nobody reads that a fix is in place.',
  inject: world => {
    begin(world, 'six in ten requests fail', () => fails(world, 0.6));
    world.clock.after(20 * MINUTE, () => fails(world, 0.3));
    world.clock.after(50 * MINUTE, () => fails(world, 0));
  },
  minutes: 100,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    {
      expectation: 'it is resolved only when people have been served for five minutes',
      holds: world =>
        entries(world, 'Resolved').every(({ at }) => minutesBetween(reached.get(world)?.get(0) ?? at, at) >= 5),
    },
    {
      expectation: 'that it has improved is said, and a person is asked to lower it',
      holds: ({ topics }) => topics.messages.some(({ body }) => /Improved: .*30 % .*npx incident severity/s.test(body)),
    },
    {
      expectation: 'nobody reads that a fix is in place',
      holds: ({ topics, mail, published }) =>
        !/fix is in place/i.test(JSON.stringify([topics.messages, mail.mails, published])),
    },
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** Nothing fails, and nobody waits that long. */
export const slow: Scenario = {
  name: 'slow',
  title: 'Answers take half a minute: a P2, and named as what it is',
  story:
    'Every request is answered, after thirty seconds. Nothing fails, and the health URLs answer at once. Performance is ' +
    'severely degraded: a P2 that tells of slow responses, until they are quick again.',
  inject: world => {
    begin(world, 'answers take thirty seconds', () => {
      world.service.slowness = 30;
    });
    world.clock.after(45 * MINUTE, () => {
      world.service.slowness = 0;
    });
  },
  minutes: 100,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    {
      expectation: 'it is a P2 named Slow Responses, for severely degraded performance',
      holds: world =>
        incidents(world).length === 1 &&
        incidents(world).every(({ severity }) => severity === 'P2') &&
        entries(world, 'IncidentOpened')[0]?.title === 'Slow Responses' &&
        entries(world, 'SeverityAssigned').some(({ reasons }) => /severely degraded: 30/.test(JSON.stringify(reasons))),
    },
    ...FOLLOWED,
  ],
};
