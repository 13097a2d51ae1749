/** Times the usual share of requests that one task can bear. */
const STRETCH = 2.5;

/** The tasks of the ECS service: they move towards their number one at a time, and fall when they bear too much. */
export class Tasks {
  desired: number;
  running: number;
  /** Tasks that a deployment runs beside these. */
  surge = 0;
  /** True while any part of auto scaling is suspended. */
  scalingSuspended = false;
  /** Auto scaling takes away what is not needed, which is no trouble. */
  mayBeFewer = false;
  /** The load, as a multiple of the usual. */
  load = 1;
  /** False where none can be started any more, as with a registry that is gone. */
  start = true;
  /** The number of tasks when all is well. */
  readonly usual: number;

  constructor(usual: number) {
    this.usual = usual;
    this.desired = usual;
    this.running = usual;
  }

  get healthy(): boolean {
    const enough = this.mayBeFewer || this.desired >= this.usual;
    return this.running === this.desired && enough && this.errorShare === 0;
  }

  /** Share of requests that find too few tasks. */
  get errorShare(): number {
    return Math.max(0, 1 - (this.running * STRETCH) / (this.usual * this.load));
  }

  /** CPU of each task, in per cent: the load is shared among them. */
  get cpu(): number {
    return Math.min(97, (35 * this.usual * this.load) / Math.max(1, this.running));
  }

  /** Too few are wanted to bear the load: each that starts is overrun, fails its health check and is replaced. */
  private get overrun(): boolean {
    return this.desired * STRETCH < this.usual * this.load;
  }

  tick(): void {
    if (this.overrun) this.running = Math.max(0, this.running - 2);
    else if (this.start || this.running > this.desired) this.running += Math.sign(this.desired - this.running);
  }
}
