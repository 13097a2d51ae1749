import { describe, expect, it } from 'vitest';
import type { ServiceConfig } from '../../../lib/config/service-config.ts';
import { everything } from '../../support/everything.ts';
import { inspect, refersTo, stackOf } from '../../support/stack.ts';

const { one } = inspect(stackOf(everything).template);

describe('the watch', () => {
  it('the first level is notified directly when it is silent', () => {
    const { properties } = one('AWS::CloudWatch::Alarm', 'OwnAlarms/WatchSilent');
    expect(properties).toMatchObject({
      ...{ Namespace: 'AWS/Lambda', MetricName: 'Invocations', Statistic: 'Sum' },
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: one('AWS::Lambda::Function', 'Watch/Function').id } }],
      ...{ ComparisonOperator: 'LessThanThreshold', Threshold: 1, TreatMissingData: 'missing' },
      ...{ Period: 60, EvaluationPeriods: 5 },
    });
    for (const actions of [properties.AlarmActions, properties.InsufficientDataActions])
      expect(refersTo(actions)).toContain(one('AWS::SNS::Topic', 'Paging/FirstLevel').id);
    expect(one('AWS::Events::Rule', 'Watch/EveryMinute').properties.ScheduleExpression).toBe('rate(1 minute)');
  });

  it('has in its environment what it pages by without its store, and the heartbeat only where there is one', () => {
    const variables = (config: ServiceConfig) =>
      inspect(stackOf(config).template).one('AWS::Lambda::Function', 'Watch/Function').properties.Environment.Variables;
    const { DIRECT_PAGING, LEVEL_TOPICS, HEARTBEAT_URL } = variables(everything);
    expect(JSON.parse(DIRECT_PAGING)).toMatchObject({
      title: 'mockupAWS',
      levels: [{ afterMinutes: 0, people: ['ada', 'ben'], rotation: { timeZone: 'America/New_York' } }, {}, {}, {}],
    });
    expect(refersTo(LEVEL_TOPICS)).toHaveLength(4);
    expect(HEARTBEAT_URL).toBeUndefined();
    const heartbeatUrl = 'https://hc.example.com/token';
    expect(variables({ ...everything, heartbeatUrl }).HEARTBEAT_URL).toBe(heartbeatUrl);
  });

  it.each(['Watch', 'Probe'])('%s is invoked for this minute alone: nothing is repeated, and nothing kept', name => {
    const policy = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    const config = one('AWS::Lambda::EventInvokeConfig', `${name}/Function/EventInvokeConfig`).properties;
    expect(config).toMatchObject(policy);
    expect(config).not.toHaveProperty('DestinationConfig');
    const [target] = one('AWS::Events::Rule', `${name}/EveryMinute`).properties.Targets;
    expect(target.RetryPolicy).toEqual(policy);
    expect(target).not.toHaveProperty('DeadLetterConfig');
  });

  it('the first level is told when it fails again and again, be it not each minute', () => {
    const { properties } = one('AWS::CloudWatch::Alarm', 'OwnAlarms/WatchFailing');
    expect(properties).toMatchObject({ MetricName: 'Errors', DatapointsToAlarm: 5, EvaluationPeriods: 15 });
    expect(refersTo(properties.AlarmActions)).toContain(one('AWS::SNS::Topic', 'Paging/FirstLevel').id);
  });

  it('leaves the probe the health URLs, and refuses more than it has room for', () => {
    const { HEALTH_URLS } = one('AWS::Lambda::Function', 'Probe/Function').properties.Environment.Variables;
    expect(JSON.parse(HEALTH_URLS)).toEqual(everything.healthUrls);
    const healthUrls = Array.from({ length: 100 }, (_, i) => ({ url: `https://mockupaws.com/health/${i}` }));
    expect(() => stackOf({ ...everything, healthUrls })).toThrow(
      /Probe\/Function: the environment of a function takes 4,\d+ bytes, .* Of the configuration it is healthUrls\. https:/,
    );
  });

  it('refuses an escalation path that is too long for its environment', () => {
    const { escalation, ...config } = everything;
    const [first, ...others] = escalation;
    if (!first) throw new Error('no level');
    const longer = { ...first, role: 'x'.repeat(3000) };
    expect(() => stackOf({ ...config, escalation: [longer, ...others] })).toThrow(
      /Watch\/Function: the environment of a function takes [\d,]+ bytes, .* Of the configuration it is escalation\.0\.role\. https:/,
    );
  });
});
