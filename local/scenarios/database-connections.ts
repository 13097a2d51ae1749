import { HEALTHY, NO_DEAD_LETTERS, PAGED, RESOLVED } from './expectations.ts';
import { begin, ofPlaybook, ran } from './of-playbook.ts';
import type { Expectation, Scenario } from './scenario.ts';

const { entries, handedOver, oneIncident: ONE_INCIDENT, calm } = ofPlaybook('DatabaseConnections');

const ADVISED: Expectation = {
  expectation: 'pooling is raised as an action item, once',
  holds: world => entries(world, 'ActionItemRaised').filter(({ text }) => text.includes('RDS Proxy')).length === 1,
};
const TASKS_ARE_BACK: Expectation = {
  expectation: 'the tasks are put back',
  holds: ({ service: { tasks } }) => tasks.desired === tasks.usual && !tasks.scalingSuspended,
};

/** Fewer tasks leave the database some room: what relieves people stays, as nobody has decided otherwise. */
export const RELIEF_STAYS: Expectation = {
  expectation: 'the tasks stay scaled down, because that relieves people',
  holds: ({ service }) => service.tasks.desired < service.tasks.usual && service.errorShare < 0.01,
};

const HEALED: Expectation[] = [ONE_INCIDENT, RESOLVED, PAGED, ADVISED, TASKS_ARE_BACK, HEALTHY, NO_DEAD_LETTERS];

/** The runbook's 5.1. Fewer tasks relieve the database but do not heal it; ending the forgotten sessions does. */
export const databaseConnections: Scenario = {
  name: 'database-connections',
  title: 'Database connection pool exhaustion: a later step heals it',
  story:
    'A report export opens database sessions and forgets them. Within minutes the ' +
    'database is full and a third of the requests fail. The sessions are not the service’s own: scaling it down frees ' +
    'some connections, but only ending the forgotten sessions heals it.',
  inject: world =>
    begin(world, 'report-export begins to open sessions that nobody closes', () =>
      world.service.database.startLeak({
        application: 'report-export',
        state: 'idle',
        perMinute: 620,
        atMost: world.service.database.maxConnections,
      }),
    ),
  minutes: 90,
  done: calm,
  expectations: [...HEALED, ran('scale-service', 'kill-idle-connections', 'scale-service')],
};

/** Pools that grew in a burst do not shrink again, but a task that starts anew begins with the usual pool. */
export const healedByFirstStep: Scenario = {
  name: 'database-connections-first-step',
  title: 'Database connection pool exhaustion: the first step heals it',
  story:
    'A burst of traffic makes the connection pool of each task grow, and when it is over the pools hold what they have. ' +
    'Scaled down, half the connections are gone; the tasks that are started when it is put back begin with small pools.',
  inject: world =>
    begin(world, 'a burst of traffic makes the pools of all tasks grow', () =>
      world.service.database.growPools(Math.round(world.service.database.maxConnections * 0.099)),
    ),
  minutes: 60,
  done: calm,
  expectations: [...HEALED, ran('scale-service', 'scale-service')],
};

/** Sessions that are at work are nobody's to kill, and to reboot the database is for a person to decide. */
export const handedOverWithAdvice: Scenario = {
  name: 'database-connections-handed-over',
  title: 'Database connection pool exhaustion: nothing heals it, a person takes over',
  story:
    'A migration opens sessions that are all at work, so that none may be ended. Fewer tasks relieve people, and do not ' +
    'heal the database. Raising max_connections costs a reboot: approval is asked for, nobody answers, and that means no.',
  inject: world =>
    begin(world, 'a migration begins to hold sessions that are all at work', () =>
      world.service.database.startLeak({
        application: 'migration',
        state: 'active',
        perMinute: 620,
        atMost: world.service.database.maxConnections,
      }),
    ),
  minutes: 90,
  done: handedOver,
  expectations: [
    ONE_INCIDENT,
    PAGED,
    {
      expectation: 'approval of the reboot is asked for, and no answer is a no',
      holds: world =>
        entries(world, 'ApprovalRequested')
          .map(({ step }) => step)
          .join() === 'raise-max-connections' &&
        entries(world, 'ApprovalDeclined')
          .map(({ by }) => by)
          .join() === 'time',
    },
    ran('scale-service', 'kill-idle-connections'),
    ADVISED,
    {
      expectation: 'whoever takes over is told of the advice',
      holds: ({ topics: { messages } }) =>
        messages.some(({ subject = '', body }) => subject.includes('NEEDS YOU') && body.includes('RDS Proxy')),
    },
    RELIEF_STAYS,
    NO_DEAD_LETTERS,
  ],
};

/** At the peak of the day every connection of every pool is needed: with half the tasks, more fails than before. */
export const madeWorse: Scenario = {
  name: 'database-connections-made-worse',
  title: 'Database connection pool exhaustion: the first step does harm and is reverted',
  story:
    'A report export forgets its sessions while traffic is at its peak. Scaled down, the tasks that are left have too ' +
    'few connections for the traffic, and more requests fail than before: the step is put back at once, and the next ' +
    'one heals it.',
  inject: world =>
    begin(world, 'at the peak of traffic, report-export begins to open sessions that nobody closes', () => {
      const { database } = world.service;
      database.traffic = Math.round(database.maxConnections * 0.19);
      database.startLeak({
        application: 'report-export',
        state: 'idle',
        perMinute: 620,
        atMost: Math.round(database.maxConnections * 0.725),
      });
    }),
  minutes: 90,
  done: calm,
  expectations: [
    ...HEALED,
    {
      expectation: 'the step that made it worse is put back before the next one',
      holds: world => entries(world, 'StepFailed')[0]?.['impact'] === 'harmful',
    },
    ran('scale-service', 'scale-service', 'kill-idle-connections'),
  ],
};
