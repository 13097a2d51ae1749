import { describe, expect, it } from 'vitest';
import { load } from '../../../src/engine/states/state-machine.ts';
import { Unsupported } from '../../../src/unsupported.ts';
import { choose, invoke, pass, single, task } from './run.ts';

describe('refusals at load', () => {
  it.each<[string, unknown, string]>([
    ['JSONata', { QueryLanguage: 'JSONata', ...single(pass()) }, 'QueryLanguage JSONata'],
    ['JSONata of a state', single(pass({ QueryLanguage: 'JSONata' })), 'QueryLanguage'],
    ['variables', single(pass({ Assign: { a: 1 } })), 'the field Assign'],
    ['Parallel', single({ Type: 'Parallel', Branches: [], End: true }), 'Parallel'],
    ['Map', single({ Type: 'Map', End: true }), 'Map'],
    ['an activity', single(task({ Resource: 'arn:aws:states:us-east-1:123456789012:activity:x' })), 'activity'],
    ['.sync', single(task({ Resource: 'arn:aws:states:::states:startExecution.sync:2' })), '.sync'],
    ['a task token', single(task({ Resource: `${invoke}.waitForTaskToken` })), 'waitForTaskToken'],
    ['a resource that is no ARN', single(task({ Resource: 'lambda' })), 'A.Resource'],
    ['a heartbeat', single(task({ HeartbeatSeconds: 5 })), 'HeartbeatSeconds'],
    ['an unknown field', single(pass({ Resutl: 1 })), 'Resutl'],
    ['ResultSelector of a Pass', single(pass({ ResultSelector: {} })), 'ResultSelector'],
    ['no way on', single({ Type: 'Pass' }), 'A.Next'],
    ['two ways on', single({ Type: 'Pass', Next: 'A', End: true }), 'A'],
    ['a target that is not there', single({ Type: 'Pass', Next: 'B' }), 'there is no state "B"'],
    ['a start that is not there', { StartAt: 'B', States: { A: pass() } }, 'there is no state "B"'],
    ['a catcher into nowhere', single(task({ Catch: [{ ErrorEquals: ['E'], Next: 'B' }] })), 'there is no state "B"'],
    ['a state that nothing reaches', single(pass(), { B: pass() }), 'B: the state cannot be reached'],
    ['jitter', single(task({ Retry: [{ ErrorEquals: ['E'], JitterStrategy: 'FULL' }] })), 'JitterStrategy'],
    ['States.ALL in company', single(task({ Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] })), 'alone and last'],
    [
      'States.ALL before others',
      single(task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['E'] }] })),
      'alone and last',
    ],
    ['States.UUID', single(pass({ Parameters: { 'a.$': 'States.UUID()' } })), 'States.UUID'],
    ['States.MathRandom', single(pass({ Parameters: { 'a.$': 'States.MathRandom(1, 2)' } })), 'States.MathRandom'],
    ['text after a function', single(pass({ Parameters: { 'a.$': 'States.Array(1) + 1' } })), 'after an intrinsic'],
    [
      'a format short of arguments',
      single(pass({ Parameters: { 'a.$': "States.Format('{} {}', 1)" } })),
      'differ in number',
    ],
    ['a dynamic key without path', single(pass({ Parameters: { 'a.$': 5 } })), 'A.Parameters.a.$'],
    ['a filter', single(pass({ InputPath: '$.list[?(@.a > 1)]' })), 'A.InputPath'],
    ['a slice', single(pass({ InputPath: '$.list[0:2]' })), 'A.InputPath'],
    ['an indefinite ResultPath', single(pass({ ResultPath: '$.a[*]' })), 'reference path'],
    ['no choices', single({ Type: 'Choice', Choices: [] }), 'without choices'],
    ['an unknown operator', choose({ Variable: '$.v', StringContains: 'a' }), 'StringContains'],
    ['two operators', choose({ Variable: '$.v', IsString: true, StringEquals: 'a' }), 'one operator'],
    ['an operand of another type', choose({ Variable: '$.v', NumericEquals: '5' }), 'NumericEquals'],
    ['a timestamp that is none', choose({ Variable: '$.v', TimestampEquals: '2026-01-01' }), 'TimestampEquals'],
    ['two durations', single({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true }), 'one of'],
    ['a part of a second', single({ Type: 'Wait', Seconds: 0.5, End: true }), 'A.Seconds'],
    ['nothing', undefined, 'definition'],
  ])('%s', (_, definition, message) => {
    expect(() => load(definition)).toThrow(Unsupported);
    expect(() => load(definition)).toThrow(message);
  });
});
