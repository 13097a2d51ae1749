import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PROBE_METRICS, PROBE_NAMESPACE } from '../../lambda/domain/kernel/probe-metrics.ts';
import type { ServiceConfig } from '../config/service-config.ts';

/** A metric of the probe, one value a minute. */
export const probeMetric = ({ service }: ServiceConfig, metric: keyof typeof PROBE_METRICS, statistic: string) =>
  new Metric({
    namespace: PROBE_NAMESPACE,
    metricName: PROBE_METRICS[metric],
    dimensionsMap: { Service: service },
    statistic,
    period: Duration.minutes(1),
  });
