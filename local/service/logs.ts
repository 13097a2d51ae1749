import type { Clock } from 'embedded-aws';

export interface LogLine {
  at: number;
  message: string;
}

/** Requests that fail for each line that is written of them. */
const SAMPLED = 25;
const KEPT = 60 * 60_000;

/** The lines that the tasks log. Careless ones name users, which no message may repeat. */
export class Logs {
  private readonly clock: Clock;
  private lines: LogLine[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  write(failedRequests: number, cause: string): void {
    const { now } = this.clock;
    this.lines = this.lines.filter(({ at }) => at > now - KEPT);
    for (let i = 0; i < Math.floor(failedRequests / SAMPLED); i++)
      this.lines.push({ at: now, message: `ERROR request of user${this.lines.length}@customer.example: ${cause}` });
  }

  since(time: number): LogLine[] {
    return this.lines.filter(({ at }) => at >= time);
  }
}
