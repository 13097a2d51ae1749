import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

const incidents = (world: World) => [...world.incidents.values()];

/** Four times the usual requests overrun every task: more of them together, and only that, can bear it. */
export const serviceDown: Scenario = {
  name: 'service-down',
  title: 'The service is down',
  story:
    'Four times as many people come as usual. The tasks are overrun, fail their health checks and are replaced, only to ' +
    'be overrun again: soon none is running, and nothing answers. No version was deployed that could be taken back; twice ' +
    'as many tasks can bear the load.',
  befall: ({ clock, service, account }) =>
    clock.after(2 * MINUTE, () => {
      account.emit('service', { change: 'four times the usual requests arrive', fault: true });
      service.tasks.load = 4;
    }),
  minutes: 60,
  over: world => world.incidents.size > 0 && world.calm,
  promises: [
    { promise: 'one incident is opened', kept: world => world.incidents.size === 1 },
    { promise: 'it is a P1', kept: world => incidents(world).every(({ severity }) => severity === 'P1') },
    { promise: 'it is resolved', kept: world => incidents(world).every(({ status }) => status === 'resolved') },
    { promise: 'somebody is paged', kept: world => world.topics.messages.some(({ channel }) => channel === 'sms') },
    {
      promise: 'the service is scaled up, and nothing else is done',
      kept: world => world.runbooks.runs.map(({ name }) => name.replace(/^.*-(scale-up)$/, '$1')).join() === 'scale-up',
    },
    { promise: 'the service is healthy', kept: world => world.service.healthy },
    { promise: 'nothing ends in a dead-letter queue', kept: world => world.queues.total === 0 },
  ],
};
