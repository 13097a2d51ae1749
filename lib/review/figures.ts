import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PROBE_NAMESPACE } from '../../lambda/domain/diagnosis/probe-metrics.ts';
import { Listener, type ListenerProps } from '../platform/event-subscriber.ts';

/** The figures of each incident that is over, as metrics. */
export function addFigures(scope: Construct, parts: ListenerProps['parts']): void {
  const figures = new Listener(scope, 'Figures', {
    folder: 'functions/figures',
    description: 'How long an incident took and what was kept, as metrics',
    entries: ['OutageMeasured'],
    lost: 'Incidents that the metrics do not count',
    parts,
  });
  Validations.of(figures.role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'cloudwatch:PutMetricData knows no resource; the condition narrows it to the namespace.',
  });
  figures.allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': PROBE_NAMESPACE } });
}
