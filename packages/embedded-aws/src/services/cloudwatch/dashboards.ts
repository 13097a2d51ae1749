import type { Account } from '../../account/account.ts';
import { Unsupported } from '../../unsupported.ts';

interface Widget {
  type: string;
  properties: { metrics?: unknown[][]; alarms?: string[] };
}

/** A metric that a dashboard shows. */
export interface ShownMetric {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

/** CloudWatch's dashboards: nobody looks at them here, but tests can ask whether the metrics they show exist. */
export class Dashboards {
  /** Each metric once. */
  readonly metrics: ShownMetric[];
  /** ARNs. */
  readonly alarms: string[];

  /** @throws Unsupported for a body that CloudWatch would refuse, or a metric that is written in another way. */
  constructor(account: Account) {
    const widgets = account.ofType('AWS::CloudWatch::Dashboard').flatMap(({ ref, properties }) => {
      try {
        return JSON.parse(properties['DashboardBody']).widgets as Widget[];
      } catch (error) {
        throw new Unsupported(`the dashboard ${ref}`, `a body that is no JSON (${(error as Error).message})`);
      }
    });
    const shown = widgets.flatMap(({ properties }) => properties.metrics ?? []).map(read);
    this.metrics = [...new Map(shown.map(metric => [JSON.stringify(metric), metric])).values()];
    this.alarms = widgets.flatMap(({ properties }) => properties.alarms ?? []);
  }
}

/** `[namespace, name, dimension, value, …, options]`; a dot for what stands in the line above is not known here. */
function read(written: unknown[]): ShownMetric {
  const [namespace, name, ...pairs] = written.filter(part => typeof part === 'string');
  if (!namespace || !name || written.includes('.') || pairs.length % 2 === 1)
    throw new Unsupported('a dashboard', `the metric ${JSON.stringify(written)}`);
  const dimensions = pairs.flatMap((_, i) => (i % 2 === 0 ? [pairs.slice(i, i + 2) as [string, string]] : []));
  return { namespace, name, dimensions: Object.fromEntries(dimensions) };
}
