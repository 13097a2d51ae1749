import type { RehearsalWorld } from '../world/world.ts';
import type { Promised } from './scenario.ts';

const incidents = (world: RehearsalWorld) => [...world.incidents.values()];

/** What several scenarios promise, in the same words. */
export const ONE_INCIDENT: Promised = { promise: 'one incident is opened', kept: world => world.incidents.size === 1 };

export const IS_P1: Promised = {
  promise: 'it is a P1',
  kept: world => incidents(world).every(({ severity }) => severity === 'P1'),
};

export const RESOLVED: Promised = {
  promise: 'it is resolved',
  kept: world => incidents(world).every(({ status }) => status === 'resolved'),
};

export const PAGED: Promised = {
  promise: 'somebody is paged',
  kept: world => world.topics.messages.some(({ channel }) => channel === 'sms'),
};

export const HEALTHY: Promised = { promise: 'the service is healthy', kept: world => world.service.healthy };

export const NO_DEAD_LETTERS: Promised = {
  promise: 'nothing ends in a dead-letter queue',
  kept: world => world.queues.total === 0,
};
