import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricWidgetImageCommand,
  type MetricAlarm,
  type MetricDataQuery,
  PutMetricDataCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import type { MetricQuery } from '../domain/diagnosis/metrics.ts';
import type { Measurement } from '../domain/figures/figures.ts';
import type { Incident } from '../domain/incident/incident.ts';
import {
  alarmKey,
  alarmOf,
  DRILL,
  DRILL_MINUTES,
  isDrill,
  type Signal,
  type SignalState,
} from '../domain/incident/signal.ts';
import { type AlarmWithoutData, blindKey, blindOf } from '../domain/intake/blindness.ts';
import type { Point } from '../domain/kernel/latest.ts';
import { clock, minutesBetween } from '../domain/kernel/time.ts';
import type { WatchedAlarm } from '../domain/post-mortem/graphs.ts';

const client = new CloudWatchClient({});

const STATES: Record<string, SignalState> = { OK: 'cleared', ALARM: 'firing', INSUFFICIENT_DATA: 'unknown' };

/** What the alarms behind an incident's signals say now. An alarm that is not there says nothing, which is unknown. */
export async function observeAlarms(incident: Incident): Promise<Signal[]> {
  const keys = Object.keys(incident.signals);
  const names = keys.flatMap(key => alarmOf(key) ?? []);
  const blind = keys.flatMap(key => blindOf(key) ?? []);
  const AlarmNames = [...new Set([...blind, ...names])].slice(0, 100);
  if (AlarmNames.length === 0) return [];
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames }));
  const found = new Map(MetricAlarms.map(alarm => [alarm.AlarmName, alarm]));
  return [
    ...blind.map(name => blindSignal(incident, name, found.get(name))),
    ...names.flatMap(name => toSignal(incident, found.get(name) ?? missing(incident, name)) ?? []),
  ];
}

/** An alarm that was without data, and has some by now, or is gone. */
function blindSignal({ signals, service, playbook }: Incident, name: string, found: MetricAlarm | undefined): Signal {
  const blind = found?.StateValue === 'INSUFFICIENT_DATA';
  const at = (found?.StateTransitionedTimestamp ?? found?.StateUpdatedTimestamp ?? new Date()).toISOString();
  const key = blindKey(name);
  const summary = blind ? (signals[key]?.summary ?? name) : `Data again since ${clock(at)} UTC: ${name}`;
  const id = `observed/${key}/${at}`;
  return { id, key, state: blind ? 'firing' : 'cleared', level: 'warning', service, playbook, at, summary };
}

/** The alarms with this prefix that have no data to judge by. */
export async function alarmsWithoutData(AlarmNamePrefix: string): Promise<AlarmWithoutData[]> {
  const found: AlarmWithoutData[] = [];
  const pages = paginateDescribeAlarms({ client }, { AlarmNamePrefix, StateValue: 'INSUFFICIENT_DATA' });
  for await (const { MetricAlarms = [] } of pages)
    for (const { AlarmName: name, AlarmDescription: description, StateReason: reason, ...alarm } of MetricAlarms) {
      const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
      if (name && since) found.push({ name, description, reason, since: since.toISOString() });
    }
  return found;
}

/** Dated as the state last known, so that the alarm counts again should it come back as it was. */
const missing = ({ signals }: Incident, AlarmName: string): MetricAlarm => ({
  AlarmName,
  StateValue: 'INSUFFICIENT_DATA',
  StateReason: 'there is no such alarm',
  StateUpdatedTimestamp: new Date(signals[alarmKey(AlarmName)]?.at ?? 0),
});

function toSignal({ service, playbook, signals }: Incident, alarm: MetricAlarm): Signal | undefined {
  const { AlarmName, AlarmDescription, StateValue, StateReason, StateTransitionedTimestamp, StateUpdatedTimestamp } =
    alarm;
  const at = (StateTransitionedTimestamp ?? StateUpdatedTimestamp)?.toISOString();
  const key = alarmKey(AlarmName ?? '');
  const known = signals[key];
  const state = STATES[StateValue ?? ''];
  if (!known || !state || !at) return undefined;
  const what = AlarmDescription ?? AlarmName;
  const drill = isDrill(StateReason, minutesBetween(at, new Date().toISOString()));
  const outlasts = StateReason?.startsWith(DRILL) && !drill;
  const said = state === known.state ? known.summary : `${what}: ${StateReason ?? StateValue}`;
  const summary = outlasts ? `${what}: still ${StateValue} ${DRILL_MINUTES} min after it was set for a drill` : said;
  const id = `observed/${key}/${at}${outlasts ? '/outlasts the drill' : ''}`;
  return { id, key, state, level: known.level, service, playbook, at, summary, ...(drill ? { drill } : {}) };
}

