import { describe, expect, it } from 'vitest';
import { matches, validatePattern } from '../../src/engine/event-pattern.ts';
import { Unsupported } from '../../src/unsupported.ts';

/** The event that the EventBridge and CloudWatch user guides show for an alarm on one metric. */
const alarm = {
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '123456789012',
  time: '2019-10-02T17:04:40Z',
  region: 'us-east-1',
  resources: ['arn:aws:cloudwatch:us-east-1:123456789012:alarm:ServerCpuTooHigh'],
  detail: {
    alarmName: 'ServerCpuTooHigh',
    configuration: {
      metrics: [
        {
          id: '30b6c6b2-a864-43a2-4877-c09a1afc3b87',
          metricStat: {
            metric: { dimensions: { InstanceId: 'i-12345678901234567' }, name: 'CPUUtilization' },
            period: 300,
          },
          returnData: true,
        },
      ],
    },
    previousState: { timestamp: '2019-10-01T13:56:40.987+0000', value: 'OK' },
    state: { timestamp: '2019-10-02T17:04:40.989+0000', value: 'ALARM' },
  },
};

/** The sample of the Event Ruler that EventBridge is built on. */
const instance = {
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  time: '2017-10-02T16:24:49Z',
  resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000'],
  detail: { 'c-count': 5, 'd-count': 3, 'x-limit': 301.8, 'instance-id': 'i-000000aaaaaa00000', state: 'running' },
};

const employees = {
  employees: [
    { firstName: 'John', lastName: 'Doe' },
    [
      { firstName: 'Anna', lastName: 'Smith' },
      { firstName: 'Peter', lastName: 'Jones' },
    ],
  ],
};

describe('AWS events and the patterns documented for them', () => {
  it.each([
    ['a state', { source: ['aws.cloudwatch'], detail: { state: { value: ['ALARM'] } } }, true],
    ['another state', { source: ['aws.cloudwatch'], detail: { state: { value: ['OK'] } } }, false],
    ['one of several values', { detail: { state: { value: ['OK', 'ALARM'] } } }, true],
    ['a member of an array', { resources: [{ suffix: ':alarm:ServerCpuTooHigh' }] }, true],
    [
      'a field inside an array of objects',
      { detail: { configuration: { metrics: { metricStat: { period: [300] } } } } },
      true,
    ],
    [
      'a change, not a repetition',
      { detail: { state: { value: ['ALARM'] }, previousState: { value: [{ 'anything-but': 'ALARM' }] } } },
      true,
    ],
    ['a field that is not there', { detail: { alarmTags: { service: ['web'] } } }, false],
    ['the absence of a field', { detail: { alarmTags: { service: [{ exists: false }] } } }, true],
    [
      '$or on two levels',
      {
        $or: [
          { source: ['aws.ecs'] },
          { detail: { $or: [{ alarmName: ['x'] }, { alarmName: [{ prefix: 'Server' }] }] } },
        ],
      },
      true,
    ],
    [
      '$or of nothing that holds',
      { source: ['aws.cloudwatch'], $or: [{ region: ['eu-west-1'] }, { account: ['1'] }] },
      false,
    ],
  ])('an alarm: %s', (_, pattern, expected) => {
    expect(matches(pattern, alarm)).toBe(expected);
  });

  it.each([
    [
      { 'detail-type': ['EC2 Instance State-change Notification'], detail: { state: ['initializing', 'running'] } },
      true,
    ],
    [{ time: [{ prefix: '2017-10-02' }] }, true],
    [{ source: [{ prefix: { 'equals-ignore-case': 'AWS.E' } }] }, true],
    [{ source: [{ prefix: 'AWS.E' }] }, false],
    [{ source: [{ suffix: 'ec2' }] }, true],
    [{ source: [{ suffix: { 'equals-ignore-case': 'EC2' } }] }, true],
    [{ source: [{ 'equals-ignore-case': 'AWS.EC2' }] }, true],
    [{ source: [{ wildcard: 'aws*2' }] }, true],
    [{ source: [{ wildcard: 'aws*3' }] }, false],
    [{ source: [{ wildcard: 'aws\\*2' }] }, false],
    [{ detail: { state: [{ 'anything-but': 'initializing' }] } }, true],
    [{ detail: { state: [{ 'anything-but': ['running', 'overloaded'] }] } }, false],
    [{ detail: { 'x-limit': [{ 'anything-but': [100, 200, 300] }] } }, true],
    [{ detail: { state: [{ 'anything-but': { prefix: 'init' } }] } }, true],
    [{ detail: { state: [{ 'anything-but': { prefix: ['init', 'run'] } }] } }, false],
    [{ detail: { 'instance-id': [{ 'anything-but': { suffix: '00000' } }] } }, false],
    [{ detail: { state: [{ 'anything-but': { 'equals-ignore-case': ['Stopped', 'Running'] } }] } }, false],
    [{ detail: { state: [{ 'anything-but': { wildcard: '*/bin/*.jar' } }] } }, true],
    [
      {
        detail: {
          'c-count': [{ numeric: ['>', 0, '<=', 5] }],
          'd-count': [{ numeric: ['<', 10] }],
          'x-limit': [{ numeric: ['=', 3.018e2] }],
        },
      },
      true,
    ],
    [{ detail: { 'c-count': [{ numeric: ['>', 0, '<', 5] }] } }, false],
    [{ detail: { 'c-count': ['5'] } }, false],
    [{ detail: { 'c-count': [{ exists: true }] } }, true],
    [{ detail: { 'c-count': [{ exists: false }] } }, false],
  ])('a sample of the rule language: %j', (pattern, expected) => {
    expect(matches(pattern, instance)).toBe(expected);
  });

  it('looks at leaves when it asks whether something exists', () => {
    expect(matches({ detail: { 'c-count': [{ exists: false }] } }, { detail: { 'c-count': { c1: 100 } } })).toBe(true);
    expect(matches({ detail: { 'c-count': [{ exists: true }] } }, { detail: { 'c-count': { c1: 100 } } })).toBe(false);
    expect(matches({ tags: [{ exists: true }] }, { tags: [] })).toBe(false);
  });

  it('matches fields of an array of objects within one object only', () => {
    expect(matches({ employees: { firstName: ['Anna'] } }, employees)).toBe(true);
    expect(matches({ employees: { firstName: ['Anna'], lastName: ['Smith'] } }, employees)).toBe(true);
    expect(matches({ employees: { firstName: ['Anna'], lastName: ['Jones'] } }, employees)).toBe(false);
  });

  it('finds null, the empty string and booleans as values', () => {
    expect(matches({ a: [null], b: [''], c: [false] }, { a: null, b: '', c: false })).toBe(true);
    expect(matches({ a: [null] }, {})).toBe(false);
    expect(matches({ a: [''] }, { a: null })).toBe(false);
  });

  it('takes anything-but as a question about some member of an array, as the service does', () => {
    expect(matches({ a: [{ 'anything-but': 'x' }] }, { a: ['x', 'y'] })).toBe(true);
    expect(matches({ a: [{ 'anything-but': 'x' }] }, { a: ['x'] })).toBe(false);
    expect(matches({ a: [{ 'anything-but': 'x' }] }, {})).toBe(false);
  });
});

