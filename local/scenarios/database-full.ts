import type { RehearsalWorld } from '../world/world.ts';
import { HEALTHY, NO_DEAD_LETTERS, PAGED, RESOLVED } from './expectations.ts';
import { begin, ofPlaybook } from './of-playbook.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;

const { entries, oneIncident, handedOver, calm } = ofPlaybook('DatabaseConnections');

const FAILED = /no connection was free/;

const killed = (world: RehearsalWorld) => entries(world, 'StepFailed').filter(({ run }) => /kill-idle/.test(run));

/** The remedy needs what is exhausted. */
export const databaseFull: Scenario = {
  name: 'database-full',
  title: 'No connection is left to end sessions by: a person is told, and does it',
  story:
    'A report export opens sessions and forgets them, and takes every connection that becomes free. None is reserved for the ' +
    'database user of the responder, so that it cannot connect either: no session is ended, the step fails and says why, and ' +
    'whoever is called learns what to do. Somebody ends the export, whose sessions then close.',
  inject: world => {
    const { database } = world.service;
    database.reserved = 0;
    begin(world, 'report-export takes every connection of the database, and closes none', () =>
      database.startLeak({
        ...{ application: 'report-export', state: 'idle', perMinute: 3000 },
        ...{ atMost: database.maxConnections, persistent: true },
      }),
    );
    world.clock.after(75 * MINUTE, () => {
      world.account.emit('person', { who: 'ada', does: 'ends the report export', tone: 'good' });
      database.endLeak();
    });
  },
  minutes: 120,
  done: calm,
  expectations: [
    oneIncident,
    PAGED,
    {
      expectation: 'no session is ended by the responder',
      holds: ({ changed }) => changed.every(({ action }) => action !== 'ExecuteStatement'),
    },
    {
      expectation: 'the step fails, and says that no connection was free',
      holds: world => killed(world).length > 0 && killed(world).every(({ reason = '' }) => FAILED.test(reason)),
    },
    { expectation: 'a person is called', holds: handedOver },
    {
      expectation: 'whoever is called learns what to do, now and for next time',
      holds: ({ topics }) =>
        topics.messages.some(
          ({ subject = '', body }) =>
            subject.includes('NEEDS YOU') &&
            /End sessions as a member of rds_superuser/.test(body.replace(/\s+/g, ' ')) &&
            /pg_use_reserved_connections/.test(body),
        ),
    },
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};
