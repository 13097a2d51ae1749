import type { Faults } from 'embedded-aws';

/** The faults of the account, and those of the simulated service. */
export interface RehearsalFaults extends Faults {
  /** The most seconds for which ECS answers with the state before a change. The seed decides how long, each time. */
  staleReads?: number;
  /** ECS lists deployments in an order that the seed decides. */
  unordered?: boolean;
}
