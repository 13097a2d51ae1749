import { Validations } from 'aws-cdk-lib';
import { PROBE_NAMESPACE } from '../../lambda/domain/kernel/probe-metrics.ts';
import type { ResponderFunction } from './responder-function.ts';

/** Lets a function write metrics, in the responder's own namespace alone. */
export function grantPutMetrics(fn: ResponderFunction): void {
  Validations.of(fn.role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'cloudwatch:PutMetricData knows no resource; the condition narrows it to the namespace.',
  });
  fn.addToRolePolicy({
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': PROBE_NAMESPACE } },
  });
}
