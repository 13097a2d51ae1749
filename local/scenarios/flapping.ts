import type { RehearsalWorld } from '../world/world.ts';
import { NO_DEAD_LETTERS, ONE_INCIDENT } from './expectations.ts';
import { called, nobodyAnswers, of } from './nobody-answers.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;
const DAYS = 7;

/** An alarm of another account, which nobody here can read: its events are all that is known of it. */
const ALARM = 'checkout-latency';

/** DynamoDB's limit is 400 KB; an item that stays so far below it has room for what must be accepted. */
const LARGEST_ITEM = 100_000;

const incident = (world: RehearsalWorld) => [...world.incidents.values()][0];

/** The alarm changes: it is red in every other minute. */
function change({ buses, clock }: RehearsalWorld, minutes: number): void {
  const value = minutes % 2 === 0 ? 'ALARM' : 'OK';
  const timestamp = new Date(clock.now).toISOString();
  const state = { value, reason: `the latency is ${value === 'OK' ? 'well' : 'high'}`, timestamp };
  const alarmTags = {
    'incident:service': 'mockupaws-production',
    'incident:playbook': 'DatabaseConnections',
    'incident:level': 'warning',
  };
  buses.put(buses.event('aws.cloudwatch', 'CloudWatch Alarm State Change', { alarmName: ALARM, state, alarmTags }));
}

/** Somebody gives a command, as by `npx incident`. @throws when it is refused */
async function act(
  world: RehearsalWorld,
  command: { type: string; reason?: string; whileRed?: boolean },
): Promise<void> {
  const { id } = incident(world) ?? {};
  const ada = { incident: id, by: 'ada@mockupaws.com', via: 'command line', requestId: command.type };
  const { refused } = await world.command({ do: 'act', ...ada, act: command });
  if (refused) throw new Error(`${command.type}: ${refused}`);
}

/** An incident of so many days, with an alarm that changes more than a thousand times on each. */
export function flappingFor(days: number): Scenario {
  const end = days * 24 * 60;
  return {
    name: 'flapping',
    title: 'An alarm flaps for a week, and nobody answers',
    story:
      'A migration holds the database as in nobody-answers, and beside it an alarm of another account changes each minute, for ' +
      'seven days. Then somebody comes back, acknowledges the incident and resolves it.',
    inject: world => {
      nobodyAnswers.inject(world);
      const { clock, account, service } = world;
      for (let minutes = 10; minutes < end; minutes++) clock.after(minutes * MINUTE, () => change(world, minutes));
      clock.after((end - 30) * MINUTE, () => {
        account.emit('service', { change: 'the migration is stopped' });
        service.database.endLeak();
      });
      const reason = 'the migration was stopped a week late';
      clock.after((end + 2) * MINUTE, () => void act(world, { type: 'acknowledge' }));
      clock.after((end + 3) * MINUTE, () => void act(world, { type: 'resolve', reason, whileRed: true }));
    },
    minutes: end + 30,
    done: world => incident(world)?.status === 'resolved',
    expectations: [
      ONE_INCIDENT,
      {
        expectation: 'each level is called in its turn, and those called last again every ten minutes, for seven days',
        holds: world => called(world).join() === '1,2,3,4' && of(world, 'Reminded').length > days * 24 * 5,
      },
      {
        expectation: 'the changes of the alarm are counted, and told each time they have doubled',
        holds: world => {
          const changes = of(world, 'SignalFlaps').map(event => event['changes']);
          return changes.length < 15 && changes.at(-1) >= end / 2;
        },
      },
      {
        expectation: 'the acknowledgement and the resolution are accepted at once',
        holds: world =>
          of(world, 'Acknowledged').length > 0 && of(world, 'Resolved').some(({ by }) => by === 'ada@mockupaws.com'),
      },
      {
        expectation: 'no item of the table is larger than 100 KB',
        holds: ({ tables }) => tables.largestItemBytes < LARGEST_ITEM,
      },
      NO_DEAD_LETTERS,
    ],
  };
}

export const flapping = flappingFor(DAYS);
