import type { Faults } from 'embedded-aws';

/** The faults of the account, and those of the simulated service. */
export interface RehearsalFaults extends Faults {
  /** The most seconds for which ECS and RDS answer with the state before a change. The seed decides how long, each time. @default the position on `READS_AFTER_CHANGE` */
  staleReads?: number;
  /** ECS lists deployments in an order that the seed decides. @default the position on `DEPLOYMENT_ORDER` */
  unordered?: boolean;
}
