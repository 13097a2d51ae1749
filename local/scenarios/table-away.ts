import type { RehearsalWorld } from '../world/world.ts';
import { noTaskStarts } from './no-task-starts.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

/** DynamoDB was away from us-east-1 for so long in October 2025. */
const AWAY = { from: 2, to: 162 };
const FAULT = 4;

interface Seen {
  began: number;
  /** The status that programs read, each time that it was written. */
  statuses: { minute: number; indicator: string; description: string }[];
}

const seen = new WeakMap<RehearsalWorld, Seen>();

/** The world as it was observed. @throws when it was not */
export function observed(world: RehearsalWorld): Seen {
  const found = seen.get(world);
  if (!found) throw new Error('nobody has observed this world');
  return found;
}

const minuteOf = (world: RehearsalWorld, at: string) => (Date.parse(at) - observed(world).began) / MINUTE;

/** Notes from now on what the status page says to programs. */
export function observe(world: RehearsalWorld): Seen {
  const began = world.clock.now;
  const observed: Seen = { began, statuses: [] };
  seen.set(world, observed);
  world.objects.onPut(({ key, body }) => {
    if (key !== 'api/v2/summary.json' || !body) return;
    const { status } = JSON.parse(new TextDecoder().decode(body));
    observed.statuses.push({ minute: (world.clock.now - began) / MINUTE, ...status });
  });
  return observed;
}

/** The pages that the watch sent past the store: the level of each, its minute and its text. */
export const directPages = (world: RehearsalWorld) =>
  world.topics.messages
    .filter(({ channel, subject }) => channel === 'email' && subject.includes('NOT RECORDED'))
    .map(({ body, at }) => ({ level: Number(/level (\d) of/.exec(body)?.[1]), minute: minuteOf(world, at), body }));

/** The minutes in which each level was paged so. */
export const directMinutes = (world: RehearsalWorld, level: number) =>
  directPages(world).flatMap(page => (page.level === level ? [Math.floor(page.minute)] : []));

const entries = (world: RehearsalWorld) => [...world.incidents.values()].flatMap(({ timeline }) => timeline);

/** The incident table is away for hours, and the service fails meanwhile: who is on call must hear of it all the same. */
export const tableAway: Scenario = {
  name: 'table-away',
  title: 'DynamoDB is away, and the service is down',
  story:
    'DynamoDB answers with errors for 160 minutes. Two minutes later all tasks fall, and none can be started in their ' +
    'place. No incident can be opened or acknowledged: the watch pages directly what is red, and the status page says ' +
    'that it does not know. When the table is back, there is an incident, and people are told of it as usual.',
  faults: { away: [{ service: 'dynamodb', ...AWAY }] },
  inject: world => {
    observe(world);
    world.clock.after(FAULT * MINUTE, () => noTaskStarts(world));
  },
  minutes: 180,
  done: () => false,
  expectations: [
    {
      expectation: 'the first level learns within minutes what is red, by e-mail and by SMS',
      holds: world => {
        const [first] = directPages(world);
        const sms = world.topics.messages.some(({ channel, body }) => channel === 'sms' && /RED since/.test(body));
        return first?.level === 1 && first.minute <= FAULT + 15 && /Red now\n {2}! /.test(first.body) && sms;
      },
    },
    {
      expectation: 'each level is called in its turn, up to the CTO',
      holds: world => {
        const firsts = [1, 2, 3, 4].map(level => directMinutes(world, level)[0] ?? Number.NaN);
        return firsts.every((minute, i) => i === 0 || minute - (firsts[i - 1] ?? 0) >= 5);
      },
    },
    {
      expectation: 'no level is paged more often than every ten minutes',
      holds: world =>
        [1, 2, 3, 4].every(level => {
          const minutes = directMinutes(world, level);
          return minutes.every((minute, i) => i === 0 || minute - (minutes[i - 1] ?? 0) >= 10);
        }),
    },
    {
      expectation: 'the status page says to people and programs that it does not know, and then the truth again',
      holds: world => {
        const { statuses } = observed(world);
        const meanwhile = statuses.filter(({ minute }) => minute > AWAY.from && minute < AWAY.to);
        return (
          meanwhile.length > 0 &&
          (meanwhile[0]?.minute ?? 0) <= AWAY.from + 6 &&
          meanwhile.every(
            ({ indicator, description }) => indicator !== 'none' && /^Status unknown/.test(description),
          ) &&
          !/^Status unknown/.test(statuses.at(-1)?.description ?? 'Status unknown')
        );
      },
    },
    {
      expectation: 'within five minutes of the return of the table an incident is open, and knows when it began',
      holds: world =>
        entries(world).some(
          ({ type, at, startedAt }) =>
            type === 'IncidentOpened' && minuteOf(world, at) <= AWAY.to + 5 && minuteOf(world, startedAt) <= FAULT + 5,
        ),
    },
    {
      expectation: 'then people are paged with an incident that they can acknowledge',
      holds: world => entries(world).some(({ type, urgency }) => type === 'PageSent' && urgency === 'page'),
    },
  ],
};
