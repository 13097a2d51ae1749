import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { PROBE_NAMESPACE } from '../../../lambda/domain/kernel/probe-metrics.ts';
import type { NotReachedFields } from '../../../lambda/domain/messages/not-reached.ts';
import { SUBSCRIPTION_METRICS } from '../../../lambda/domain/on-call/subscriptions.ts';
import { IncidentFunction } from '../../platform/incident-function.ts';
import { grantPutMetrics } from '../../platform/own-metrics.ts';
import type { ResponderFunction } from '../../platform/responder-function.ts';
import type { ResponderParts } from '../../platform/responder-parts.ts';
import type { Paging } from './paging.ts';

export interface SubscriptionsProps extends ResponderParts {
  paging: Paging;
  watch: ResponderFunction;
}

const SAMPLE: NotReachedFields = {
  service: 'mockupAWS',
  people: [{ topic: 'level 1', person: 'ada', protocol: 'sms', why: 'SMS budget spent' }],
  levels: [1],
  troubles: ['SMS is in its sandbox: only verified numbers are reached'],
};

/** An alarm judges by the latest check, and keeps its state when one is late. */
const INTERVAL = Duration.minutes(15);

/** Checks that the people who would be called are reached, and notifies operations when they are not. */
export class Subscriptions extends IncidentFunction {
  constructor(
    scope: Construct,
    id: string,
    { config, incidents, paging, watch, ownAlarms, templates }: SubscriptionsProps,
  ) {
    super(scope, id, {
      folder: 'functions/subscriptions',
      description: 'Every 15 minutes: whether the people who would be called are reached',
      templates: templates.for({ 'messages/not-reached.txt': [SAMPLE] }),
      environment: {
        TOPICS: paging.topicArns.join(','),
        NOTICES_TOPIC: paging.notices.topicArn,
        OPERATORS: config.operations.filter(name => config.people[name]?.email).join(','),
        SERVICE_TITLE: config.title,
        WATCH_FUNCTION: watch.function.functionName,
      },
      reads: ['deployment', 'contacts'],
      incidents,
    });
    paging.grantSubscribe(this);
    paging.grantNotices(this);
    paging.grantReadSms(this);
    grantPutMetrics(this);
    const perishes = { retryAttempts: 2, maxEventAge: INTERVAL };
    this.function.configureAsyncInvoke(perishes);
    new Rule(this, 'EveryQuarter', {
      description: 'Every 15 minutes',
      schedule: Schedule.rate(INTERVAL),
      targets: [new LambdaFunction(this.function, perishes)],
    });
    const metric = (name: keyof typeof SUBSCRIPTION_METRICS, statistic: string, period: Duration) =>
      new Metric({
        namespace: PROBE_NAMESPACE,
        metricName: SUBSCRIPTION_METRICS[name],
        dimensionsMap: { Service: config.service },
        ...{ statistic, period },
      });
    const found = (name: keyof typeof SUBSCRIPTION_METRICS) => ({
      // A longer period would be judged when it is over: a quarter of an hour late.
      metric: metric(name, 'Maximum', Duration.minutes(1)),
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
    ownAlarms.addSilenceAlarm(
      'ReachUnchecked',
      [paging.operations],
      'For 45 minutes nobody has looked who would be reached: see the log of the subscriptions function',
      { metric: metric('troubles', 'SampleCount', INTERVAL), evaluationPeriods: 3 },
    );
  }
}
