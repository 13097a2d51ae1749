import { matches } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import { defineService } from '../../../lib/config/service-config.ts';
import { everything } from '../../support/everything.ts';
import { inspect, stackOf, synthesise } from '../../support/stack.ts';

const { all, one } = inspect(stackOf(everything).template);
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:ResponseStateMachine0A1B2C3D-AbCdEfGhIjKl';
/** The rule's pattern, with the ARN of the response workflow as it is once it is deployed. */
const patternOf = (stack: Pick<ReturnType<typeof inspect>, 'one'>) => {
  const { EventPattern } = stack.one('AWS::Events::Rule', 'Intake/Alarms').properties;
  return JSON.parse(JSON.stringify(EventPattern).replace(/\{"Ref":"[^"]+"\}/, JSON.stringify(MACHINE)));
};

const { statusPage: _, redis: __, ...others } = everything;

/** As many nodes as a cluster without shards can have, under the longest name that a service can have. */
const largest = defineService({
  ...others,
  service: `s${'0'.repeat(40)}`,
  redis: {
    replicationGroup: 'r'.repeat(40),
    nodes: Array.from({ length: 6 }, (_, i) => `${'r'.repeat(36)}-00${i}`),
    serviceSecurityGroups: ['sg-0123456789abcdef0'],
  },
});

describe('an alarm', () => {
  /** As the CloudWatch user guide documents it, with the tags that `AlarmTagsPropagation` adds. */
  const event = (alarmName: string, alarmTags?: Record<string, string>, alarmTagsStatus = 'SUCCESS') => ({
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
      ...(alarmTags || alarmTagsStatus !== 'SUCCESS' ? { alarmTagsStatus } : {}),
    },
  });
  const reachesIntake = (happened: object) => matches(patternOf({ one }), happened);

  it('of the service reaches intake by its tag, and by its name where CloudWatch could not read the tags', () => {
    expect(reachesIntake(event('anything', { 'incident:service': 'mockupaws-production', team: 'web' }))).toBe(true);
    for (const { properties } of all('AWS::CloudWatch::Alarm').filter(({ properties }) => properties.Tags)) {
      const tags: { Key: string; Value: string }[] = properties.Tags;
      expect(reachesIntake(event(properties.AlarmName))).toBe(true);
      expect(reachesIntake(event('renamed', Object.fromEntries(tags.map(tag => [tag.Key, tag.Value]))))).toBe(true);
    }
  });

  it('whose tags could not be read reaches intake, which asks for them', () => {
    expect(reachesIntake(event('anything', undefined, 'FAILED'))).toBe(true);
  });

  it('of the responder itself, of no service, or an event of another kind does not reach intake', () => {
    expect(reachesIntake(event('anything', { 'incident:playbook': 'DatabaseConnections' }))).toBe(false);
    expect(reachesIntake(event('anything', {}))).toBe(false);
    expect(reachesIntake(event('anything'))).toBe(false);
    const own = all('AWS::CloudWatch::Alarm').filter(({ path }) => path.startsWith('OwnAlarms/'));
    expect(own.length).toBeGreaterThan(5);
    for (const { properties } of own)
      expect(reachesIntake(event(properties.AlarmName)), properties.AlarmName).toBe(false);
    const name = 'incident-response/mockupaws-production/database-connections-critical';
    expect(reachesIntake(event(name))).toBe(true);
    expect(reachesIntake({ ...event(name), 'detail-type': 'CloudWatch Alarm Configuration Change' })).toBe(false);
    expect(reachesIntake({ ...event(name), source: 'custom' })).toBe(false);
  });

  it('is matched by a pattern of one size, whatever is configured', () => {
    const pattern = patternOf(inspect(synthesise(largest).template));
    expect(pattern).toEqual(patternOf(inspect(stackOf(everything).template)));
    expect(JSON.stringify(pattern).length).toBeLessThan(600);
  });
});

describe('an event of AWS Health', () => {
  const event = (detail: object, others = {}) => ({
    ...{ source: 'aws.health', 'detail-type': 'AWS Health Event', region: 'us-east-1', resources: [] },
    ...others,
    detail: { service: 'RDS', statusCode: 'open', ...detail },
  });
  const reaches = (happened: object) => matches(patternOf({ one }), happened);

  it('reaches intake if it is an issue, and if nothing else', () => {
    expect(reaches(event({ eventTypeCategory: 'issue' }))).toBe(true);
    for (const eventTypeCategory of ['scheduledChange', 'accountNotification', 'investigation'])
      expect(reaches(event({ eventTypeCategory }))).toBe(false);
    expect(reaches(event({ eventTypeCategory: 'issue' }, { 'detail-type': 'AWS Health Abuse Event' }))).toBe(false);
    expect(reaches(event({ eventTypeCategory: 'issue' }, { source: 'custom' }))).toBe(false);
  });
});

it('an execution of the response that died reaches intake, and no other', () => {
  const reaches = (detail: object) =>
    matches(patternOf({ one }), {
      ...{ source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', region: 'us-east-1' },
      ...{ resources: [], detail: { stateMachineArn: MACHINE, status: 'FAILED', ...detail } },
    });
  for (const status of ['FAILED', 'TIMED_OUT', 'ABORTED']) expect(reaches({ status })).toBe(true);
  for (const status of ['RUNNING', 'SUCCEEDED', 'PENDING_REDRIVE']) expect(reaches({ status })).toBe(false);
  expect(reaches({ stateMachineArn: `${MACHINE}2` })).toBe(false);
});
