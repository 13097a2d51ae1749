/** The tasks of the ECS service: they move towards their number one at a time. */
export class Tasks {
  desired: number;
  running: number;
  scalingSuspended = false;
  /** How many there are when all is well. */
  readonly usual: number;

  constructor(usual: number) {
    this.usual = usual;
    this.desired = usual;
    this.running = usual;
  }

  get healthy(): boolean {
    return this.running === this.usual && this.desired === this.usual && !this.scalingSuspended;
  }

  /** Share of requests that find too few tasks. */
  get errorShare(): number {
    return this.running < this.usual * 0.4 ? 0.2 : 0;
  }

  /** CPU of each task, in per cent: the same load on fewer tasks. */
  get cpu(): number {
    return Math.min(97, (35 * this.usual) / Math.max(1, this.running));
  }

  tick(): void {
    this.running += Math.sign(this.desired - this.running);
  }
}
