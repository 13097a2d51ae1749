import type { RehearsalWorld } from '../world/world.ts';
import { HEALTHY, IS_P1, NO_DEAD_LETTERS, ONE_INCIDENT, PAGED, RESOLVED } from './expectations.ts';
import { noTaskStarts } from './no-task-starts.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;
const CUSTOMER = 'mia@customer.example';

const entries = (world: RehearsalWorld) => [...world.incidents.values()].flatMap(({ timeline }) => timeline);
const types = (world: RehearsalWorld) => entries(world).map(({ type }) => type);

/** Four times the usual requests overrun every task: more of them together, and only that, can bear it. */
export const serviceDown: Scenario = {
  name: 'service-down',
  title: 'The service is down',
  story:
    'Four times as many people come as usual. The tasks are overrun, fail their health checks and are replaced, only to ' +
    'be overrun again: soon none is running, and nothing answers. No version was deployed that could be taken back; twice ' +
    'as many tasks can bear the load. A customer has just subscribed to the status page.',
  inject: ({ clock, service, account, customers }) => {
    clock.after(0, () => customers.subscribe(CUSTOMER, 'api', 'website'));
    clock.after(2 * MINUTE, () => {
      account.emit('service', { change: 'four times the usual requests arrive', fault: true });
      service.tasks.load = 4;
    });
  },
  minutes: 60,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    IS_P1,
    RESOLVED,
    PAGED,
    {
      expectation: 'the service is scaled up, and nothing else is done',
      holds: world =>
        world.runbooks.runs.map(({ name }) => name.replace(/^.*-(scale-up)$/, '$1')).join() === 'scale-up',
    },
    {
      expectation: 'who subscribed is told of it by mail, once, and of its end',
      holds: ({ mail: { mails } }) => {
        const subjects = mails.filter(({ to }) => to === CUSTOMER).map(({ subject }) => subject);
        return subjects.filter(subject => /^(\[Resolved\] )?Service Disruption/.test(subject)).length === 2;
      },
    },
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** No task starts any more, and no runbook can change that: a person must. */
export const serviceDownHandedOver: Scenario = {
  name: 'service-down-handed-over',
  title: 'The service is down, and nothing heals it',
  story:
    'The tasks fall, and none can be started in their place: the registry of their image is gone. Scaling up does not ' +
    'help. The maintenance page may be shown, but only if a person approves, and nobody does: that is a no. What is ' +
    'left is told to people, and they are called until one answers.',
  inject: world => world.clock.after(2 * MINUTE, () => noTaskStarts(world)),
  minutes: 90,
  done: world => types(world).includes('HandedOver'),
  expectations: [
    ONE_INCIDENT,
    IS_P1,
    {
      expectation: 'scaling up is tried, and is not taken for a success',
      holds: world => types(world).includes('StepFailed') && !types(world).includes('StepSucceeded'),
    },
    {
      expectation: 'a person is asked for approval, and no answer is a no',
      holds: world =>
        types(world).includes('ApprovalRequested') &&
        types(world).includes('ApprovalDeclined') &&
        !world.service.loadBalancer.maintenance,
    },
    {
      expectation: 'the incident is handed over, not resolved',
      holds: world => types(world).includes('HandedOver') && !types(world).includes('Resolved'),
    },
    {
      expectation: 'it climbs the escalation path',
      holds: world => entries(world).some(({ type, level }) => type === 'Escalated' && level >= 3),
    },
    NO_DEAD_LETTERS,
  ],
};

/** Scaling up helps the tasks and harms their database: twice the tasks want twice the connections. */
export const serviceDownMadeWorse: Scenario = {
  name: 'service-down-made-worse',
  title: 'The service fails in part, and scaling up makes it worse',
  story:
    'More than twice as many people come as usual; the tasks are busy, and some requests wait in vain for a connection of ' +
    'their pools. Scaled up, the tasks together want more connections than the database has, and more fails than before: ' +
    'the tasks are taken back at once, and a person takes over.',
  inject: ({ clock, service, account }) =>
    clock.after(2 * MINUTE, () => {
      const { database, tasks } = service;
      account.emit('service', { change: 'more than twice the usual requests arrive', fault: true });
      tasks.load = 2.45;
      database.resizePools(Math.round(database.maxConnections * 0.05));
      database.traffic = Math.round(database.maxConnections * 0.55);
    }),
  minutes: 90,
  done: world => types(world).includes('HandedOver'),
  expectations: [
    ONE_INCIDENT,
    PAGED,
    {
      expectation: 'the step that made it worse is taken back at once',
      holds: world =>
        entries(world)
          .filter(({ type }) => type === 'StepFailed')
          .map(({ impact }) => impact)
          .join() === 'harmful' && world.service.tasks.desired === world.service.tasks.usual,
    },
    {
      expectation: 'the incident is handed over, not resolved',
      holds: world => types(world).includes('HandedOver') && !types(world).includes('Resolved'),
    },
    NO_DEAD_LETTERS,
  ],
};
