import { expect, test } from 'vitest';
import type { AlarmState } from '../../src/engine/alarm.ts';
import { parseAlarmRule } from '../../src/engine/alarm-rule.ts';

const STATES: Record<string, AlarmState> = {
  red: 'ALARM',
  'red too': 'ALARM',
  green: 'OK',
  blind: 'INSUFFICIENT_DATA',
};
const ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:red';

// The forms of "Create a composite alarm" in the CloudWatch guide.
test.each([
  ['ALARM(red)', true],
  ['ALARM("red too")', true],
  [`ALARM("${ARN}") AND OK(green)`, true],
  ['ALARM(green) OR INSUFFICIENT_DATA(blind)', true],
  ['ALARM(red) AND NOT ALARM(green)', true],
  ['NOT ALARM(red)', false],
  ['NOT (ALARM(green) OR OK(red))', true],
  ['(ALARM(red) OR ALARM(green)) AND OK(blind)', false],
  ['ALARM(red) OR ALARM(green) AND OK(blind)', true],
  ['NOT ALARM(red) OR ALARM(red)', true],
  ['TRUE', true],
  ['FALSE OR\n ALARM( "gone" )', false],
])('%s is %s', (rule, holds) => {
  expect(parseAlarmRule(rule).holds(name => STATES[name])).toBe(holds);
});

test('an alarm is watched once, by its name', () => {
  expect(parseAlarmRule(`ALARM("${ARN}") OR (OK(red) AND ALARM("green"))`).alarms).toEqual(['red', 'green']);
});

test.each([
  '',
  'ALARM(red',
  'ALARM(red) ALARM(green)',
  'ALARM(red) AND',
  '(ALARM(red)',
  'ALARM(red))',
  'alarm(red)',
  'AT_LEAST(1, ALARM, (red, green))',
])('%j is refused', rule => {
  expect(() => parseAlarmRule(rule)).toThrow('AlarmRule');
});
