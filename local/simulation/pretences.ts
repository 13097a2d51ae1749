import type { RehearsalWorld } from '../world/world.ts';
import type { Pretence } from './plan.ts';

const PRETEND: Record<Pretence, (world: RehearsalWorld) => void> = {
  sessions: ({ service: { database } }) => {
    database.terminated = () => [];
  },
  /** ECS accepts another number of tasks, and starts and stops none. */
  tasks: ({ service: { tasks } }) => {
    tasks.tick = () => undefined;
  },
  deployment: ({ service: { deployments } }) => {
    deployments.rollBack = () => undefined;
  },
  /** The tasks do not read the parameter any more. */
  'circuit breaker': ({ service: { redis } }) => {
    redis.breaker = () => false;
  },
};

/** From now on a remedy is accepted, and comes to nothing. */
export const pretend = (world: RehearsalWorld, remedy: Pretence): void => PRETEND[remedy](world);
