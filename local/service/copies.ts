import type { Clock } from 'embedded-aws';

const CLUSTER_SECONDS = 10 * 60;
const INSTANCE_SECONDS = 6 * 60;

interface Copy {
  /** The input of the call that made it. */
  restored: Record<string, unknown>;
  since: number;
  instances: Map<string, { input: Record<string, unknown>; since: number }>;
}

/** Clusters that somebody made beside the one that the service uses. */
export class Copies {
  private readonly clusters = new Map<string, Copy>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  restore(name: string, restored: Record<string, unknown>): void {
    this.clusters.set(name, { restored, since: this.clock.now, instances: new Map() });
  }

  add(cluster: string, name: string, input: Record<string, unknown>): void {
    this.clusters.get(cluster)?.instances.set(name, { input, since: this.clock.now });
  }

  get names(): string[] {
    return [...this.clusters.keys()];
  }

  get instanceNames(): string[] {
    return [...this.clusters.values()].flatMap(({ instances }) => [...instances.keys()]);
  }

  find(name: string): (Copy & { status: string }) | undefined {
    const copy = this.clusters.get(name);
    return copy && { ...copy, status: this.statusOf(copy.since, CLUSTER_SECONDS) };
  }

  findInstance(name: string) {
    for (const { instances } of this.clusters.values()) {
      const instance = instances.get(name);
      if (instance) return { ...instance, status: this.statusOf(instance.since, INSTANCE_SECONDS) };
    }
    return undefined;
  }

  private statusOf(since: number, seconds: number): string {
    return this.clock.now - since < seconds * 1000 ? 'creating' : 'available';
  }
}
