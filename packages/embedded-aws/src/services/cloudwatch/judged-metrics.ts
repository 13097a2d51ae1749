import type { Input } from '../../account/account.ts';
import type { Deployed } from '../../assembly/resolve.ts';
import { Unsupported } from '../../unsupported.ts';
import type { MetricQuery, Metrics } from './metrics.ts';

/** The metrics that an alarm judges: one, or the sum of several. */
export interface Judged {
  queries: readonly MetricQuery[];
  /** Undefined for a sum, of which CloudWatch names none. */
  statistic: string | undefined;
  /** Seconds. */
  period: number;
}

/** The one expression that is known: the sum of all metrics of the alarm. */
const SUM_OF_ALL = /^SUM\(\s*METRICS\(\)\s*\)$/;

/** @throws Unsupported for other metric math than a sum of all metrics */
export function judgedBy({ ref, properties }: Deployed): Judged {
  const refuse = (what: string) => new Unsupported(`the alarm ${ref}`, what);
  const given = properties['Metrics'] as Input[] | undefined;
  if (!given) {
    const query = {
      namespace: properties['Namespace'],
      name: properties['MetricName'],
      dimensions: properties['Dimensions'] ?? [],
      statistic: properties['Statistic'],
      period: properties['Period'],
    };
    return { queries: [query], statistic: query.statistic, period: query.period };
  }
  const [expression, ...others] = given.filter(({ Expression }) => Expression !== undefined);
  const metrics = given.filter(({ MetricStat }) => MetricStat);
  if (!expression || others.length > 0 || !SUM_OF_ALL.test(expression['Expression']))
    throw refuse(`metric math but SUM(METRICS()): ${expression?.['Expression']}`);
  if (expression['ReturnData'] === false || metrics.some(({ ReturnData }) => ReturnData !== false))
    throw refuse('a metric that it returns beside its expression');
  const queries = metrics.map(({ MetricStat: { Metric, Period, Stat } }) => ({
    namespace: Metric.Namespace,
    name: Metric.MetricName,
    dimensions: Metric.Dimensions ?? [],
    statistic: Stat,
    period: Period,
  }));
  const [period = 0, ...more] = new Set(queries.map(query => query.period));
  if (more.length > 0) throw refuse('metrics of several periods');
  // "Each alarm based on metric math can reference up to 10 metrics."
  if (queries.length > 10) throw refuse('more than 10 metrics');
  return { queries, statistic: undefined, period };
}

/** Milliseconds by which the latest of the metrics is late. */
export const latenessOf = ({ queries }: Judged, metrics: Metrics): number =>
  Math.max(...queries.map(({ namespace }) => metrics.lateness(namespace)));

/** The value of each period; a metric without one counts as 0 where another has one. */
export function valuesOf({ queries }: Judged, metrics: Metrics, starts: readonly number[]): (number | undefined)[] {
  const read = queries.map(query => metrics.datapoints(query, starts));
  return starts.map((_, period) => {
    const values = read.map(datapoints => datapoints[period]).filter(value => value !== undefined);
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
  });
}
