import type { Random } from './random.ts';
import { METRICS_COME, type Positions, type Undocumented } from './undocumented.ts';

/**
 * Everything that may go wrong between services, as AWS documents it: deliveries at least once, late and out of order,
 * invocations that fail, metrics that come late. Chances are numbers from 0 (never, the default) to 1 (always).
 *
 * @example
 * const world = await World.deploy('cdk.out', { seed: 7, faults: { duplicated: 0.2, late: 30, broken: ['orders'] } });
 */
export interface Faults {
  /** The chance that an asynchronous delivery to a function is made twice. */
  duplicated?: number;
  /** The most seconds by which an asynchronous delivery is late, so that others overtake it. */
  late?: number;
  /** The chance that an invocation fails before the function has done anything. */
  lost?: number;
  /** The chance that an invocation fails after the function has done its work. */
  unheard?: number;
  /** Functions that always fail, by the name that `shortName` makes of their construct's path. */
  broken?: readonly string[];
  /** The most seconds by which the metrics of a namespace are late, each by its own. @default the position on `METRICS_COME` */
  lateMetrics?: number;
  /** The most seconds by which the clock of a function's process is off, before or after. Each process has its own. */
  skewed?: number;
  /** Times in which a service answers every call, or some, with an error. */
  away?: readonly Outage[];
  /** Faults that strike single calls of AWS, beneath the retries of the SDK and of workflows. */
  calls?: readonly CallFault[];
  /** Positions on what no document of AWS settles. */
  undocumented?: Positions;
}

/** A time in which a service is away. Minutes count from the end of the warm-up. */
export interface Outage {
  /** The service's prefix in IAM actions, e.g. `dynamodb`. */
  service: string;
  from: number;
  to: number;
  /** The operations that fail, e.g. `PutItem`. @default all */
  operations?: readonly string[];
}

/**
 * The ways in which a call goes wrong. `throttled` and `unavailable`: the service refuses it and does nothing. `timeout`: the
 * connection breaks, nothing was done. `unheard`: it is done, and the answer is lost. `killed before` and `killed after`: the function's
 * process ends, before or after the call was done; a caller without a process hears nothing. `silent`: nothing was done, and the
 * connection stands. The SDK's clients then wait until the function's time is up, unless `requestTimeout` says for how long.
 */
export const CALL_FAULT_KINDS = [
  ...(['throttled', 'unavailable', 'timeout', 'unheard'] as const),
  ...(['killed before', 'killed after', 'silent'] as const),
] as const;
export type CallFaultKind = (typeof CALL_FAULT_KINDS)[number];

/**
 * A fault of single calls.
 *
 * @example
 * { caller: 'intake', service: 'dynamodb', operation: 'PutItem', kind: 'unheard', first: 2 }
 */
export interface CallFault {
  /** The function, state machine or document that calls, as the trace names it. @default all */
  caller?: string;
  /** The service's prefix in IAM actions. */
  service: string;
  operation: string;
  kind: CallFaultKind;
  /** The first call that is struck, counted from 1 among those that the fault is about. @default 1 */
  first?: number;
  /** How many in a row are struck. @default 1; with `minutes`, or in a time between `from` and `to`, every one */
  count?: number;
  /** For how many minutes from the first on calls are struck. @default without limit */
  minutes?: number;
  /** Minutes from the end of the warm-up between which calls are counted and struck. @default always */
  from?: number;
  to?: number;
}

/** Counts the calls of AWS, and says which is struck. */
export class CallFaults {
  /** How many calls each fault has struck. */
  readonly struck: number[];
  /** Calls since the end of the warm-up, by their caller, service and operation. */
  readonly calls = new Map<string, number>();
  private readonly faults: readonly CallFault[];
  private readonly met: number[];
  /** The minute until which each fault strikes, once it has begun. */
  private readonly ends: number[] = [];

  constructor(faults: readonly CallFault[] = []) {
    this.faults = faults;
    this.met = faults.map(() => 0);
    this.struck = faults.map(() => 0);
  }

  strike(caller: string, service: string, operation: string, minutes: number): CallFaultKind | undefined {
    const call = `${caller} ${service} ${operation}`;
    if (minutes >= 0) this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    let kind: CallFaultKind | undefined;
    for (const [index, fault] of this.faults.entries()) {
      if (fault.service !== service || fault.operation !== operation) continue;
      if (fault.caller !== undefined && fault.caller !== caller) continue;
      if (!this.isDue(index, fault, minutes) || kind) continue;
      this.struck[index] = (this.struck[index] ?? 0) + 1;
      kind = fault.kind;
    }
    return kind;
  }

  private isDue(index: number, fault: CallFault, now: number): boolean {
    const { first = 1, minutes = Infinity, from = -Infinity, to = Infinity } = fault;
    if (now < from || to <= now) return false;
    const isTime = fault.first === undefined && (fault.from !== undefined || fault.to !== undefined);
    const { count = isTime || fault.minutes !== undefined ? Infinity : 1 } = fault;
    const nth = (this.met[index] ?? 0) + 1;
    this.met[index] = nth;
    if (nth < first || first + count <= nth) return false;
    this.ends[index] ??= now + minutes;
    return now < this.ends[index];
  }
}

/** True while a service answers a call with an error, so many minutes after the warm-up. */
export const isAway = ({ away = [] }: Faults, service: string, operation: string, minutes: number): boolean =>
  away.some(
    outage =>
      outage.service === service &&
      outage.from <= minutes &&
      minutes < outage.to &&
      (outage.operations?.includes(operation) ?? true),
  );

/** Seconds by which metrics may be late where nothing says so. */
const MOST_LATE = 180;

/** Milliseconds by which the metrics of each namespace are late, the same for as long as the world lasts. */
export function latenessOf(
  { lateMetrics: given }: Faults,
  random: Random,
  undocumented: Undocumented,
): (namespace: string) => number {
  const drawn = new Map<string, number>();
  return namespace => {
    const lateMetrics = given ?? (undocumented.positionOn(METRICS_COME) === 'come at once' ? 0 : MOST_LATE);
    if (lateMetrics === 0) return 0;
    const known = drawn.get(namespace) ?? random.between(0, lateMetrics) * 1000;
    drawn.set(namespace, known);
    return known;
  };
}

/** Milliseconds by which the clocks of processes are off, for one process after the other. */
export const skewsOf =
  ({ skewed = 0 }: Faults, random: Random): (() => number) =>
  () =>
    skewed === 0 ? 0 : random.between(-skewed * 1000, skewed * 1000);

/** Decides by the world's seed which deliveries and invocations a fault strikes. */
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

  /** Decides if an invocation of the function fails, before or after its work. */
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
