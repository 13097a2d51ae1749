/** Virtual time. Nothing happens but what is on the agenda; the clock jumps from one entry to the next. */
export class Clock {
  private time: number;
  private sequence = 0;
  private readonly agenda: Act[] = [];

  constructor(start: string) {
    this.time = Date.parse(start);
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.time;
  }

  get iso(): string {
    return new Date(this.time).toISOString();
  }

  /** Puts an act on the agenda, `milliseconds` from now. Acts at one moment happen in the order they were put there. */
  after(milliseconds: number, act: () => void | Promise<void>): void {
    this.agenda.push({ at: this.time + Math.max(0, Math.round(milliseconds)), sequence: this.sequence++, act });
  }

  /** Acts every so many milliseconds, for ever. */
  every(milliseconds: number, act: () => void | Promise<void>): void {
    this.after(milliseconds, async () => {
      this.every(milliseconds, act);
      await act();
    });
  }

  /** Runs the agenda, one act after the other, until `over` says so or `limit` milliseconds have passed. */
  async run(limit: number, over: () => boolean): Promise<void> {
    const end = this.time + limit;
    while (!over()) {
      const next = this.agenda.reduce<Act | undefined>(
        (first, act) => (first && !before(act, first) ? first : act),
        undefined,
      );
      if (!next || next.at > end) {
        this.time = end;
        return;
      }
      this.agenda.splice(this.agenda.indexOf(next), 1);
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

const before = (a: Act, b: Act) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
