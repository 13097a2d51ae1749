import * as v from 'valibot';
import { visible } from '../encoding/visible.ts';
import { type AlarmState, alarmLabel, type SignalLevel } from '../incident/signal.ts';
import { amount, type Unit } from '../kernel/amounts.ts';
import { PROBE_METRICS, PROBE_NAMESPACE } from '../kernel/probe-metrics.ts';

/** The metric that an alarm judges; none of a composite alarm, or of one on metric math. */
export interface JudgedMetric {
  namespace?: string | undefined;
  name?: string | undefined;
  statistic?: string | undefined;
  unit?: string | undefined;
}

/** An alarm as an event or CloudWatch itself describes it. */
export interface JudgedAlarm {
  name: string;
  /** The meaning of its number: "Database connections of the writer". @default the alarm's name */
  description?: string | null | undefined;
  level?: SignalLevel | undefined;
  state: AlarmState;
  reason?: string | null | undefined;
  /** JSON in a string, which a new alarm does not have. */
  reasonData?: string | null | undefined;
  metric?: JudgedMetric | undefined;
}

const Numbers = v.optional(v.array(v.nullable(v.number())));

const ReasonData = v.object({
  startDate: v.optional(v.string()),
  threshold: v.optional(v.number()),
  recentDatapoints: Numbers,
  recentLowerThresholds: Numbers,
  recentUpperThresholds: Numbers,
  triggeringAlarms: v.optional(v.array(v.object({ arn: v.string() }))),
});

/** The data by which CloudWatch judged; undefined where there are none that are understood. Without it the signal still counts. */
export function parseReasonData(text: string | null | undefined) {
  try {
    const parsed = v.safeParse(ReasonData, JSON.parse(text ?? 'null'));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/**
 * One line for operators: what the alarm is about, the number that it judged last, with its unit, and from where it fires.
 *
 * @example "Requests failing: 40 % (critical above 25 %)"
 */
export function alarmWords(alarm: JudgedAlarm): string {
  const { name, state } = alarm;
  const what = visible(alarm.description ?? '').trim() || visible(alarmLabel(name));
  const judged = judgedWords(alarm);
  if (state === 'INSUFFICIENT_DATA') return `${what}: no data`;
  if (state === 'OK') return judged ? `${what}: ${judged}, cleared` : `${what}: no longer`;
  return judged ? `${what}: ${judged}` : what;
}

/** The number and its bound; empty for what is so or is not. */
function judgedWords(alarm: JudgedAlarm): string {
  const { reason, level = 'alarm', metric } = alarm;
  const data = parseReasonData(alarm.reasonData);
  const unit = unitOf(metric);
  if (unit === 'state') return '';
  const triggers = data?.triggeringAlarms?.map(({ arn }) => arn.split(':').slice(6).join(':'));
  if (triggers?.length) return `through ${triggers.map(visible).join(', ')}`;
  const value = latest(data?.recentDatapoints);
  if (value === undefined) return visible(reason ?? '');
  const [low, high] = [latest(data?.recentLowerThresholds), latest(data?.recentUpperThresholds)];
  if (low !== undefined && high !== undefined)
    return `${amount(value, unit)} (expected ${amount(low, unit)} to ${amount(high, unit)})`;
  const { threshold } = data ?? {};
  return threshold === undefined
    ? amount(value, unit)
    : `${amount(value, unit)} (${level === 'info' ? 'alarm' : level} ${relation(reason)} ${amount(threshold, unit)})`;
}

const latest = (values: readonly (number | null)[] | undefined) =>
  values?.findLast(value => value !== null) ?? undefined;

/** How the number stands to its bound when the alarm fires, by CloudWatch's own words. */
function relation(reason: string | null | undefined): string {
  const [, comparison, orEqual] = /(greater|less) than( or equal to)? the threshold/.exec(reason ?? '') ?? [];
  if (!comparison || orEqual) return 'at';
  return comparison === 'greater' ? 'above' : 'below';
}

/** The metrics of the probe; a state is 1 or 0, which is no number for people. */
const PROBED: Readonly<Record<string, Unit | 'state'>> = {
  [PROBE_METRICS.health]: 'share',
  [PROBE_METRICS.errors]: 'share',
  [PROBE_METRICS.seconds]: 'seconds',
  [PROBE_METRICS.p95]: 'seconds',
  [PROBE_METRICS.healthSeconds]: 'seconds',
  [PROBE_METRICS.certificateDays]: 'days',
  [PROBE_METRICS.deployment]: 'state',
  [PROBE_METRICS.cachePath]: 'state',
  [PROBE_METRICS.writerGone]: 'state',
  [PROBE_METRICS.writerReadOnly]: 'state',
};

const STATED: Readonly<Record<string, Unit>> = { Percent: 'percent', Seconds: 'seconds', Bytes: 'bytes' };

/** AWS's names of metrics say what they count. */
const NAMED: readonly [RegExp, Unit][] = [
  [/(Utilization|Percentage|Percent|HitRate)$/, 'percent'],
  [/(TargetResponseTime|ReplicationLag|AgeOfOldestMessage)$/, 'seconds'],
  [/(Memory|StorageSpace)$/, 'bytes'],
];

function unitOf({ namespace, name = '', statistic, unit }: JudgedMetric = {}): Unit | 'state' {
  if (statistic === 'SampleCount') return namespace === PROBE_NAMESPACE ? 'state' : 'count';
  if (namespace === PROBE_NAMESPACE) return PROBED[name] ?? 'count';
  const stated = unit === undefined ? undefined : STATED[unit];
  if (stated) return stated;
  return (namespace?.startsWith('AWS/') && NAMED.find(([pattern]) => pattern.test(name))?.[1]) || 'count';
}
