import type { RehearsalWorld } from '../world/world.ts';
import { HEALTHY, NO_DEAD_LETTERS, ONE_INCIDENT, PAGED } from './expectations.ts';
import { noTaskStarts } from './no-task-starts.ts';
import { NOTHING_CHANGED, NOTHING_PUBLISHED } from './nothing-happens.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const mailsTo = ({ topics }: RehearsalWorld, name: string) =>
  topics.messages.filter(({ channel, to }) => channel === 'email' && to.startsWith(`${name}@`));

/** Whoever is asked confirms, but for finn. */
function confirm({ account, topics }: RehearsalWorld): void {
  const endpoints = account.ofType('AWS::SNS::Subscription').map(({ properties }) => String(properties['Endpoint']));
  for (const endpoint of endpoints) if (!endpoint.startsWith('finn@')) topics.become('confirmed', endpoint);
  account.emit('person', { who: 'everybody but finn', does: 'confirms their subscriptions', tone: 'good' });
}

/** Nothing is wrong, and everything is new. */
export const firstDay: Scenario = {
  name: 'first-day',
  title: 'The first day: the stack is deployed, nothing is wrong, and nobody is paged',
  story:
    'The stack is deployed into a young account: ten functions run at one time, resources appear over minutes, alarms have judged nothing, ' +
    'metrics have no history, and nobody has confirmed a subscription. The service is well. After forty minutes ' +
    'everybody has confirmed but finn, whom operations is told of.',
  without: ['deployment', 'subscriptions', 'concurrency'],
  inject: world => {
    world.clock.after(40 * MINUTE, () => confirm(world));
  },
  minutes: 25 * 60,
  done: () => false,
  expectations: [
    { expectation: 'no incident is opened', holds: world => world.incidents.size === 0 },
    {
      expectation: 'nobody is paged',
      holds: ({ topics }) => topics.messages.every(({ channel }) => channel !== 'sms'),
    },
    {
      expectation: 'operations reads who is not reached, by name, within the day, and how to subscribe them anew',
      holds: world =>
        mailsTo(world, 'operations').some(({ body }) => /finn/.test(body) && /npx incident subscribe/.test(body)),
    },
    {
      expectation: 'nobody else hears anything',
      holds: ({ topics }) => topics.messages.every(({ to }) => to.startsWith('operations@')),
    },
    NOTHING_CHANGED,
    NOTHING_PUBLISHED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** When the last resource was there. */
const completed = new WeakMap<RehearsalWorld, number>();

/** The alarms change before the rule is there that hears of them. */
export const deployedIntoTrouble: Scenario = {
  name: 'deployed-into-trouble',
  title: 'The service is down already when the stack is deployed: it is told',
  story:
    'All tasks have fallen, and none can be started. Then somebody deploys the stack. Its alarms are created before the rule that ' +
    'hears of them, in no order, and fire into nothing. People are paged all the same, within minutes.',
  without: ['deployment', 'concurrency'],
  inject: world => {
    const { account, service, clock } = world;
    account.listen(({ type, at }) => {
      if (type === 'deployment') completed.set(world, Date.parse(at));
    });
    noTaskStarts(world, ': the stack is being deployed');
    clock.after(HOUR, () => {
      account.emit('service', { change: 'tasks can be started again' });
      service.tasks.start = true;
    });
  },
  minutes: 120,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    PAGED,
    {
      expectation: 'within a quarter of an hour of the last resource, as a P1',
      holds: world => {
        const deployed = completed.get(world);
        const page = world.topics.messages.find(({ channel, body }) => channel === 'sms' && /\bP1\b/.test(body));
        return Boolean(deployed && page && Date.parse(page.at) - deployed <= 15 * MINUTE);
      },
    },
    ONE_INCIDENT,
    NO_DEAD_LETTERS,
  ],
};
