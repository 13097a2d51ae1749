import type { Resources } from '../diagnosis/resources.ts';
import type { Incident } from '../incident/incident.ts';
import { alarmOf } from '../incident/signal.ts';
import { minutesBetween } from '../kernel/time.ts';

/** A picture for the post-mortem: had, in a file of that name, or not, and why. */
export interface Graph {
  title: string;
  file?: string;
  why?: string;
}

/** A metric as CloudWatch's graphs name it: namespace, name, dimensions, and how it is shown. */
type Line = (string | Record<string, unknown>)[];

/** What an alarm watches, of what CloudWatch says of it. */
export interface WatchedAlarm {
  name: string;
  description?: string | undefined;
  lines: Line[];
  threshold?: number | undefined;
  /** Seconds. */
  period: number;
}

/** A graph to be drawn. */
export interface Drawing {
  title: string;
  file: string;
  /** As `GetMetricWidgetImage` takes it. */
  widget: Record<string, unknown>;
}

/** Pictures of alarms at most: of an incident that set off more, the first. */
const MOST = 10;

/** The alarms that fired in an incident, in the order in which they did: those that are drawn, and those too many. */
export function alarmsThatFired({ timeline }: Incident): { drawn: string[]; rest: string[] } {
  const names = timeline.flatMap(entry => (entry.type === 'SignalFired' ? (alarmOf(entry.key) ?? []) : []));
  const alarms = [...new Set(names)];
  return { drawn: alarms.slice(0, MOST), rest: alarms.slice(MOST) };
}

/** What of an incident is drawn: the share of requests that failed, and what each alarm watches that fired. */
export function drawings(
  incident: Incident,
  alarms: readonly WatchedAlarm[],
  { loadBalancer }: Resources,
  [start, end]: [string, string],
): Drawing[] {
  const vertical = marks(incident);
  const share = 'Requests that failed, per cent';
  const wholes = [
    {
      title: share,
      file: 'requests-that-failed',
      period: 60,
      widget: { title: share, metrics: failing(loadBalancer), yAxis: { left: { min: 0 } }, annotations: { vertical } },
    },
    ...alarms.map(({ name, description = name, lines, threshold, period }) => ({
      title: description,
      file: fileName(name),
      period,
      widget: {
        title: description,
        metrics: lines,
        annotations: {
          horizontal: threshold === undefined ? [] : [{ value: threshold, label: `Alarm at ${threshold}` }],
          vertical,
        },
      },
    })),
  ];
  return wholes.map(({ title, file, period, widget }, i) => ({
    title,
    file: `${i + 1}-${file}.png`,
    widget: { ...LOOK, start, end, period: periodOver(period, start, end), ...widget },
  }));
}

const LOOK = {
  ...{ width: 1000, height: 360, view: 'timeSeries', stacked: false, timezone: '+0000' },
  legend: { position: 'bottom' },
};

/** With no healthy task it is the load balancer itself that answers 5xx. Where nothing failed, CloudWatch has no number. */
const failing = (loadBalancer: string): Line[] => {
  const hidden = (id: string, metric: string): Line => [
    ...['AWS/ApplicationELB', metric, 'LoadBalancer', loadBalancer],
    { id, stat: 'Sum', visible: false },
  ];
  return [
    hidden('requests', 'RequestCount'),
    hidden('errors', 'HTTPCode_Target_5XX_Count'),
    hidden('refused', 'HTTPCode_ELB_5XX_Count'),
    [{ expression: '100 * (FILL(errors, 0) + FILL(refused, 0)) / requests', id: 'share', label: 'Failed' }],
  ];
};

/** The moments that the reader looks for. */
function marks({ startedAt, openedAt, mitigatedAt, resolvedAt }: Incident): { value: string; label: string }[] {
  const moments: [string, string | undefined][] = [
    ['began', startedAt],
    ['opened', openedAt],
    ['mitigated', mitigatedAt],
    ['resolved', resolvedAt],
  ];
  return moments.flatMap(([label, value]) => (value ? [{ value, label }] : []));
}

/** Points that a picture has room for. */
const POINTS = 500;

/** The alarm's own, or a longer one where there would be more points than a picture shows: whole minutes. */
const periodOver = (period: number, from: string, to: string) =>
  Math.max(period, Math.ceil(minutesBetween(from, to) / POINTS) * 60);

/** Names of alarms may hold whatever people like. */
const fileName = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80) || 'alarm';
