import { Duration, Validations } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { Deployed } from '../../../lambda/domain/deployed.ts';
import { PROBE_NAMESPACE } from '../../../lambda/domain/diagnosis/probe-metrics.ts';
import { SUBSCRIPTION_METRICS } from '../../../lambda/domain/on-call/subscriptions.ts';
import type { OwnAlarms } from '../../platform/own-alarms.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import type { Paging } from './paging.ts';

export interface SubscriptionsProps {
  deployed: Deployed;
  paging: Paging;
  ownAlarms: OwnAlarms;
}

/** How often it is looked; an alarm goes by the latest look, and keeps its state when one comes late. */
const EVERY = Duration.minutes(15);

/** Looks whether the people who would be called are still subscribed, and tells operations when they are not. */
export class Subscriptions extends ResponderFunction {
  constructor(scope: Construct, id: string, { deployed, paging, ownAlarms }: SubscriptionsProps) {
    const deadLetters = ownAlarms.deadLetters('Subscriptions', 'Times at which nobody looked who would be reached');
    super(scope, id, {
      folder: 'functions/subscriptions',
      description: 'Every 15 minutes: whether the people who would be called are subscribed',
      deadLetters,
      environment: { TOPICS: paging.topicArns.join(',') },
      deployed: { ...deployed, subscribers: paging.subscribers },
    });
    paging.grantListing(this);
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'cloudwatch:PutMetricData knows no resource; the condition narrows it to the namespace.',
    });
    this.allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': PROBE_NAMESPACE } });
    new Rule(this, 'EveryQuarter', {
      description: 'Every 15 minutes',
      schedule: Schedule.rate(EVERY),
      targets: [new LambdaFunction(this.function, { deadLetterQueue: deadLetters })],
    });
    const metric = (name: keyof typeof SUBSCRIPTION_METRICS) => ({
      metric: new Metric({
        namespace: PROBE_NAMESPACE,
        metricName: SUBSCRIPTION_METRICS[name],
        dimensionsMap: { Service: deployed.service },
        statistic: 'Maximum',
        period: EVERY,
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.IGNORE,
      evaluationPeriods: 1,
    });
    ownAlarms.tell(
      'SubscriptionsUnconfirmed',
      [paging.operations],
      'Somebody who would be called is not subscribed: the log of the subscriptions function names them',
      metric('unconfirmed'),
    );
    ownAlarms.tell(
      'LevelWithoutAnybody',
      [paging.operations, paging.firstLevel],
      'A page would reach nobody at an escalation level: the log of the subscriptions function names it',
      metric('withoutAnybody'),
    );
  }
}
