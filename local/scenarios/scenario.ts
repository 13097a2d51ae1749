import type { Modes } from '../rehearsal/synthesize.ts';
import type { RehearsalFaults } from '../world/faults.ts';
import type { RehearsalWorld } from '../world/world.ts';

/** A rehearsed incident: what befalls the service, and how it must end. */
export interface Scenario {
  name: string;
  title: string;
  /** What happens, in two or three sentences, told before it starts. */
  story: string;
  /** What is unkind about its world. */
  faults?: RehearsalFaults;
  /** How far automation may go. @default full */
  modes?: Modes;
  /** Puts the trouble on the agenda. */
  befall: (world: RehearsalWorld) => void;
  /** Virtual minutes after which it is over at the latest. */
  minutes: number;
  /** Whether there is nothing more to wait for. */
  over: (world: RehearsalWorld) => boolean;
  /** What must be true at the end; the scenario fails with the first that is not. */
  promises: Promised[];
}

export interface Promised {
  promise: string;
  kept: (world: RehearsalWorld) => boolean;
}
