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
  runs: number;
  minutes: number;
  /** Faults of the whole world, and events of the plan. */
  faults: number;
  events: number;
  cpuSeconds: number;
  hash: string;
  violations: Violation[];
}

/** Lives the world of a plan and judges it. An error that ends a world early goes against every property at once. */
export async function liveAndJudge(assembly: Assembly, plan: Plan): Promise<Lived> {
  const before = process.cpuUsage();
  const { seed, events, faults } = plan;
  const counted = { seed, troubles: troublesOf(plan), events: events.length, faults: Object.keys(faults).length };
  const cpu = () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  try {
    const chronicle = await live(assembly, plan);
    const { incidents, calls, callsStruck, runs, readings, hash } = chronicle;
    return {
      ...counted,
      ...{ incidents: incidents.length, calls, callsStruck, runs: runs.length, minutes: readings.length, hash },
      violations: judge(chronicle),
      cpuSeconds: cpu(),
    };
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const nothing = { incidents: 0, calls: 0, callsStruck: 0, runs: 0, minutes: 0, hash: '' };
    return {
      ...counted,
      ...nothing,
      cpuSeconds: cpu(),
      violations: [{ property: 'the world lives to its end', what }],
    };
  }
}
