import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricWidgetImageCommand,
  ListTagsForResourceCommand,
  type MetricAlarm,
  type MetricDataQuery,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import type { MetricQuery } from '../domain/diagnosis/metrics.ts';
import type { Measurement } from '../domain/figures/figures.ts';
import type { Point } from '../domain/kernel/latest.ts';
import type { WatchedAlarm } from '../domain/post-mortem/graphs.ts';

const client = new CloudWatchClient({});

/** How CloudWatch refuses what is no alarm of this account and region, or none any more. */
const NO_ALARM = ['ResourceNotFoundException', 'InvalidParameterValueException', 'ValidationException'];

/** The tags of an alarm of this account and region; undefined when there is no such alarm. @throws when they cannot be read now */
export async function readAlarmTags(arn: string): Promise<Record<string, string> | undefined> {
  try {
    const { Tags = [] } = await client.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
    return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
  } catch (error) {
    if (NO_ALARM.includes((error as Error).name)) return undefined;
    throw error;
  }
}

/** Data points of the last hours (by default one) by query id, the oldest first. @throws when `abortSignal` ends the wait. */
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

/** Publishes one value for each metric, in one call. */
export const publishMetrics = (namespace: string, service: string, values: Record<string, number>, now: Date) =>
  publishMeasurements(
    namespace,
    service,
    Object.entries(values).map(([name, value]) => ({ name, value })),
    now,
  );

/** Publishes values with dimensions. CloudWatch accepts all or none; a value that is published twice counts twice. */
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

/** The metrics that alarms watch, as CloudWatch's graphs name them. Composite alarms and deleted ones are left out. */
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

/** A metric of an alarm on metric math, or its expression. */
function toLine({ Id, Expression, Label, MetricStat, ReturnData }: MetricDataQuery) {
  const display = { id: Id, visible: ReturnData ?? true, ...(Label ? { label: Label } : {}) };
  if (Expression) return [{ expression: Expression, ...display }];
  const { Namespace = '', MetricName = '', Dimensions = [] } = MetricStat?.Metric ?? {};
  const dimensions = Dimensions.flatMap(({ Name = '', Value = '' }) => [Name, Value]);
  return [...[Namespace, MetricName, ...dimensions], { stat: MetricStat?.Stat, ...display }];
}

/** A graph of metrics as a PNG. */
export async function drawGraph(widget: Record<string, unknown>): Promise<Uint8Array> {
  const { MetricWidgetImage } = await client.send(
    new GetMetricWidgetImageCommand({ MetricWidget: JSON.stringify(widget), OutputFormat: 'png' }),
  );
  if (!MetricWidgetImage?.length) throw new Error('CloudWatch gave no picture');
  return MetricWidgetImage;
}
