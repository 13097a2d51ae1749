import { matches } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import { everything } from '../../support/everything.ts';
import { inspect, stackOf } from '../../support/stack.ts';

const { all, one } = inspect(stackOf(everything).template);

describe('an alarm', () => {
  /** As the CloudWatch user guide documents it, with the tags that `AlarmTagsPropagation` adds. */
  const event = (alarmName: string, alarmTags?: Record<string, string>) => ({
    version: '0',
    id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '123456789012',
    time: '2019-10-02T17:04:40Z',
    region: 'us-east-1',
    resources: [`arn:aws:cloudwatch:us-east-1:123456789012:alarm:${alarmName}`],
    detail: {
      alarmName,
      state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: '2019-10-02T17:04:40.989+0000' },
      previousState: { value: 'OK', timestamp: '2019-10-02T17:03:40.989+0000' },
      ...(alarmTags && { alarmTags }),
    },
  });
  const reachesIntake = (happened: object) =>
    matches(one('AWS::Events::Rule', 'Intake/Alarms').properties.EventPattern, happened);

  it('of the service reaches intake by its tag, and by its name where CloudWatch could not read the tags', () => {
    expect(reachesIntake(event('anything', { 'incident:service': 'mockupaws-production', team: 'web' }))).toBe(true);
    for (const { properties } of all('AWS::CloudWatch::Alarm').filter(({ properties }) => properties.Tags)) {
      const tags: { Key: string; Value: string }[] = properties.Tags;
      expect(reachesIntake(event(properties.AlarmName))).toBe(true);
      expect(reachesIntake(event('renamed', Object.fromEntries(tags.map(tag => [tag.Key, tag.Value]))))).toBe(true);
    }
  });

  it('of another service, of no service, or an event of another kind does not reach intake', () => {
    expect(reachesIntake(event('anything', { 'incident:service': 'shop-production' }))).toBe(false);
    expect(reachesIntake(event('anything', { 'incident:playbook': 'DatabaseConnections' }))).toBe(false);
    expect(reachesIntake(event('anything'))).toBe(false);
    const name = 'mockupaws-production-database-connections-critical';
    expect(reachesIntake({ ...event(name), 'detail-type': 'CloudWatch Alarm Configuration Change' })).toBe(false);
    expect(reachesIntake({ ...event(name), source: 'custom' })).toBe(false);
  });
});
