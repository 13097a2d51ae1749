import type { Random } from './random.ts';
import type { Undocumented } from './services/ssm-automation.ts';

/**
 * What goes wrong between the services, as it does: at least once, late, out of order; and what no document settles.
 * Chances are 0 to 1.
 */
export interface Faults {
  /** An asynchronous delivery is made twice. */
  duplicated?: number;
  /** The most seconds by which a delivery is late, so that others overtake it. */
  late?: number;
  /** An invocation fails before it does anything … */
  lost?: number;
  /** … or does its work, and its answer is lost. */
  unheard?: number;
  /** Functions that fail always, by name. */
  broken?: readonly string[];
  /** The most seconds by which the metrics of a namespace are late. How late each is, the seed decides. */
  lateMetrics?: number;
  /** The most seconds for which ECS answers with what was before a change. How long, the seed decides each time. */
  staleReads?: number;
  /** ECS lists deployments in no order; what order that is, the seed decides. */
  unordered?: boolean;
  /** What AWS may do where no document settles it. */
  automation?: Undocumented;
}

/** Milliseconds by which the metrics of each namespace are late, the same for as long as the world lasts. */
export function latenessOf({ lateMetrics = 0 }: Faults, random: Random): (namespace: string) => number {
  const drawn = new Map<string, number>();
  return namespace => {
    const known = drawn.get(namespace) ?? (lateMetrics > 0 ? random.between(0, lateMetrics) * 1000 : 0);
    drawn.set(namespace, known);
    return known;
  };
}

/** Decides by the world's seed what befalls each delivery and invocation. */
export class Misfortune {
  private readonly random: Random;
  private readonly faults: Faults;

  constructor(random: Random, faults: Faults) {
    this.random = random;
    this.faults = faults;
  }

  /** Milliseconds after which each copy of a delivery arrives. */
  deliveries(): number[] {
    const { duplicated = 0, late = 0 } = this.faults;
    const copies = this.strikes(duplicated) ? 2 : 1;
    return Array.from({ length: copies }, () => (late > 0 ? this.random.between(0, late * 1000) : 0));
  }

  /** Whether an invocation of the function fails, and whether before or after its work. */
  invocation(name: string): 'before' | 'after' | undefined {
    const { lost = 0, unheard = 0, broken = [] } = this.faults;
    if (broken.includes(name) || this.strikes(lost)) return 'before';
    return this.strikes(unheard) ? 'after' : undefined;
  }

  /** No chance, no draw: a world without faults is the same as one that knows of none. */
  private strikes(chance: number): boolean {
    return chance > 0 && this.random.next() < chance;
  }
}
