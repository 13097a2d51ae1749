import type { RehearsalWorld } from '../world/world.ts';
import { NO_DEAD_LETTERS } from './expectations.ts';
import { ofPlaybook } from './of-playbook.ts';
import type { Expectation, Scenario } from './scenario.ts';

const MINUTE = 60_000;

/** The entries of the database's incident, be it that its symptom was told first. */
export const of = ofPlaybook('DatabaseConnections').entries;
/** The levels called, in order. */
export const called = (world: RehearsalWorld) => of(world, 'Escalated').map(({ level }) => level);

/** Minutes after the first call at which each level is called, by the runbook's 2.3. */
const minutes = (world: RehearsalWorld) => {
  const [first] = of(world, 'Escalated');
  const since = Date.parse(first?.at ?? '');
  return of(world, 'Escalated').map(({ at }) => Math.round((Date.parse(at) - since) / MINUTE));
};

const CLIMBS: Expectation = {
  expectation: 'each level is called in its turn, up to the CTO: after 0, 15, 30 and 60 minutes',
  holds: world =>
    called(world).join() === '1,2,3,4' && minutes(world).every((at, i) => at - ([0, 15, 30, 60][i] ?? 0) <= 1),
};

/** Nobody reads anything, and automation has no remedy that it may use. */
export const nobodyAnswers: Scenario = {
  name: 'nobody-answers',
  title: 'Nobody answers: it climbs to the CTO',
  story:
    'A migration holds sessions that are all at work: no remedy may be used without a person. Everybody sleeps. Each level ' +
    'is called in its turn, and called again while nobody answers, and that the response is late is told to all of them.',
  inject: ({ clock, account, service: { database } }) =>
    clock.after(2 * MINUTE, () => {
      account.emit('service', { change: 'a migration begins to hold sessions that are all at work', fault: true });
      database.startLeak({
        application: 'migration',
        state: 'active',
        perMinute: 620,
        atMost: database.maxConnections,
      });
    }),
  minutes: 110,
  done: world => of(world, 'Reminded').some(({ level }) => level === 4),
  expectations: [
    CLIMBS,
    {
      expectation: 'those called last are called again every 10 minutes until the next level is',
      holds: world => {
        const levels = of(world, 'Reminded').map(({ level }) => level);
        return levels.join() === '1,2,3,3,4';
      },
    },
    {
      expectation: 'that nobody has responded in time is told, once',
      holds: world => of(world, 'TargetMissed').filter(({ target }) => target === 'response').length === 1,
    },
    {
      expectation: 'every call is sent, as a page',
      holds: world =>
        [...of(world, 'Escalated'), ...of(world, 'Reminded')].every(({ seq, at, level }) =>
          // The page names the last event of its moment.
          of(world, 'PageSent').some(
            page =>
              page['about'] >= seq &&
              page['level'] === level &&
              page['urgency'] === 'page' &&
              Date.parse(page.at) - Date.parse(at) < 60_000,
          ),
        ),
    },
    {
      expectation: 'whoever is called last reads the number of the emergency hotline, by e-mail and by SMS',
      holds: ({ topics }) => {
        const calls = topics.messages.filter(({ channel, body }) => channel === 'sms' || body.includes('level 4 of 4'));
        const last = calls.filter(({ to }) => /emil@|\+15555550104/.test(to));
        return last.length > 1 && last.every(({ body }) => body.includes('+1-555-MOCKUP'));
      },
    },
    {
      expectation: 'it stays open',
      holds: world => of(world, 'Acknowledged').length === 0 && of(world, 'Resolved').length === 0,
    },
    NO_DEAD_LETTERS,
  ],
};
