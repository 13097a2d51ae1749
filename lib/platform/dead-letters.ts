import { Duration, Fn } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Rule, RuleProps } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';

const EVERY_MINUTE = Duration.minutes(1);

const COUNTED: MetricOptions = { period: EVERY_MINUTE, statistic: 'Sum' };

/** CloudWatch's limit for an alarm on metric math. */
const MOST_METRICS = 10;

/**
 * Keeps what failed for good, and knows by which metrics its senders say that they put something into it. The queue's own metrics stop
 * after six hours without a message, and come back up to 15 minutes late.
 */
export class DeadLetterQueue extends Queue {
  private readonly senders: IMetric[] = [];

  /** Adds a metric that counts what is put into the queue, as it happens. */
  addSender(metric: IMetric): void {
    this.senders.push(metric);
  }

  /** The messages in the queue, and those that were sent in this minute. */
  metricLetters(): MathExpression {
    const letters = this.metricApproximateNumberOfMessagesVisible({ period: EVERY_MINUTE, statistic: 'Maximum' });
    const metrics = [letters, ...this.senders];
    if (metrics.length > MOST_METRICS)
      throw new Error(
        `${this.node.path}: an alarm reads at most ${MOST_METRICS} metrics, and the queue has ${this.senders.length} senders`,
      );
    return new MathExpression({
      expression: 'SUM(METRICS())',
      label: 'letters',
      period: EVERY_MINUTE,
      usingMetrics: Object.fromEntries(metrics.map((metric, i) => [`m${i}`, metric])),
    });
  }
}

/** Undefined for the default one. */
type Bus = RuleProps['eventBus'];

/** Events that Lambda gave up for a function, which it puts into the function's dead-letter queue. */
export const droppedBy = (fn: LambdaFunction): IMetric => fn.metric('AsyncEventsDropped', COUNTED);

/** Events that a rule could not deliver, and put into its target's dead-letter queue. */
export const undeliveredBy = (rule: Rule, bus?: Bus): IMetric => metricOf(rule, bus, 'InvocationsSentToDlq');

/** Events that a rule delivered, or tried to. */
export const deliveredBy = (rule: Rule, bus?: Bus): IMetric => metricOf(rule, bus, 'Invocations');

/** A rule's `Ref` names its bus too, where that is not the default one: the ARN ends with its name alone. */
function metricOf(rule: Rule, bus: Bus | undefined, metricName: string): IMetric {
  const named = Fn.split('/', rule.ruleArn);
  return new Metric({
    ...{ ...COUNTED, namespace: 'AWS/Events', metricName },
    dimensionsMap: bus
      ? { EventBusName: Fn.select(1, named), RuleName: Fn.select(2, named) }
      : { RuleName: Fn.select(1, named) },
  });
}
