import { type Account, type Input, ServiceError } from '../../account/account.ts';
import { type Chart, drawChart } from '../../engine/chart.ts';
import { Unsupported } from '../../unsupported.ts';
import type { Metrics } from './metrics.ts';

type Points = { at: number; value: number }[];

/** CloudWatch's pictures of metrics, of what the documentation of `GetMetricWidgetImage` lets a widget hold. */
export class Graphs {
  private readonly metrics: Metrics;

  constructor(account: Account, metrics: Metrics) {
    this.metrics = metrics;
    account.provide('cloudwatch', {
      GetMetricWidgetImage: { run: ({ MetricWidget }) => ({ MetricWidgetImage: this.draw(JSON.parse(MetricWidget)) }) },
    });
  }

  private draw(widget: Input): Uint8Array {
    const { metrics, start, end, period = 300, annotations = {}, title = '', width = 600, height = 400 } = widget;
    if (!Array.isArray(metrics) || metrics.length === 0)
      throw new ServiceError('InvalidParameterValueException', 'the widget needs metrics');
    const { horizontal = [], vertical = [], ...unknown } = annotations;
    if (Object.keys(unknown).length > 0)
      throw new Unsupported('GetMetricWidgetImage', `annotations ${Object.keys(unknown)}`);
    const window = { from: Date.parse(start), to: Date.parse(end), period: period * 1000 };
    const chart: Chart = {
      ...{ title, width, height, horizontal, ...window },
      lines: this.lines(metrics, widget, window),
      vertical: vertical.map(({ value, label }: Input) => ({ at: Date.parse(value), label })),
      minimum: widget['yAxis']?.left?.min,
    };
    return drawChart(chart);
  }

  /** Each metric's, and those that arithmetic makes of them; hidden ones serve arithmetic alone. */
  private lines(
    metrics: unknown[][],
    { stat = 'Average' }: Input,
    { from, to, period }: Omit<Window, 'lines'>,
  ): Chart['lines'] {
    const known = new Map<string, Points>();
    return metrics.flatMap(metric => {
      const last = metric.at(-1);
      const options = (typeof last === 'object' ? last : {}) as Input;
      const [namespace = '', name = '', ...dimensions] = metric.filter(part => typeof part === 'string') as string[];
      const points = options['expression']
        ? evaluate(options['expression'], known)
        : this.series({ namespace, name, dimensions, statistic: options['stat'] ?? stat }, { from, to, period });
      if (options['id']) known.set(options['id'], points);
      return options['visible'] === false ? [] : [{ label: options['label'] ?? name, points }];
    });
  }

  private series(
    { dimensions, ...metric }: { namespace: string; name: string; dimensions: string[]; statistic: string },
    { from, to, period }: Window,
  ): Points {
    const named = dimensions.flatMap((Name, i) => (i % 2 === 0 ? [{ Name, Value: dimensions[i + 1] ?? '' }] : []));
    const points: Points = [];
    for (let at = Math.ceil(from / period) * period; at + period <= to; at += period) {
      const value = this.metrics.datapoint({ ...metric, dimensions: named, period: period / 1000 }, at);
      if (value !== undefined) points.push({ at, value });
    }
    return points;
  }
}

interface Window {
  from: number;
  to: number;
  period: number;
}

/** Numbers, `+ - * /`, parentheses and `FILL(id, number)`, moment by moment: where a number is missing, there is none. */
function evaluate(expression: string, known: Map<string, Points>): Points {
  const moments = [...new Set([...known.values()].flatMap(points => points.map(({ at }) => at)))].sort((a, b) => a - b);
  return moments.flatMap(at => {
    const numberOf = (id: string) =>
      known
        .get(id)
        ?.find(point => point.at === at)
        ?.value.toFixed(9);
    let missing = false;
    const numbers = expression
      .replace(/FILL\((\w+), *(-?[\d.]+)\)/g, (_, id, other) => `(${numberOf(id) ?? other})`)
      .replace(/[a-z]\w*/g, id => {
        missing ||= numberOf(id) === undefined;
        return `(${numberOf(id) ?? 0})`;
      });
    if (!/^[\d\s.+*/()-]+$/.test(numbers)) throw new Unsupported('metric math', expression);
    const value: number = new Function(`return ${numbers}`)();
    return missing || !Number.isFinite(value) ? [] : [{ at, value }];
  });
}