/** Datapoints of the last hour, or hours, by query id, the oldest first. @throws when the signal says that it takes too long. */
export async function readMetrics(
  queries: MetricQuery[],
  now: Date,
  hours = 1,
  abortSignal?: AbortSignal,
): Promise<Record<string, Point[]>> {
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(now.getTime() - hours * 3_600_000),
      EndTime: now,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: queries.map(toQuery),
    }),
    abortSignal && { abortSignal },
  );
  return Object.fromEntries(
    MetricDataResults.map(({ Id, Timestamps = [], Values = [] }) => [
      Id,
      Values.map((value, i) => ({ at: Timestamps[i]?.getTime() ?? Number.NaN, value })),
    ]),
  );
}

function toQuery({ id, namespace, name, dimensions, statistic, period }: MetricQuery): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return {
    Id: id,
    MetricStat: { Metric: { Namespace: namespace, MetricName: name, Dimensions }, Period: period, Stat: statistic },
  };
}

/** Publishes values of this moment, one call for all of them. */
export const publishMetrics = (namespace: string, service: string, values: Record<string, number>, now: Date) =>
  publishMeasurements(
    namespace,
    service,
    Object.entries(values).map(([name, value]) => ({ name, value })),
    now,
  );

/** The same of values with dimensions of their own. CloudWatch takes all of them or none, and the same twice as two values. */
export async function publishMeasurements(
  namespace: string,
  service: string,
  measurements: Measurement[],
  at: Date,
): Promise<void> {
  const MetricData = measurements.map(({ name, value, dimensions }) => ({
    MetricName: name,
    Dimensions: Object.entries({ Service: service, ...dimensions }).map(([Name, Value]) => ({ Name, Value })),
    Value: value,
    Timestamp: at,
  }));
  if (MetricData.length > 0) await client.send(new PutMetricDataCommand({ Namespace: namespace, MetricData }));
}

/** What alarms watch, as graphs show it. Composite ones, and those that are not there any more, are not among them. */
export async function readWatched(names: readonly string[]): Promise<WatchedAlarm[]> {
  if (names.length === 0) return [];
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [...names] }));
  return MetricAlarms.map(alarm => {
    const { AlarmName = '', AlarmDescription, Threshold, Period, Metrics = [] } = alarm;
    return {
      name: AlarmName,
      description: AlarmDescription,
      threshold: Threshold,
      period: Period ?? Metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 60,
      lines: Metrics.length > 0 ? Metrics.map(toLine) : [lineOf(alarm)],
    };
  });
}

const lineOf = ({ Namespace = '', MetricName = '', Dimensions = [], Statistic, ExtendedStatistic }: MetricAlarm) => [
  ...[Namespace, MetricName, ...Dimensions.flatMap(({ Name = '', Value = '' }) => [Name, Value])],
  { stat: Statistic ?? ExtendedStatistic ?? 'Average' },
];

/** A metric of an alarm that stands on arithmetic, or the arithmetic. */
function toLine({ Id, Expression, Label, MetricStat, ReturnData }: MetricDataQuery) {
  const look = { id: Id, visible: ReturnData ?? true, ...(Label ? { label: Label } : {}) };
  if (Expression) return [{ expression: Expression, ...look }];
  const { Namespace = '', MetricName = '', Dimensions = [] } = MetricStat?.Metric ?? {};
  const dimensions = Dimensions.flatMap(({ Name = '', Value = '' }) => [Name, Value]);
  return [...[Namespace, MetricName, ...dimensions], { stat: MetricStat?.Stat, ...look }];
}

/** A picture of metrics, PNG. */
export async function drawGraph(widget: Record<string, unknown>): Promise<Uint8Array> {
  const { MetricWidgetImage } = await client.send(
    new GetMetricWidgetImageCommand({ MetricWidget: JSON.stringify(widget), OutputFormat: 'png' }),
  );
  if (!MetricWidgetImage?.length) throw new Error('CloudWatch gave no picture');
  return MetricWidgetImage;
}
