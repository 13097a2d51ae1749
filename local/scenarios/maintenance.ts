import type { Entry, RehearsalWorld } from '../world/world.ts';
import { NO_DEAD_LETTERS, ONE_INCIDENT } from './expectations.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

/** Minutes after the beginning: a person's window of the service, and in it a mute rule of the database's alarms, which outlasts it. */
const WINDOW = { from: 1, to: 21 };
const MUTED = { from: 1, to: 41 };
const FAULT = 3;

const began = new WeakMap<RehearsalWorld, number>();

const minuteOf = (world: RehearsalWorld, at: string) => (Date.parse(at) - (began.get(world) ?? 0)) / MINUTE;

const entries = (world: RehearsalWorld, type: string): Entry[] =>
  [...world.incidents.values()].flatMap(({ timeline }) => timeline).filter(entry => entry.type === type);

/** The minutes in which steps began that change something. */
const acted = (world: RehearsalWorld) =>
  entries(world, 'StepStarted').flatMap(({ at, dryRun }) => (dryRun ? [] : [minuteOf(world, at)]));

const messages = (world: RehearsalWorld) =>
  world.topics.messages.map(message => ({ ...message, minute: minuteOf(world, message.at) }));

async function openWindow(world: RehearsalWorld): Promise<void> {
  const ada = { by: 'ada@mockupaws.com', via: 'command line', requestId: 'window' };
  const window = { minutes: WINDOW.to - WINDOW.from, reason: 'database upgrade' };
  const { refused } = await world.command({ do: 'start maintenance', ...ada, ...window });
  if (refused) throw new Error(`the window was refused: ${refused}`);
}

function mute({ account, alarms, clock }: RehearsalWorld): void {
  const AlarmNames = account.ofType('AWS::CloudWatch::Alarm').flatMap(({ ref }) => (/database/.test(ref) ? [ref] : []));
  const Expression = `at(${clock.iso.slice(0, 16)})`;
  alarms.muteRules.put({
    ...{ Name: 'database-upgrade', Description: 'the database is upgraded', MuteTargets: { AlarmNames } },
    Rule: { Schedule: { Expression, Duration: `PT${MUTED.to - MUTED.from}M` } },
  });
}

/** What fails within maintenance is left alone, until the maintenance is over. */
export const maintenance: Scenario = {
  name: 'maintenance',
  title: 'The service fails while it is under maintenance',
  story:
    'Somebody opens a window of 20 minutes for an upgrade of the database, and mutes the alarms of the database for 40. ' +
    'In it an export takes all connections. Nobody is woken, nothing is done and nothing is published. When the window is over, ' +
    'what is red and not muted is an incident, and people are called; the database is touched only when the mute rule is over too.',
  inject: world => {
    began.set(world, world.clock.now);
    const { clock, account, service } = world;
    clock.after(WINDOW.from * MINUTE, () => {
      mute(world);
      void openWindow(world);
    });
    clock.after(FAULT * MINUTE, () => {
      account.emit('service', { change: 'an export begins to leak connections', fault: true });
      service.database.startLeak({
        ...{ application: 'export', state: 'idle in transaction', perMinute: 420 },
        atMost: service.database.maxConnections,
      });
    });
  },
  minutes: 75,
  done: world => acted(world).length > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    {
      expectation: 'within the window it is recorded, and told by one e-mail to those on call',
      holds: world => {
        const within = messages(world).filter(({ minute }) => minute < WINDOW.to);
        const told = new Set(within.map(({ subject }) => subject));
        return told.size === 1 && within.every(({ channel, body }) => channel === 'email' && /maintenance/i.test(body));
      },
    },
    {
      expectation: 'the window being over, it is an incident within two minutes, and people are called',
      holds: world => {
        const [ended] = entries(world, 'MaintenanceEnded');
        const called = messages(world).find(({ channel }) => channel === 'sms');
        return (
          ended !== undefined &&
          minuteOf(world, ended.at) >= WINDOW.to &&
          (called?.minute ?? Number.NaN) <= WINDOW.to + 3
        );
      },
    },
    {
      expectation: 'the database is left alone until the mute rule is over, and then mended',
      holds: world => {
        const killed = entries(world, 'StepStarted').filter(({ step, dryRun }) => !dryRun && /idle/.test(step));
        return killed.length > 0 && killed.every(({ at }) => minuteOf(world, at) >= MUTED.to);
      },
    },
    {
      expectation: 'nothing is published before the window is over',
      holds: world =>
        [...entries(world, 'Published'), ...entries(world, 'PublicationRequested')].every(
          ({ at }) => minuteOf(world, at) >= WINDOW.to,
        ),
    },
    {
      expectation: 'the severity is judged when the window is over',
      holds: world => entries(world, 'SeverityAssigned').every(({ at }) => minuteOf(world, at) >= WINDOW.to),
    },
    { expectation: 'nothing is changed within the window', holds: world => acted(world).every(at => at >= WINDOW.to) },
    NO_DEAD_LETTERS,
  ],
};
