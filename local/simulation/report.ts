import type { Lived } from './lived.ts';

/** Counts of all worlds that were lived. */
export interface Report {
  type: 'summary';
  worlds: number;
  incidents: number;
  calls: number;
  callsStruck: number;
  runs: number;
  events: number;
  faults: number;
  virtualHours: number;
  cpuSeconds: number;
  /** Worlds by the number of their troubles. */
  byTroubles: Record<string, number>;
  violations: number;
  /** The seeds of worlds that go against a property. */
  failed: number[];
}

export function reportOn(lived: readonly Lived[]): Report {
  const sum = (of: (one: Lived) => number) => lived.reduce((total, one) => total + of(one), 0);
  const byTroubles: Record<string, number> = {};
  for (const { troubles } of lived) byTroubles[troubles.length] = (byTroubles[troubles.length] ?? 0) + 1;
  return {
    ...{ type: 'summary', worlds: lived.length, byTroubles },
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
    failed: lived.filter(({ violations }) => violations.length > 0).map(({ seed }) => seed),
  };
}

const LONGEST = 600;

export const asText = ({ seed, troubles, violations }: Lived): string =>
  [
    `world ${seed}: ${troubles.join(', ') || 'nothing is wrong'}`,
    ...violations.map(({ property, what }) => `  against "${property}"\n    ${what.slice(0, LONGEST)}`),
  ].join('\n');

export const reportAsText = (report: Report): string => {
  const { worlds, byTroubles, incidents, calls, callsStruck, runs, events, faults, virtualHours, cpuSeconds } = report;
  const shares = Object.entries(byTroubles).map(([troubles, count]) => `${count} of ${troubles}`);
  return [
    `worlds      ${worlds}, by the number of troubles: ${shares.join(', ')}`,
    `lived       ${virtualHours} virtual hours in ${cpuSeconds} s of CPU`,
    `planned     ${events} events, ${faults} lasting faults`,
    `happened    ${incidents} incidents, ${runs} runbook executions, ${calls} calls, ${callsStruck} of them struck`,
    `violations  ${report.violations}${report.failed.length > 0 ? `, in the worlds ${report.failed.join(', ')}` : ''}`,
  ].join('\n');
};
