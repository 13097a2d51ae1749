import type { Resources } from '../diagnosis/resources.ts';
import type { IncidentHistory } from '../incident/history.ts';
import { alarmOf } from '../incident/signal.ts';
import { minutesBetween } from '../kernel/time.ts';
import { outageOf } from '../outage/outage.ts';

/** A picture for the post-mortem: the name of its file, or the reason why there is none. */
export interface Graph {
  title: string;
  file?: string;
  why?: string;
}

/** A metric as CloudWatch's graphs name it: namespace, name, dimensions, and how it is shown. */
type Line = (string | Record<string, unknown>)[];

/** An alarm with the metrics that it watches. */
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

/** At most this many alarms are drawn, in the order in which they fired. */
const MOST_ALARMS = 10;

/** The alarms that fired in an incident, in that order: those that are drawn, and the rest. */
export function alarmsThatFired({ timeline }: IncidentHistory): { drawn: string[]; rest: string[] } {
  const names = timeline.flatMap(event => (event.type === 'SignalFired' ? (alarmOf(event.key) ?? []) : []));
  const alarms = [...new Set(names)];
  return { drawn: alarms.slice(0, MOST_ALARMS), rest: alarms.slice(MOST_ALARMS) };
}

/** The graphs of an incident: the share of failed requests, and the metrics of each alarm that fired. */
export function drawings(
  incident: IncidentHistory,
  alarms: readonly WatchedAlarm[],
  { loadBalancer }: Resources,
  [start, end]: [string, string],
): Drawing[] {
  const vertical = marks(incident);
  const share = 'Requests that failed, per cent';
  const graphs = [
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
  return graphs.map(({ title, file, period, widget }, i) => ({
    title,
    file: `${i + 1}-${file}.png`,
    widget: { ...LOOK, start, end, period: periodOver(period, start, end), ...widget },
  }));
}

const LOOK = {
  ...{ width: 1000, height: 360, view: 'timeSeries', stacked: false, timezone: '+0000' },
  legend: { position: 'bottom' },
};

/**
 * The share of failed requests. Without a healthy task the load balancer itself answers 5xx, so both metrics count. CloudWatch has
 * no data point where nothing failed, hence FILL.
 */
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

/** The marked times. */
function marks(incident: IncidentHistory): { value: string; label: string }[] {
  const { from, to } = outageOf(incident);
  const moments: [string, string | undefined][] = [
    ['began', from],
    ['opened', incident.openedAt],
    ['mitigated', to],
    ['resolved', incident.resolvedAt],
  ];
  return moments.flatMap(([label, value]) => (value ? [{ value, label }] : []));
}

/** A picture has room for this many data points. */
const POINTS = 500;

/** The alarm's own period, or a longer one in whole minutes where the picture would have too many points; in seconds. */
const periodOver = (period: number, from: string, to: string) =>
  Math.max(period, Math.ceil(minutesBetween(from, to) / POINTS) * 60);

/** A name that is safe for a file: an alarm's name may contain any character. */
const fileName = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80) || 'alarm';
