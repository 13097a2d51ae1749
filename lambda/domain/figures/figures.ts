import type { Target } from '../incident/audiences.ts';
import type { EventType, IncidentEvent } from '../incident/events.ts';
import { evolve } from '../incident/evolve.ts';
import { type Incident, isOpen } from '../incident/incident.ts';
import { RUNBOOK_SEVERITIES } from '../incident/runbook-policy.ts';
import { SEVERITIES, type Severity } from '../kernel/severity.ts';
import { minutesBetween } from '../kernel/time.ts';
import { targetsMissed } from '../on-call/targets.ts';
import { clearedAt, outageOf } from '../outage/outage.ts';

/** The four times of a response: the field's names, what is measured, and the metric. In minutes, as targets are. */
export const TIMES = {
  detect: {
    abbreviation: 'MTTD',
    name: 'time to detect',
    metric: 'MinutesToDetect',
    definition:
      'from the beginning of the trouble, as the metrics date it, or else the alarm, until the incident is opened; unknown where neither does',
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
      'as long as people were harmed by the metrics, in whole minutes; where these show no harm, from the beginning until every signal was clear for good',
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

/** What the other figures mean, in the words in which they are printed. */
export const DEFINITIONS = {
  percentiles:
    'p50, p90: what half of them, or nine of ten, do not exceed. By nearest rank: each is a time that was measured',
  targets:
    'response: kept if somebody acknowledged, or it was over, before it was due. Resolution: kept if it was resolved before it was due. ' +
    'Due is counted from when the severity last rose, and kept or missed under the severity of that moment',
  runbooks:
    'verified: runs that did what they were for, of those that ended. What took changes back, and dry runs, count apart',
  excluded: 'drills, cancelled incidents and chores',
} as const;

/** Why no figure counts an incident. */
export type LeftOut = 'drill' | 'cancelled' | 'chore';

export function leftOut({ drill, cancelled, policy }: Incident): LeftOut | undefined {
  if (policy.playbook.chore) return 'chore';
  if (drill) return 'drill';
  return cancelled ? 'cancelled' : undefined;
}

/** In minutes, to a hundredth. What has not happened, or nobody knows, is absent. */
export function timesOf(incident: Incident): Partial<Record<TimeName, number>> {
  const { timeline, openedAt, resolvedAt, reporter } = incident;
  const { from, minutes: lasted, by } = outageOf(incident);
  const real = timeline.findLastIndex(({ type }) => type === 'DrillBecameReal');
  const entries = timeline.slice(Math.max(0, real));
  const detectedAt = timeline[real]?.at ?? openedAt;
  // Declared, or real in the middle of a drill, it is dated by its detection, unless the metrics date it.
  const dated = by === 'metrics' || (reporter === undefined && real < 0);
  const known: Record<TimeName, number | undefined> = {
    detect: dated ? minutes(from, detectedAt) : undefined,
    acknowledge: minutes(detectedAt, first(entries, 'Acknowledged')),
    mitigate: by === 'metrics' || clearedAt(incident) ? lasted : undefined,
    resolve: minutes(from, resolvedAt),
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

const minutes = (from: string, to: string | undefined) =>
  to === undefined ? undefined : Math.round(Math.max(0, minutesBetween(from, to)) * 100) / 100;

const first = (entries: readonly IncidentEvent[], type: EventType) => entries.find(entry => entry.type === type)?.at;

export type Promised = Exclude<Target, 'update'>;

/** The severities of which something is promised, and its metric. */
export const TARGETS: Record<Promised, { name: string; metric: string; severities: readonly Severity[] }> = {
  response: { name: 'Response target', metric: 'ResponseTargetKept', severities: SEVERITIES },
  resolution: {
    name: 'Resolution target',
    metric: 'ResolutionTargetKept',
    severities: SEVERITIES.filter(severity => RUNBOOK_SEVERITIES[severity].resolutionMinutes !== undefined),
  },
};

/** Whether a promise was kept, and under which severity. */
export interface Judgement {
  target: Promised;
  severity: Severity;
  kept: boolean;
}

/**
 * Whether the runbook's times were kept, as far as that is known by `now`. A target is missed at whatever moment the watch
 * would have found it so, also if it was late itself: what people were told of is missed here too.
 */
export function judge(incident: Incident, now: string): Judgement[] {
  const judged = new Map<Promised, Judgement>();
  const settle = (target: Promised, severity: Severity, kept: boolean) => {
    if (!judged.has(target)) judged.set(target, { target, severity, kept });
  };
  const look = (state: Incident, at: string) => {
    for (const target of targetsMissed(state, at)) settle(target, state.severity, false);
  };
  let state: Incident | undefined;
  for (const entry of incident.timeline) {
    if (state && isOpen(state)) look(state, entry.at);
    state = evolve(state, entry);
    if (entry.type === 'Acknowledged' && !state.drill) settle('response', state.severity, true);
  }
  if (isOpen(incident)) look(incident, now);
  else {
    const { severity, policy } = incident;
    settle('response', severity, true);
    if (policy.severities[severity].resolutionMinutes !== undefined) settle('resolution', severity, true);
  }
  return [...judged.values()];
}

/** A run in earnest that ended. Those under way, or not judged any more when the incident was resolved, count nowhere. */
export interface EndedRun {
  runbook: string;
  verified: boolean;
  /** It took a change back. */
  revert: boolean;
}

export const endedRuns = ({ runs }: Incident): EndedRun[] =>
  runs
    .filter(({ status, dryRun }) => !dryRun && (status === 'succeeded' || status === 'failed'))
    .map(({ runbook, status, undoes }) => ({
      runbook,
      verified: status === 'succeeded',
      revert: undoes !== undefined,
    }));

/** How many there are, and what half of them and nine of ten do not exceed. Of none there is no percentile. */
export interface Distribution {
  n: number;
  p50?: number;
  p90?: number;
}

export function distribution(values: readonly number[]): Distribution {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const rank = (percentile: number) => sorted[Math.ceil((percentile * n) / 100) - 1];
  return n === 0 ? { n } : { n, p50: rank(50), p90: rank(90) };
}

/** One value of a metric; the service is a dimension of every one. */
export interface Measurement {
  name: string;
  value: number;
  dimensions?: Record<string, string>;
}

export const RUN_METRIC = 'RunVerified';

/** What an incident that is over adds to the metrics: times in minutes, and 1 or 0 for what was kept or not. */
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
