import type { Clock } from 'embedded-aws';

/** The fault of the writer: it accepts no writes any more, or it is gone. */
export type WriterTrouble = 'read-only' | 'gone';

const FAILOVER_SECONDS = 30;
/** Seconds for which a cluster that has begun to fail over still calls itself available. */
const UNNOTICED_SECONDS = 5;

/** The two instances of the Aurora cluster, and which of them is the writer. */
export class Members {
  /** The reader comes first: who takes the first member for the writer errs. */
  readonly names: readonly [string, string];
  /** The member that RDS names as the writer, also while it accepts no writes. */
  writer: string;
  trouble: WriterTrouble | undefined;
  /** A setting of the responder's own user makes its transactions read-only, which nobody else notices. */
  readOnlyByDefault = false;
  /** The reader is there, and could not take over. */
  readerFailed = false;
  private failingOver: { since: number; to: string } | undefined;
  private recoversAt = Number.POSITIVE_INFINITY;
  private readonly clock: Clock;

  constructor(cluster: string, clock: Clock) {
    this.names = [`${cluster}-1`, `${cluster}-2`];
    this.writer = this.names[1];
    this.clock = clock;
  }

  get reader(): string {
    return this.names.find(name => name !== this.writer) ?? '';
  }

  /** The writer is lost. Aurora fails over by itself after so many seconds, or never. */
  lose(trouble: WriterTrouble, recoversAfter = Number.POSITIVE_INFINITY): void {
    this.trouble = trouble;
    this.recoversAt = this.clock.now + recoversAfter * 1000;
  }

  failOver(to: string): void {
    this.failingOver = { since: this.clock.now, to };
  }

  /** False while the cluster fails over, or has no writer: nobody can connect to its endpoint. */
  get answers(): boolean {
    return this.failingOver === undefined && this.trouble !== 'gone';
  }

  get acceptsWrites(): boolean {
    return this.answers && this.trouble === undefined;
  }

  /** The status of the cluster. */
  get status(): string {
    const { failingOver, clock } = this;
    return failingOver && clock.now - failingOver.since >= UNNOTICED_SECONDS * 1000 ? 'failing-over' : 'available';
  }

  /** The status of an instance. */
  statusOf(name: string): string {
    if (this.failingOver) return name === this.writer ? 'rebooting' : 'available';
    if (name === this.writer) return this.trouble === 'gone' ? 'failed' : 'available';
    return this.readerFailed ? 'failed' : 'available';
  }

  isWriter(name: string): boolean {
    return name === this.writer && this.trouble !== 'gone';
  }

  /** True when a failover has just ended: every connection to the cluster is gone. */
  tick(): boolean {
    const { clock, failingOver } = this;
    if (clock.now >= this.recoversAt) {
      this.recoversAt = Number.POSITIVE_INFINITY;
      this.failOver(this.reader);
      return false;
    }
    if (!failingOver || clock.now - failingOver.since < FAILOVER_SECONDS * 1000) return false;
    // The former writer starts anew, as a reader.
    this.writer = failingOver.to;
    this.trouble = undefined;
    this.failingOver = undefined;
    return true;
  }
}
