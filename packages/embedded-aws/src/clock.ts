import TinyQueue from 'tinyqueue';

/**
 * Virtual time. Nothing happens but what is on the agenda; the clock jumps from one entry to the next, so that a day without
 * events takes no time at all.
 */
export class Clock {
  private time: number;
  private sequence = 0;
  /** The moment that was last asked for as a text, which every call does. */
  private written = { time: Number.NaN, iso: '' };
  private readonly agenda = new TinyQueue<Act>([], (one, other) => one.at - other.at || one.sequence - other.sequence);

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

  /** Puts an act on the agenda, `milliseconds` from now. Acts at one moment happen in the order in which they were put there. */
  after(milliseconds: number, act: () => void | Promise<void>): void {
    this.agenda.push({ at: this.time + Math.max(0, Math.round(milliseconds)), sequence: this.sequence++, act });
  }

  /** Repeats an act every so many milliseconds, for ever. */
  every(milliseconds: number, act: () => void | Promise<void>): void {
    this.after(milliseconds, async () => {
      this.every(milliseconds, act);
      await act();
    });
  }

  /**
   * Runs the agenda, one act after the other, until `limit` milliseconds have passed or `done` says so. An error that an act
   * throws ends the run.
   *
   * @example
   * await clock.run(60 * 60_000, () => world.topics.messages.length > 0);
   */
  async run(limit: number, done: () => boolean = () => false): Promise<void> {
    const end = this.time + limit;
    while (!done()) {
      const next = this.agenda.peek();
      if (!next || next.at > end) {
        this.time = end;
        return;
      }
      this.agenda.pop();
      this.time = next.at;
      await next.act();
    }
  }
}

interface Act {
  at: number;
  sequence: number;
  act: () => void | Promise<void>;
}
