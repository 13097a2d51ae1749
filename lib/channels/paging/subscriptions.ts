import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { PROBE_NAMESPACE } from '../../../lambda/domain/diagnosis/probe-metrics.ts';
import { SUBSCRIPTION_METRICS } from '../../../lambda/domain/on-call/subscriptions.ts';
import { IncidentFunction } from '../../platform/incident-function.ts';
import { grantPutMetrics } from '../../platform/own-metrics.ts';
import type { ResponderParts } from '../../platform/responder-parts.ts';
import type { Paging } from './paging.ts';

export interface SubscriptionsProps extends ResponderParts {
  paging: Paging;
}

/** An alarm judges by the latest check, and keeps its state when one is late. */
const INTERVAL = Duration.minutes(15);

/** Checks that the people who would be called are reached, and notifies operations when they are not. */
export class Subscriptions extends IncidentFunction {
  constructor(scope: Construct, id: string, { config, incidents, paging, ownAlarms }: SubscriptionsProps) {
    super(scope, id, {
      folder: 'functions/subscriptions',
      description: 'Every 15 minutes: whether the people who would be called are reached',
      environment: { TOPICS: paging.topicArns.join(',') },
      reads: ['deployment', 'contacts'],
      incidents,
    });
    paging.grantListSubscriptions(this);
    paging.grantReadSms(this);
    grantPutMetrics(this);
    const perishes = { retryAttempts: 2, maxEventAge: INTERVAL };
    this.function.configureAsyncInvoke(perishes);
    new Rule(this, 'EveryQuarter', {
      description: 'Every 15 minutes',
      schedule: Schedule.rate(INTERVAL),
      targets: [new LambdaFunction(this.function, perishes)],
    });
    const metric = (name: keyof typeof SUBSCRIPTION_METRICS, statistic: string) =>
      new Metric({
        namespace: PROBE_NAMESPACE,
        metricName: SUBSCRIPTION_METRICS[name],
        dimensionsMap: { Service: config.service },
        ...{ statistic, period: INTERVAL },
      });
    const found = (name: keyof typeof SUBSCRIPTION_METRICS) => ({
      metric: metric(name, 'Maximum'),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.IGNORE,
      evaluationPeriods: 1,
    });
    ownAlarms.addAlarm(
      'PeopleNotReached',
      [paging.operations],
      'Somebody who would be called is not reached, or SMS will soon not be: the log of the subscriptions function tells',
      found('troubles'),
    );
    ownAlarms.addAlarm(
      'LevelWithoutAnybody',
      [paging.operations, paging.firstLevel],
      'A page would wake nobody at an escalation level: the log of the subscriptions function names it',
      found('withoutAnybody'),
    );
    // The next check makes up for one that failed: three in a row are told.
    ownAlarms.addAlarm(
      'ReachUnchecked',
      [paging.operations],
      'For 45 minutes nobody has looked who would be reached: see the log of the subscriptions function',
      {
        metric: metric('troubles', 'SampleCount'),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
        evaluationPeriods: 3,
      },
    );
  }
}
