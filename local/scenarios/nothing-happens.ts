import type { RehearsalWorld } from '../world/world.ts';
import { HEALTHY, NO_DEAD_LETTERS, ONE_INCIDENT, RESOLVED } from './expectations.ts';
import { begin } from './of-playbook.ts';
import type { Expectation, Scenario } from './scenario.ts';

const MINUTE = 60_000;

const timeline = (world: RehearsalWorld) => [...world.incidents.values()].flatMap(incident => incident.timeline);
const mails = ({ topics }: RehearsalWorld) => topics.messages.filter(({ channel }) => channel === 'email');

export const NOTHING_CHANGED: Expectation = {
  expectation: 'nothing is changed in the service',
  holds: ({ changed }) => changed.length === 0,
};

export const NOTHING_PUBLISHED: Expectation = {
  expectation: 'customers are told nothing',
  holds: ({ published }) => published.length === 0,
};

const NOBODY_WOKEN: Expectation = {
  expectation: 'nobody is woken',
  holds: ({ topics }) => topics.messages.every(({ channel }) => channel !== 'sms'),
};

const WRITER = 'incident-response/mockupaws-production/database-connections';

/** Missing data is blindness, and no evidence of anything. */
export const metricVanishes: Scenario = {
  name: 'metric-vanishes',
  title: 'A metric goes missing: people learn what cannot be seen, and nothing is done',
  story:
    'RDS stops reporting the connections of the database for twenty minutes. The service is well. The alarms have nothing to ' +
    'judge by, which says nothing of the database: people are told what cannot be seen, and since when.',
  inject: world =>
    begin(world, 'RDS stops reporting DatabaseConnections', () => {
      world.metrics.lose('AWS/RDS', 'DatabaseConnections');
      world.clock.after(20 * MINUTE, () => world.metrics.regain('AWS/RDS', 'DatabaseConnections'));
    }),
  minutes: 90,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    {
      expectation: 'it is a P3 that says what cannot be seen',
      holds: world =>
        [...world.incidents.values()].every(({ severity }) => severity === 'P3') &&
        mails(world).some(({ body }) => /No data since \d\d:\d\d UTC.*onnections/.test(body)),
    },
    NOBODY_WOKEN,
    NOTHING_CHANGED,
    NOTHING_PUBLISHED,
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** An alarm alone pages and asks; it is no evidence. */
export const alarmTested: Scenario = {
  name: 'alarm-tested',
  title: 'Somebody tests an alarm: the page may ring, and nothing is done',
  story:
    'The service is well. Somebody sets its most severe database alarm to ALARM to see what happens. The page rings; the ' +
    'diagnosis finds nothing wrong, so nothing is changed and nothing is published. CloudWatch puts the alarm back.',
  inject: world =>
    begin(world, 'ada sets an alarm to ALARM: the service is well', () =>
      world.alarms.set({
        AlarmName: `${WRITER}-critical`,
        StateValue: 'ALARM',
        StateReason: 'testing the alarm',
      }),
    ),
  minutes: 60,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    NOTHING_CHANGED,
    NOTHING_PUBLISHED,
    {
      expectation: 'no runbook acts',
      holds: world => timeline(world).every(({ type }) => type !== 'StepStarted'),
    },
    {
      expectation: 'nobody is invited to review it',
      holds: ({ topics }) => topics.messages.every(({ subject = '' }) => !/Review of/.test(subject)),
    },
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** The harshest quiet world: metrics late, deliveries doubled and late, and nothing wrong. */
export const quietNight: Scenario = {
  name: 'quiet-night',
  title: 'A quiet night: nothing is wrong, and nothing happens',
  story:
    'Six hours in which nothing is wrong. Metrics come up to three minutes late, events twice and out of order, ECS answers ' +
    'with what was before. Nobody is called, nothing is changed, nothing is published.',
  faults: { lateMetrics: 180, staleReads: 30, unordered: true, duplicated: 0.2, late: 30 },
  inject: () => undefined,
  minutes: 360,
  done: () => false,
  expectations: [
    { expectation: 'no incident is opened', holds: world => world.incidents.size === 0 },
    { expectation: 'nobody hears anything', holds: ({ topics }) => topics.messages.length === 0 },
    NOTHING_CHANGED,
    NOTHING_PUBLISHED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};
