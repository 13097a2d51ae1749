import { describe, expect, it } from 'vitest';
import { everything } from '../../support/everything.ts';
import { inspect, refersTo, stackOf } from '../../support/stack.ts';

const { one } = inspect(stackOf(everything).template);

describe('the watch', () => {
  it('the first level is notified directly when it is silent', () => {
    const { properties } = one('AWS::CloudWatch::Alarm', 'OwnAlarms/WatchSilent');
    expect(properties).toMatchObject({
      ...{ Namespace: 'AWS/Lambda', MetricName: 'Invocations', Statistic: 'Sum' },
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: one('AWS::Lambda::Function', 'Watch/Function').id } }],
      ...{ ComparisonOperator: 'LessThanThreshold', Threshold: 1, TreatMissingData: 'breaching' },
      ...{ Period: 60, EvaluationPeriods: 5 },
    });
    expect(refersTo(properties.AlarmActions)).toContain(one('AWS::SNS::Topic', 'Paging/FirstLevel').id);
    expect(one('AWS::Events::Rule', 'Watch/EveryMinute').properties.ScheduleExpression).toBe('rate(1 minute)');
  });
});
