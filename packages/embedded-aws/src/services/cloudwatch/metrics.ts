import type { Account, Input } from '../../account/account.ts';
import { jsonBytes } from '../../sizes.ts';
import { Unsupported } from '../../unsupported.ts';

/** A metric as an alarm or a query names it. */
export interface MetricQuery {
  namespace: string;
  name: string;
  dimensions: { Name: string; Value: string }[];
  statistic: string;
  /** Seconds. */
  period: number;
}

function keyOf(namespace: string, name: string, dimensions: Record<string, string>): string {
  let key = `${namespace} ${name} `;
  const names = Object.keys(dimensions);
  if (names.length > 1) names.sort();
  for (const dimension of names) key += `${dimension}=${dimensions[dimension]},`;
  return key;
}

const namesOf = (dimensions: { Name: string; Value: string }[]): Record<string, string> =>
  Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]));

const isLost = (gone: Lost, namespace: string, name: string, dimensions: Record<string, string>) =>
  gone.namespace === namespace &&
  gone.name === name &&
  Object.entries(gone.dimensions).every(([dimension, value]) => dimensions[dimension] === value);

/** The first index in the series, ordered by time, of a value measured at `time` or later. */
function firstFrom(series: readonly { at: number }[], time: number): number {
  let [low, high] = [0, series.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((series[middle]?.at ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

const sumOf = (values: readonly Value[]) => values.reduce((sum, { value }) => sum + value, 0);

const MINUTE = 60_000;

/** A value, when it was measured, and from when on it can be read. */
interface Value {
  at: number;
  value: number;
  visible: number;
}

/** The values of a metric in the order of their times, with the statistics of periods that are over. */
interface Series {
  values: Value[];
  /** By the statistic and milliseconds of a period, then by the period's beginning, a multiple of these. */
  settled: Map<string, { step: number; found: Map<number, number> }>;
}

/** A metric that is not reported: with these dimensions among its own. */
interface Lost {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

/**
 * CloudWatch's metrics: values with the moment they were measured, read back by period and statistic. How late they can be
 * read differs by namespace; AWS's own services report whole minutes, so that late ones never show a part of one.
 */
export class Metrics {
  private readonly series = new Map<string, Series>();
  /** The key of each query's series: alarms ask the same query every minute. */
  private readonly keys = new WeakMap<MetricQuery, string>();
  private readonly account: Account;
  /** Milliseconds by which the metrics of a namespace are late. */
  readonly lateness: (namespace: string) => number;
  private lost: Lost[] = [];

  constructor(account: Account, lateness: (namespace: string) => number = () => 0) {
    this.account = account;
    this.lateness = lateness;
    account.provide('cloudwatch', {
      GetMetricData: { run: (input: Input) => this.getMetricData(input) },
      PutMetricData: {
        context: ({ Namespace }) => ({ 'cloudwatch:namespace': Namespace }),
        run: ({ Namespace, MetricData }: Input) => {
          account.measure('number of metrics of a request', MetricData.length);
          account.measure('metrics of a request', jsonBytes(MetricData));
          for (const { MetricName, Dimensions = [], Value, Timestamp } of MetricData as Input[])
            this.put(Namespace, MetricName, namesOf(Dimensions), Value, Timestamp?.getTime());
          return {};
        },
      },
    });
  }

  /**
   * Records a value, as a service that measures itself does.
   *
   * @param at the moment it was measured, in milliseconds since 1970. @default now
   * @example
   * world.metrics.put('AWS/ECS', 'CPUUtilization', { ClusterName: 'shop', ServiceName: 'web' }, 80);
   */
  put(
    namespace: string,
    name: string,
    dimensions: Record<string, string>,
    value: number,
    at = this.account.clock.now,
  ): void {
    if (this.lost.length > 0 && this.lost.some(gone => isLost(gone, namespace, name, dimensions))) return;
    const key = keyOf(namespace, name, dimensions);
    let series = this.series.get(key);
    if (!series) {
      series = { values: [], settled: new Map() };
      this.series.set(key, series);
    }
    const { values, settled } = series;
    const late = this.lateness(namespace);
    const reported = late > 0 && namespace.startsWith('AWS/') ? (Math.floor(at / MINUTE) + 1) * MINUTE : at;
    const entry = { at, value, visible: reported + late };
    if (at < this.account.clock.now)
      for (const { step, found } of settled.values()) found.delete(Math.floor(at / step) * step);
    const last = values.at(-1);
    // A value that is dated back comes in between.
    if (last && last.at > at) values.splice(firstFrom(values, at + 1), 0, entry);
    else values.push(entry);
  }

  /** Stops a metric from being reported, with these dimensions and any beside them. */
  lose(namespace: string, name: string, dimensions: Record<string, string> = {}): void {
    this.lost.push({ namespace, name, dimensions });
  }

  /** Lets the metric be reported again; the gap stays. */
  regain(namespace: string, name: string): void {
    this.lost = this.lost.filter(gone => gone.namespace !== namespace || gone.name !== name);
  }

  /** Deletes every value of a namespace, as if nothing had ever been reported. */
  forget(namespace: string): void {
    for (const key of this.series.keys()) if (key.startsWith(`${namespace} `)) this.series.delete(key);
  }

  /** Gives every value that was put, in order. */
  valuesOf(namespace: string, name: string, dimensions: Record<string, string>): readonly number[] {
    return (this.series.get(keyOf(namespace, name, dimensions))?.values ?? []).map(({ value }) => value);
  }

  /** The statistic of each period that begins at one of `starts`, by what can be read of it now; undefined without data. */
  datapoints(query: MetricQuery, starts: readonly number[]): (number | undefined)[] {
    return this.statistics(query, this.seriesOf(query), starts);
  }

  private seriesOf(query: MetricQuery): Series {
    const { namespace, name, dimensions } = query;
    const key = this.keys.get(query) ?? keyOf(namespace, name, namesOf(dimensions));
    this.keys.set(query, key);
    return this.series.get(key) ?? { values: [], settled: new Map() };
  }

  datapoint(query: MetricQuery, start: number): number | undefined {
    return this.datapoints(query, [start])[0];
  }

  private statistics(
    query: MetricQuery,
    { values, settled }: Series,
    starts: readonly number[],
  ): (number | undefined)[] {
    const { now } = this.account.clock;
    const step = query.period * 1000;
    const kind = `${query.statistic} ${step}`;
    const { found } = settled.get(kind) ?? { found: new Map<number, number>() };
    settled.set(kind, { step, found });
    return starts.map(start => {
      const known = found.get(start);
      if (known !== undefined) return known;
      const end = start + step;
      const first = firstFrom(values, start);
      const after = firstFrom(values, end);
      let last = after;
      // Values that are measured later can be read later: only the newest are not visible yet.
      while (last > first && (values[last - 1] as Value).visible > now) last--;
      if (last === first) return undefined;
      const value = statisticOf(values.slice(first, last), query);
      if (last === after && end <= now && start % step === 0) found.set(start, value);
      return value;
    });
  }

  private getMetricData({ MetricDataQueries, StartTime, EndTime, ScanBy }: Input) {
    const [from, to] = [new Date(StartTime).getTime(), new Date(EndTime).getTime()];
    const MetricDataResults = (MetricDataQueries as Input[]).map(({ Id, MetricStat, Expression }) => {
      if (Expression) throw new Unsupported('GetMetricData', 'metric math');
      const { Metric, Period, Stat } = MetricStat;
      const query = {
        namespace: Metric.Namespace,
        name: Metric.MetricName,
        dimensions: Metric.Dimensions ?? [],
        statistic: Stat,
        period: Period,
      };
      const step = Period * 1000;
      const series = this.seriesOf(query);
      const first = Math.max(Math.ceil(from / step), Math.floor((series.values[0]?.at ?? to) / step)) * step;
      // The period that is still running is answered too, by what there is of it.
      const starts: number[] = [];
      for (let start = first; start < to; start += step) starts.push(start);
      const points = this.statistics(query, series, starts).flatMap((value, i) =>
        value === undefined ? [] : [{ start: starts[i] as number, value }],
      );
      if (ScanBy !== 'TimestampAscending') points.reverse();
      return {
        Id,
        StatusCode: 'Complete',
        Timestamps: points.map(({ start }) => new Date(start)),
        Values: points.map(({ value }) => value),
      };
    });
    return { MetricDataResults };
  }
}

function statisticOf(values: readonly Value[], { namespace, name, statistic }: MetricQuery): number {
  switch (statistic) {
    case 'SampleCount':
      return values.length;
    case 'Average':
      return sumOf(values) / values.length;
    case 'Sum':
      return sumOf(values);
    case 'Maximum':
      return Math.max(...values.map(({ value }) => value));
    case 'Minimum':
      return Math.min(...values.map(({ value }) => value));
    case 'p95':
      return values.map(({ value }) => value).sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] as number;
    default:
      throw new Unsupported(`the metric ${namespace} ${name}`, `the statistic ${statistic}`);
  }
}
