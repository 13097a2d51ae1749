import { HEALTHY, IS_P1, NO_DEAD_LETTERS, ONE_INCIDENT, PAGED, RESOLVED } from './promises.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;
const CUSTOMER = 'mia@customer.example';

/** Four times the usual requests overrun every task: more of them together, and only that, can bear it. */
export const serviceDown: Scenario = {
  name: 'service-down',
  title: 'The service is down',
  story:
    'Four times as many people come as usual. The tasks are overrun, fail their health checks and are replaced, only to ' +
    'be overrun again: soon none is running, and nothing answers. No version was deployed that could be taken back; twice ' +
    'as many tasks can bear the load. A customer has just subscribed to the status page.',
  befall: ({ clock, service, account, customers }) => {
    clock.after(0, () => customers.subscribe(CUSTOMER, 'api', 'website'));
    clock.after(2 * MINUTE, () => {
      account.emit('service', { change: 'four times the usual requests arrive', fault: true });
      service.tasks.load = 4;
    });
  },
  minutes: 60,
  over: world => world.incidents.size > 0 && world.calm,
  promises: [
    ONE_INCIDENT,
    IS_P1,
    RESOLVED,
    PAGED,
    {
      promise: 'the service is scaled up, and nothing else is done',
      kept: world => world.runbooks.runs.map(({ name }) => name.replace(/^.*-(scale-up)$/, '$1')).join() === 'scale-up',
    },
    {
      promise: 'who subscribed is told of it by mail, once, and of its end',
      kept: ({ mail: { mails } }) => {
        const subjects = mails.filter(({ to }) => to === CUSTOMER).map(({ subject }) => subject);
        return subjects.filter(subject => /^(\[Resolved\] )?Service Disruption/.test(subject)).length === 2;
      },
    },
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};