describe('refusals', () => {
  it.each<[string, unknown]>([
    ['no object', 'aws.ec2'],
    ['an empty pattern', {}],
    ['an empty list', { source: [] }],
    ['a bare value', { source: 'aws.ec2' }],
    ['a list in a list', { source: [['aws.ec2']] }],
    ['cidr', { detail: { 'source-ip': [{ cidr: '10.0.0.0/24' }] } }],
    ['an unknown operator', { source: [{ 'starts-with': 'aws' }] }],
    ['two operators in one', { source: [{ prefix: 'aws', suffix: 'ec2' }] }],
    ['a prefix that is a number', { source: [{ prefix: 1 }] }],
    ['a prefix of something else', { source: [{ prefix: { wildcard: 'x' } }] }],
    ['an unfinished range', { n: [{ numeric: ['>', 0, '<'] }] }],
    ['an upside-down range', { n: [{ numeric: ['>', 5, '<', 0] }] }],
    ['a range that is no range', { n: [{ numeric: ['<', 0, '>', 5] }] }],
    ['exists with a text', { n: [{ exists: 'true' }] }],
    ['two wildcards in a row', { n: [{ wildcard: 'a**' }] }],
    ['an escape of nothing', { n: [{ wildcard: 'a\\b' }] }],
    ['anything-but of two types', { n: [{ 'anything-but': ['a', 1] }] }],
    ['anything-but of null', { n: [{ 'anything-but': null }] }],
    ['anything-but with an empty prefix', { n: [{ 'anything-but': { prefix: '' } }] }],
    ['$or beside the absence of a field', { a: [{ exists: false }], $or: [{ b: ['x'] }, { c: ['y'] }] }],
    ['$or of one', { $or: [{ source: ['a'] }] }],
    ['an operator as a field inside $or', { $or: [{ prefix: ['a'] }, { source: ['b'] }] }],
    ['a field both beside and inside $or', { source: ['a'], $or: [{ source: ['b'] }, { region: ['c'] }] }],
  ])('%s', (_, pattern) => {
    expect(() => validatePattern(pattern)).toThrow(Unsupported);
    expect(() => matches(pattern, alarm)).toThrow(Unsupported);
  });

  it('names the place', () => {
    expect(() => validatePattern({ detail: { ip: [{ cidr: '10.0.0.0/8' }] } })).toThrow('detail.ip: the operator cidr');
  });
});
