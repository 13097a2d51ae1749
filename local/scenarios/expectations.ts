import type { RehearsalWorld } from '../world/world.ts';
import type { Expectation } from './scenario.ts';

const incidents = (world: RehearsalWorld) => [...world.incidents.values()];

/** Expectations that several scenarios share. */
export const ONE_INCIDENT: Expectation = {
  expectation: 'one incident is opened',
  holds: world => world.incidents.size === 1,
};

export const IS_P1: Expectation = {
  expectation: 'it is a P1',
  holds: world => incidents(world).every(({ severity }) => severity === 'P1'),
};

export const RESOLVED: Expectation = {
  expectation: 'it is resolved',
  holds: world => incidents(world).every(({ status }) => status === 'resolved'),
};

export const PAGED: Expectation = {
  expectation: 'somebody is paged',
  holds: world => world.topics.messages.some(({ channel }) => channel === 'sms'),
};

export const HEALTHY: Expectation = { expectation: 'the service is healthy', holds: world => world.service.healthy };

export const NO_DEAD_LETTERS: Expectation = {
  expectation: 'nothing ends in a dead-letter queue',
  holds: world => world.queues.total === 0,
};
