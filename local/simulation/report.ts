import { ALL_POINTS, nameOf } from './points.ts';
import type { Told } from './simulate.ts';

/** Counts of all worlds that were lived. */
export interface Report {
  type: 'summary';
  worlds: number;
  incidents: number;
  calls: number;
  callsStruck: number;
  /**
   * Fault points: all that are known, those that were struck in any world, those that had a world of their own, whose strikes may
   * have met no call, and those that there was no time for.
   */
  points: { known: number; struck: number; tried: number; missed: number; left: number };
  runs: number;
  events: number;
  faults: number;
  virtualHours: number;
  cpuSeconds: number;
  /** Worlds by the number of their troubles. */
  byTroubles: Record<string, number>;
  violations: number;
  /** The seeds of worlds, and the names of points, that go against a property. */
  failed: (number | string)[];
}

const KNOWN = new Set(ALL_POINTS.map(nameOf));

export function reportOn(lived: readonly Told[], left = 0): Report {
  const sum = (of: (one: Told) => number) => lived.reduce((total, one) => total + of(one), 0);
  const byTroubles: Record<string, number> = {};
  for (const { troubles } of lived) byTroubles[troubles.length] = (byTroubles[troubles.length] ?? 0) + 1;
  const struck = new Set(lived.flatMap(({ points }) => points.filter(name => KNOWN.has(name))));
  const tried = lived.filter(({ point }) => point !== undefined);
  const missed = tried.filter(({ point = '', points }) => !points.includes(point)).length;
  return {
    ...{ type: 'summary', worlds: lived.length, byTroubles },
    points: { known: KNOWN.size, struck: struck.size, tried: tried.length, missed, left },
    ...{
      incidents: sum(({ incidents }) => incidents),
      calls: sum(({ calls }) => calls),
      callsStruck: sum(({ callsStruck }) => callsStruck),
      runs: sum(({ runs }) => runs),
    },
    ...{ events: sum(({ events }) => events), faults: sum(({ faults }) => faults) },
    virtualHours: Math.round(sum(({ minutes }) => minutes) / 60),
    cpuSeconds: Math.round(sum(({ cpuSeconds }) => cpuSeconds)),
    violations: sum(({ violations }) => violations.length),
    failed: lived.filter(({ violations }) => violations.length > 0).map(({ seed, point }) => point ?? seed),
  };
}

const LONGEST = 600;

export const asText = ({ seed, point, troubles, violations }: Told): string =>
  [
    `${point ? `point ${point}` : `world ${seed}`}: ${troubles.join(', ') || 'nothing is wrong'}`,
    ...violations.map(({ property, what }) => `  against "${property}"\n    ${what.slice(0, LONGEST)}`),
  ].join('\n');

const tried = ({ tried, missed, left }: Report['points']): string =>
  tried + left > 0
    ? `; ${tried} had a world of their own, in which ${missed} met no call; ${left} are left for the next time`
    : '';

export const reportAsText = (report: Report): string => {
  const { worlds, byTroubles, incidents, calls, callsStruck, runs, events, faults, points, virtualHours, cpuSeconds } =
    report;
  const shares = Object.entries(byTroubles).map(([troubles, count]) => `${count} of ${troubles}`);
  return [
    `worlds      ${worlds}, by the number of troubles: ${shares.join(', ')}`,
    `lived       ${virtualHours} virtual hours in ${cpuSeconds} s of CPU`,
    `planned     ${events} events, ${faults} lasting faults`,
    `happened    ${incidents} incidents, ${runs} runbook executions, ${calls} calls, ${callsStruck} of them struck`,
    `points      ${points.struck} of ${points.known} known ones struck${tried(points)}`,
    `violations  ${report.violations}${report.failed.length > 0 ? `, in ${report.failed.join(', ')}` : ''}`,
  ].join('\n');
};
