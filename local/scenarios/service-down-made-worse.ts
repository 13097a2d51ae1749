import type { RehearsalWorld } from '../world/world.ts';
import { NO_DEAD_LETTERS, ONE_INCIDENT, PAGED } from './promises.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

const entries = (world: RehearsalWorld) => [...world.incidents.values()].flatMap(({ timeline }) => timeline);
const types = (world: RehearsalWorld) => entries(world).map(({ type }) => type);

/** What holds up the tasks does not hold up their database: twice the tasks want twice the connections. */
export const serviceDownMadeWorse: Scenario = {
  name: 'service-down-made-worse',
  title: 'The service fails in part, and scaling up makes it worse',
  story:
    'More than twice as many people come as usual; the tasks are busy, and some requests wait in vain for a connection of ' +
    'their pools. Scaled up, the tasks together want more connections than the database has, and more fails than before: ' +
    'the tasks are taken back at once, and a person takes over.',
  befall: ({ clock, service, account }) =>
    clock.after(2 * MINUTE, () => {
      const { database, tasks } = service;
      account.emit('service', { change: 'more than twice the usual requests arrive', fault: true });
      tasks.load = 2.45;
      database.resizePools(Math.round(database.maxConnections * 0.05));
      database.traffic = Math.round(database.maxConnections * 0.55);
    }),
  minutes: 90,
  over: world => types(world).includes('HandedOver'),
  promises: [
    ONE_INCIDENT,
    PAGED,
    {
      promise: 'the step that made it worse is taken back at once',
      kept: world =>
        entries(world)
          .filter(({ type }) => type === 'StepFailed')
          .map(({ impact }) => impact)
          .join() === 'harmful' && world.service.tasks.desired === world.service.tasks.usual,
    },
    {
      promise: 'the incident is handed over, not resolved',
      kept: world => types(world).includes('HandedOver') && !types(world).includes('Resolved'),
    },
    NO_DEAD_LETTERS,
  ],
};
