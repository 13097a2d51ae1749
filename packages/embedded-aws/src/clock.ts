import { AsyncLocalStorage } from 'node:async_hooks';
import TinyQueue from 'tinyqueue';

/** The clock whose act is running, for code that only may wait in one. */
const acting = new AsyncLocalStorage<Clock>();

const macrotask = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/**
 * Virtual time. Nothing passes but what is on the agenda; the clock jumps from one entry to the next, so that a day without
 * events takes no time at all. An act that waits lets others go on meanwhile, as concurrent work does.
 */
export class Clock {
  private time: number;
  private sequence = 0;
  /** The moment that was last asked for as a text, which every call does. */
  private written = { time: Number.NaN, iso: '' };
  private readonly agenda = new TinyQueue<Act>([], (one, other) => one.at - other.at || one.sequence - other.sequence);
  /** Work under way that takes real time, and no virtual time. */
  private busy = 0;
  private failures: unknown[] = [];
  private turn: Promise<unknown> = Promise.resolve();

  /** @param start an ISO 8601 time */
  constructor(start: string) {
    this.time = Date.parse(start);
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.time;
  }

  /** The present moment as an ISO 8601 time. */
  get iso(): string {
    if (this.written.time !== this.time) this.written = { time: this.time, iso: new Date(this.time).toISOString() };
    return this.written.iso;
  }

  /**
   * Puts an act on the agenda, `milliseconds` from now. Acts at one moment happen in the order in which they were put there.
   *
   * @returns a function that takes the act off again
   */
  after(milliseconds: number, act: () => unknown): () => void {
    const entry = { at: this.time + Math.max(0, Math.round(milliseconds)), sequence: this.sequence++, act };
    this.agenda.push(entry);
    return () => {
      entry.act = cancelled;
    };
  }

  /** Repeats an act every so many milliseconds, for ever, also while one before is not over. */
  every(milliseconds: number, act: () => unknown): void {
    this.after(milliseconds, () => {
      this.every(milliseconds, act);
      return act();
    });
  }

  /** True in an act, which can let time pass. */
  get isActing(): boolean {
    return acting.getStore() === this;
  }

  /** Lets so much time pass, in which other acts go on. */
  wait(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      this.after(milliseconds, resolve);
    });
  }

  /** Does work that takes real time, e.g. a query of a database: the clock stands still meanwhile. */
  async standstill<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    this.busy++;
    try {
      return await work();
    } finally {
      this.busy--;
    }
  }

  /**
   * Runs the agenda, one act after the other, until `limit` milliseconds have passed or `done` says so. Acts that still wait then
   * go on with the next run. An error that an act throws ends the run.
   *
   * @example
   * await clock.run(60 * 60_000, () => world.topics.messages.length > 0);
   */
  async run(limit: number, done: () => boolean = () => false): Promise<void> {
    const end = this.time + limit;
    while (!done())
      if (!(await this.next(end))) {
        this.time = Math.max(this.time, end);
        return;
      }
  }

  /**
   * The result of work that waits for the clock, which runs for as long as that takes. Within an act, which the clock runs anyway,
   * the work itself.
   */
  async until<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.isActing) return work();
    const state = { over: false };
    const result = acting.run(this, work).finally(() => {
      state.over = true;
    });
    result.catch(() => undefined);
    await this.settled();
    while (!state.over)
      if (!(await this.next(Number.POSITIVE_INFINITY))) throw new Error('the work waits for nothing that is to come');
    return result;
  }

  /** The next act, one at a time whoever runs the clock; false when there is none until `end`. */
  private next(end: number): Promise<boolean> {
    if (this.isActing) throw new Error('an act cannot run the clock: it can wait');
    const done = this.turn.then(() => this.act(end));
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async act(end: number): Promise<boolean> {
    let next = this.agenda.peek();
    while (next?.act === cancelled) {
      this.agenda.pop();
      next = this.agenda.peek();
    }
    if (!next || next.at > end) return false;
    this.agenda.pop();
    this.time = Math.max(this.time, next.at);
    this.begin(next.act);
    await this.settled();
    return true;
  }

  private begin(act: () => unknown): void {
    acting.run(this, async () => {
      try {
        await act();
      } catch (error) {
        this.failures.push(error);
      }
    });
  }

  /** Until everything that could go on has gone on, and waits. @throws the error of an act */
  private async settled(): Promise<void> {
    do await macrotask();
    while (this.busy > 0);
    const [failure] = this.failures.splice(0);
    if (failure !== undefined) throw failure;
  }
}

/** An act that was taken off the agenda. */
const cancelled = () => undefined;

interface Act {
  at: number;
  sequence: number;
  act: () => unknown;
}
