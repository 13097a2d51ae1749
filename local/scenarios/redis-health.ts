import type { RehearsalWorld } from '../world/world.ts';
import { HEALTHY, NO_DEAD_LETTERS, ONE_INCIDENT, PAGED, RESOLVED } from './expectations.ts';
import { acting, begin, ofPlaybook } from './of-playbook.ts';
import type { Expectation, Scenario } from './scenario.ts';

const { entries, handedOver, oneIncident: ONE_OF_REDIS, calm } = ofPlaybook('RedisHealth');

/** Every run, as `circuit-breaker open`. */
const runs = (world: RehearsalWorld) =>
  acting(world).map(({ name, parameters }) =>
    [name.replace(/^.*-(circuit-breaker|restart-redis)$/, '$1'), ...(parameters['State'] ?? [])].join(' '),
  );
const ran = (...names: string[]): Expectation => ({
  expectation: `the runbooks that act are ${names.join(', ')}`,
  holds: world => runs(world).join() === names.join(),
});

const reasons = (world: RehearsalWorld) =>
  entries(world, 'HandedOver')
    .map(({ reason }) => reason)
    .join();

const RELIEVED: Expectation = {
  expectation: 'no request fails any more, without the cache',
  holds: ({ service }) => service.redis.bypassed && service.errorShare === 0,
};
const VERIFIED: Expectation = {
  expectation: 'that the circuit breaker relieves people is verified, though the signals are not clear',
  holds: world =>
    entries(world, 'StepSucceeded')
      .map(({ run }) => run.split('/').at(-1))
      .join() === 'open-circuit-breaker' &&
    entries(world, 'SignalCleared').every(({ playbook }) => playbook !== 'RedisHealth'),
};
const SAID_SO: Expectation = {
  expectation: 'whoever takes over is told that the circuit breaker is open',
  holds: world =>
    /Stays until the signals are clear: "Open the circuit breaker/.test(reasons(world)) &&
    world.topics.messages.some(({ subject = '' }) => subject.includes('NEEDS YOU')),
};
const ASKED_IN_VAIN: Expectation = {
  expectation: 'approval of the restart is asked for, and no answer is a no',
  holds: world =>
    entries(world, 'ApprovalRequested')
      .map(({ step }) => step)
      .join() === 'restart-redis' &&
    entries(world, 'ApprovalDeclined')
      .map(({ by }) => by)
      .join() === 'time',
};

/** The runbook's 5.3. Overrun by retries, the cache recovers once nobody calls it for a while. */
export const redisHealth: Scenario = {
  name: 'redis-health',
  title: 'Redis is overrun: the circuit breaker relieves it',
  story:
    'A hot key makes requests to the cache time out, every client tries again, and the retries keep its one thread busy ' +
    'long after. The circuit breaker is opened: people are served without the cache. With the load off it the ' +
    'retries end, and the circuit breaker is closed again.',
  inject: world =>
    begin(world, 'a hot key overruns Redis, and every client tries again', () => world.service.redis.suffer('retries')),
  minutes: 60,
  done: calm,
  expectations: [
    ONE_INCIDENT,
    RESOLVED,
    PAGED,
    ran('circuit-breaker open', 'circuit-breaker closed'),
    {
      expectation: 'the circuit breaker is closed again, and that is verified',
      holds: world =>
        !world.service.redis.bypassed &&
        entries(world, 'StepSucceeded').some(({ run, checks }) => run.endsWith('/undo') && checks.length > 1),
    },
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};

/** A script that never ends keeps the engine busy whether it is called or not. */
export const redisRestart: Scenario = {
  name: 'redis-health-restart',
  title: 'Redis must be restarted, which is for a person to decide',
  story:
    'A script without end blocks the one thread of Redis. The circuit breaker keeps people served, but only a restart ' +
    'ends the script. Writes would fail for a minute, so approval is asked for; nobody answers, and that is a no. A ' +
    'person takes over while the circuit breaker stays open.',
  inject: world => begin(world, 'a script without end blocks Redis', () => world.service.redis.suffer('script')),
  minutes: 90,
  done: handedOver,
  expectations: [
    ONE_INCIDENT,
    PAGED,
    ran('circuit-breaker open'),
    ASKED_IN_VAIN,
    RELIEVED,
    VERIFIED,
    SAID_SO,
    NO_DEAD_LETTERS,
  ],
};

/** No restart opens a way that security groups have closed. */
export const redisHandedOver: Scenario = {
  name: 'redis-health-handed-over',
  title: 'Redis cannot be reached, and the missing rule is named',
  story:
    'Somebody tidies up security groups and removes the rule that lets the tasks reach Redis. The circuit breaker keeps ' +
    'people served. A restart would not help, so none is asked for: a person is told which rule is missing.',
  inject: world =>
    begin(world, 'the rule that lets the tasks reach Redis is removed', () => {
      world.service.redis.ingress = [];
    }),
  minutes: 60,
  done: handedOver,
  expectations: [
    ONE_INCIDENT,
    PAGED,
    {
      expectation: 'whoever takes over is told which rule is missing',
      holds: world =>
        world.topics.messages.some(
          ({ subject = '', body }) =>
            subject.includes('NEEDS YOU') && /sg-\w+ has no ingress rule for TCP 6379 from sg-/.test(body),
        ),
    },
    ran('circuit-breaker open'),
    {
      expectation: 'nobody is asked for a restart that would not help',
      holds: world =>
        entries(world, 'ApprovalRequested').length === 0 &&
        /Restart the primary.+security groups keep the tasks from Redis, which it does not mend/.test(reasons(world)),
    },
    RELIEVED,
    VERIFIED,
    SAID_SO,
    NO_DEAD_LETTERS,
  ],
};

/** At the peak of traffic the cache spares the database more than that could bear. */
export const redisMadeWorse: Scenario = {
  name: 'redis-health-made-worse',
  title: 'Redis is overrun, and without it the database would be too',
  story:
    'A script without end blocks Redis at the peak of traffic. With the circuit breaker open, all reads go to the ' +
    'database, whose connections do not suffice: more requests fail than before. The circuit breaker is closed at once, ' +
    'and a person is asked for the restart.',
  inject: world =>
    begin(world, 'at the peak of traffic, a script without end blocks Redis', () => {
      world.service.redis.spares = world.service.database.maxConnections * 0.6;
      world.service.redis.suffer('script');
    }),
  minutes: 90,
  done: handedOver,
  expectations: [
    ONE_OF_REDIS,
    PAGED,
    {
      expectation: 'the step that made it worse is put back before anything else',
      holds: world =>
        entries(world, 'StepFailed')[0]?.['impact'] === 'harmful' &&
        entries(world, 'StepStarted')
          .filter(({ preview }) => !preview)
          .map(({ step, undoes }) => `${step}${undoes ? ' undone' : ''}`)
          .join() === 'open-circuit-breaker,open-circuit-breaker undone',
    },
    ran('circuit-breaker open', 'circuit-breaker closed'),
    { expectation: 'the circuit breaker is closed', holds: ({ service }) => !service.redis.bypassed },
    ASKED_IN_VAIN,
    NO_DEAD_LETTERS,
  ],
};
