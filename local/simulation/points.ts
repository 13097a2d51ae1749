import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALL_FAULT_KINDS, type CallFault, type CallFaultKind } from 'embedded-aws';
import { Draws } from './draw.ts';
import { type Plan, readPlan } from './plan.ts';

/** A call that somebody of the stack makes, and a way in which it goes wrong. */
export interface Point {
  /** Caller, service and operation. */
  call: string;
  kind: CallFaultKind;
}

/** Counts of calls, by plan, caller, and service with operation. */
type Counts = Record<string, Record<string, Record<string, number>>>;

const POINTS = join(import.meta.dirname, 'points');
const PLANS = join(POINTS, 'plans');
const CALLS = join(POINTS, 'calls.json');

const counts: Counts = JSON.parse(readFileSync(CALLS, 'utf8'));

/** The plans that make each call, and how often. */
const makers = Map.groupBy(
  Object.entries(counts).flatMap(([plan, callers]) =>
    Object.entries(callers).flatMap(([caller, calls]) =>
      Object.entries(calls).map(([call, count]) => ({ call: `${caller} ${call}`, plan, count })),
    ),
  ),
  ({ call }) => call,
);

export const isKnown = (call: string): boolean => makers.has(call);

export const nameOf = ({ call, kind }: Point): string => `${call} ${kind}`;

/** Every fault point that is known. */
export const ALL_POINTS: readonly Point[] = [...makers.keys()]
  .sort()
  .flatMap(call => CALL_FAULT_KINDS.map(kind => ({ call, kind })));

/** The plans whose worlds together make every call. */
export const basePlans = (): Map<string, Plan> =>
  new Map(
    readdirSync(PLANS)
      .sort()
      .map(file => [file.replace(/\.json$/, ''), readPlan(readFileSync(join(PLANS, file), 'utf8'))]),
  );

/** The world in which a point is struck: the seed chooses among the plans that make the call, and which call it is. */
export function planOfPoint(point: Point, seed: number, plans = basePlans()): Plan {
  const draws = new Draws(seed, nameOf(point));
  const { plan, count } = draws.oneOf(makers.get(point.call) ?? []);
  const base = plans.get(plan);
  if (!base) throw new Error(`there is no plan ${plan}: npm run simulate -- --find-points`);
  const [caller = '', service = '', operation = ''] = point.call.split(' ');
  const lasts: Partial<CallFault> = draws.oneOf([{}, {}, { count: 9 }, { minutes: draws.oneOf([2, 6, 15]) }]);
  const strike = { caller, service, operation, kind: point.kind, from: 0, first: draws.between(1, count), ...lasts };
  return { ...base, events: [...base.events, { at: 0, do: 'strike', ...strike }] };
}

/** Keeps how often the world of each plan makes each call. */
export function keepCalls(callsOf: ReadonlyMap<string, Record<string, number>>): void {
  const sorted = <Value>(entries: [string, Value][]) =>
    Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
  const found = [...callsOf].map(([plan, calls]): [string, Counts[string]] => {
    const callers = Map.groupBy(Object.entries(calls), ([call]) => call.split(' ')[0] ?? '');
    const byCaller = [...callers].map(([caller, ofCaller]): [string, Record<string, number>] => [
      caller,
      sorted(ofCaller.map(([call, count]) => [call.slice(caller.length + 1), count])),
    ]);
    return [plan, sorted(byCaller)];
  });
  writeFileSync(CALLS, `${JSON.stringify(sorted(found), null, 2)}\n`);
}
