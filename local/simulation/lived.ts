import type { Assembly } from 'embedded-aws';
import { live } from './live.ts';
import { type Plan, troublesOf } from './plan.ts';
import { judge, type Violation } from './properties/index.ts';

/** Counts of one world. */
export interface Lived {
  seed: number;
  troubles: string[];
  incidents: number;
  calls: number;
  callsStruck: number;
  /** The fault points that were struck, each once. */
  points: string[];
  runs: number;
  minutes: number;
  /** Faults of the whole world, and events of the plan. */
  faults: number;
  events: number;
  cpuSeconds: number;
  hash: string;
  violations: Violation[];
}

const NOTHING = { incidents: 0, calls: 0, callsStruck: 0, points: [], runs: 0, minutes: 0, hash: '' };

const planned = (plan: Plan) => ({
  ...{ seed: plan.seed, troubles: troublesOf(plan) },
  ...{ events: plan.events.length, faults: Object.keys(plan.faults).length },
});

/** An error that ends a world early goes against every property at once. */
export const endedEarly = (plan: Plan, what: string, cpuSeconds = 0): Lived => ({
  ...{ ...planned(plan), ...NOTHING, cpuSeconds },
  violations: [{ property: 'the world lives to its end', what }],
});

/** Lives the world of a plan and judges it. */
export async function liveAndJudge(assembly: Assembly, plan: Plan): Promise<Lived> {
  const before = process.cpuUsage();
  const cpu = () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  try {
    const chronicle = await live(assembly, plan);
    const { incidents, calls, strikes, runs, readings, hash } = chronicle;
    const points = new Set(strikes.map(({ call, kind }) => `${call} ${kind}`));
    return {
      ...planned(plan),
      ...{ incidents: incidents.length, calls, callsStruck: strikes.length, points: [...points] },
      ...{ runs: runs.length, minutes: readings.length, hash },
      violations: judge(chronicle),
      cpuSeconds: cpu(),
    };
  } catch (error) {
    return endedEarly(plan, error instanceof Error ? (error.stack ?? error.message) : String(error), cpu());
  }
}
