import type { RehearsalWorld } from '../world/world.ts';

const MINUTE = 60_000;

/** Virtual minutes that pass when somebody has pressed a button: what follows from it arrives. */
export const MINUTES_AFTER = 2;

/** People who come to a world in which time stands still unless they act. One acts after the other: it has one time. */
export class Visits {
  private readonly world: RehearsalWorld;
  private last: Promise<unknown> = Promise.resolve();

  constructor(world: RehearsalWorld) {
    this.world = world;
  }

  /** Looks at something, or with a POST does something. */
  make<Result>(method: string, act: () => Promise<Result>): Promise<Result> {
    return this.inTurn(async () => {
      const result = await act();
      if (method === 'POST') await this.run(MINUTES_AFTER);
      return result;
    });
  }

  /** Lets virtual time pass. */
  pass(minutes: number): Promise<void> {
    return this.inTurn(() => this.run(minutes));
  }

  private run(minutes: number): Promise<void> {
    return this.world.clock.run(minutes * MINUTE, () => false);
  }

  private inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(act);
    this.last = result.catch(() => {});
    return result;
  }
}
