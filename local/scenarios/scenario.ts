import type { Modes } from '../rehearsal/synthesize.ts';
import type { AssumptionName } from '../world/assumptions.ts';
import type { RehearsalFaults } from '../world/faults.ts';
import type { RehearsalWorld } from '../world/world.ts';

/** A rehearsed incident: the fault that is injected into the service, and the end that is expected. */
export interface Scenario {
  name: string;
  title: string;
  /** Tells in two or three sentences what happens, before it starts. */
  story: string;
  /** Faults of the account and of the services around. @default none */
  faults?: RehearsalFaults;
  /** What of the account is not set up, as in a new one. @default everything is */
  without?: readonly AssumptionName[];
  /** The modes of the runbooks' steps. @default full */
  modes?: Modes;
  /** Puts the fault on the agenda. */
  inject: (world: RehearsalWorld) => void;
  /** Virtual minutes after which the rehearsal ends at the latest. */
  minutes: number;
  /** True when there is nothing more to wait for. */
  done: (world: RehearsalWorld) => boolean;
  /** All of them must hold at the end. */
  expectations: Expectation[];
}

export interface Expectation {
  expectation: string;
  holds: (world: RehearsalWorld) => boolean;
}
