import type { Incident } from '../incident/incident.ts';
import type { Promised } from '../incident/records.ts';
import { RUNBOOK_SEVERITIES } from '../incident/runbook-policy.ts';
import { judge } from '../incident/targets.ts';
import { SEVERITIES, type Severity } from '../kernel/severity.ts';
import { minutesBetween } from '../kernel/time.ts';
import { outageOf } from '../outage/outage.ts';
import { isSuccess, verdictOf } from '../remediation/verdict.ts';

/** The four times of a response in minutes: abbreviation, name, metric and definition. */
export const TIMES = {
  detect: {
    abbreviation: 'MTTD',
    name: 'time to detect',
    metric: 'MinutesToDetect',
    definition:
      'from the beginning, which is the first minute of harm by the metrics, or else when the alarm began, until the incident is opened; unknown where neither tells',
  },
  acknowledge: {
    abbreviation: 'MTTA',
    name: 'time to acknowledge',
    metric: 'MinutesToAcknowledge',
    definition: 'from the opening until the first acknowledgement, if there is one',
  },
  mitigate: {
    abbreviation: 'MTTM',
    name: 'time to mitigate',
    metric: 'MinutesToMitigate',
    definition:
      'the downtime: from the beginning until the last minute in which people were harmed, by the metrics; where these show no harm, until every signal was clear for good',
  },
  resolve: {
    abbreviation: 'MTTR',
    name: 'time to resolve',
    metric: 'MinutesToResolve',
    definition: 'from the beginning until the incident is resolved',
  },
} as const;

export type TimeName = keyof typeof TIMES;

export const TIME_NAMES = Object.keys(TIMES) as TimeName[];

/** The definitions of the other figures, as they are printed. */
export const DEFINITIONS = {
  percentiles:
    'p50, p90: what half of them, or nine of ten, do not exceed. By nearest rank: each is a time that was measured',
  targets:
    'response: kept if somebody acknowledged or resolved it before that was due; not counted if it was over before, and nobody did. Resolution: kept if it was resolved before that was due. ' +
    'Due is counted from when the severity last rose, and kept or missed under the severity of that moment',
  runbooks:
    'verified: runs that helped, by the signals or by measurement, and without the trouble coming back, of those that ended. What took changes back, and dry runs, count apart',
  excluded: 'drills, cancelled incidents, those that were merged into another, and what happened within maintenance',
} as const;

/** The reason why the figures leave out an incident. */
export type LeftOut = 'drill' | 'cancelled' | 'merged' | 'maintenance';

export function leftOut({ drill, cancelled, mergedInto, held }: Incident): LeftOut | undefined {
  if (drill) return 'drill';
  if (mergedInto) return 'merged';
  if (held) return 'maintenance';
  return cancelled ? 'cancelled' : undefined;
}

/** The times of an incident in minutes, to a hundredth. A time is absent when it has not happened or is not known. */
export function timesOf(incident: Incident): Partial<Record<TimeName, number>> {
  const { openedAt, detectedAt, firstAcknowledgedAt, clearedAt, resolvedAt, reporter } = incident;
  const { from, minutes: lasted, by } = outageOf(incident);
  // Only the metrics date the start of a declared incident, or of one that became real later.
  const isStartKnown = by === 'metrics' || (reporter === undefined && detectedAt === openedAt);
  const known: Record<TimeName, number | undefined> = {
    detect: isStartKnown ? minutes(from, detectedAt) : undefined,
    acknowledge: minutes(detectedAt, firstAcknowledgedAt),
    mitigate: by === 'metrics' || clearedAt ? lasted : undefined,
    resolve: minutes(from, resolvedAt),
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

const minutes = (from: string, to: string | undefined) =>
  to === undefined ? undefined : Math.round(Math.max(0, minutesBetween(from, to)) * 100) / 100;

/** Each target with its metric and the severities that have one. */
export const TARGETS: Record<Promised, { name: string; metric: string; severities: readonly Severity[] }> = {
  response: { name: 'Response target', metric: 'ResponseTargetKept', severities: SEVERITIES },
  resolution: {
    name: 'Resolution target',
    metric: 'ResolutionTargetKept',
    severities: SEVERITIES.filter(severity => RUNBOOK_SEVERITIES[severity].resolutionMinutes !== undefined),
  },
};

/** A run that ended, other than a dry run. Runs of which the outcome is not known are not counted. */
export interface EndedRun {
  runbook: string;
  /** By its verdict it helped, or did what it was for. */
  verified: boolean;
  /** The run reverted a change. */
  revert: boolean;
}

export const endedRuns = (incident: Incident): EndedRun[] =>
  incident.runs.flatMap(run => {
    const judged = verdictOf(incident, run);
    if (judged.verdict === 'not tried' || judged.verdict === 'not known') return [];
    return { runbook: run.runbook, verified: isSuccess(judged), revert: run.undoes !== undefined };
  });

/** The number of values with the 50th and the 90th percentile, which are absent when there are no values. */
export interface Distribution {
  n: number;
  p50?: number | undefined;
  p90?: number | undefined;
}

export function distribution(values: readonly number[]): Distribution {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const rank = (percentile: number) => sorted[Math.ceil((percentile * n) / 100) - 1];
  return n === 0 ? { n } : { n, p50: rank(50), p90: rank(90) };
}

/** One value of a metric. The service is added as a dimension when it is published. */
export interface Measurement {
  name: string;
  value: number;
  dimensions?: Record<string, string> | undefined;
}

export const RUN_METRIC = 'RunVerified';

/** The values that a resolved incident adds to the metrics: times in minutes, and 1 or 0 for targets and runs. */
export function measurements(incident: Incident): Measurement[] {
  if (leftOut(incident) || !incident.resolvedAt) return [];
  const times = timesOf(incident);
  return [
    ...TIME_NAMES.flatMap(time => {
      const value = times[time];
      return value === undefined ? [] : [{ name: TIMES[time].metric, value }];
    }),
    ...judge(incident, incident.resolvedAt).map(({ target, severity, kept }) => ({
      name: TARGETS[target].metric,
      value: Number(kept),
      dimensions: { Severity: severity },
    })),
    ...endedRuns(incident)
      .filter(({ revert }) => !revert)
      .map(({ runbook, verified }) => ({
        name: RUN_METRIC,
        value: Number(verified),
        dimensions: { Runbook: runbook },
      })),
  ];
}
