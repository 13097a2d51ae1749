import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

const runbooks = (world: World) =>
  world.runbooks.runs.map(({ name }) => name.replace(/^.*?-(scale-service|kill-idle-connections)$/, '$1'));
const incidents = (world: World) => [...world.incidents.values()];

/** The runbook's 5.1. Fewer tasks relieve the database but do not heal it; ending the forgotten sessions does. */
export const databaseConnections: Scenario = {
  name: 'database-connections',
  title: 'Database connection pool exhaustion',
  story:
    'A report export opens database sessions, leaves them idle in a transaction and forgets them. Within minutes the ' +
    'database is full and a third of the requests fail. The sessions are not the service’s own: scaling it down frees ' +
    'some connections, but only ending the forgotten sessions heals it.',
  befall: ({ clock, service, account }) =>
    clock.after(2 * MINUTE, () => {
      account.emit('service', { change: 'report-export begins to open sessions that nobody closes', fault: true });
      service.database.startLeak({
        application: 'report-export',
        state: 'idle in transaction',
        perMinute: 620,
        atMost: service.database.maxConnections,
      });
    }),
  minutes: 90,
  over: world => world.incidents.size > 0 && world.calm,
  promises: [
    { promise: 'one incident is opened', kept: world => world.incidents.size === 1 },
    { promise: 'it is resolved', kept: world => incidents(world).every(({ status }) => status === 'resolved') },
    { promise: 'somebody is paged', kept: world => world.topics.messages.some(({ channel }) => channel === 'sms') },
    {
      promise: 'the runbooks run in the runbook’s order, and the tasks are put back',
      kept: world => runbooks(world).join() === 'scale-service,kill-idle-connections,scale-service',
    },
    { promise: 'the service is healthy', kept: world => world.service.healthy },
    { promise: 'nothing ends in a dead-letter queue', kept: world => world.queues.total === 0 },
  ],
};
