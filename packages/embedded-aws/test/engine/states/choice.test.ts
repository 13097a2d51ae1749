import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/engine/json-path.ts';
import { agrees, choose, run } from './run.ts';

describe('Choice, as an independent implementation has it', () => {
  const at = (time: string) => `2026-01-01T0${time}:00:00Z`;
  it.each<[object, Json, boolean]>([
    [{ Variable: '$.v', StringEquals: 'a' }, 'a', true],
    [{ Variable: '$.v', StringEquals: 'a' }, 5, false],
    [{ Variable: '$.v', StringLessThan: 'b' }, 'a', true],
    [{ Variable: '$.v', StringGreaterThan: 'b' }, 'a', false],
    [{ Variable: '$.v', StringLessThanEquals: 'a' }, 'a', true],
    [{ Variable: '$.v', StringGreaterThanEquals: 'a' }, 'b', true],
    [{ Variable: '$.v', StringMatches: 'log-*.txt' }, 'log-2026.txt', true],
    [{ Variable: '$.v', StringMatches: 'log-*.txt' }, 'log-2026.text', false],
    [{ Variable: '$.v', StringMatches: '*' }, '', true],
    [{ Variable: '$.v', StringMatches: 'a.b' }, 'axb', false],
    [{ Variable: '$.v', NumericEquals: 5 }, 5, true],
    [{ Variable: '$.v', NumericEquals: 5 }, '5', false],
    [{ Variable: '$.v', NumericLessThan: 5 }, 4, true],
    [{ Variable: '$.v', NumericGreaterThan: 5 }, 5, false],
    [{ Variable: '$.v', NumericLessThanEquals: 5 }, 5, true],
    [{ Variable: '$.v', NumericGreaterThanEquals: 5 }, 6, true],
    [{ Variable: '$.v', BooleanEquals: false }, false, true],
    [{ Variable: '$.v', BooleanEquals: true }, 'true', false],
    [{ Variable: '$.v', TimestampEquals: at('2') }, '2026-01-01T03:00:00+01:00', true],
    [{ Variable: '$.v', TimestampLessThan: at('2') }, at('1'), true],
    [{ Variable: '$.v', TimestampGreaterThan: at('2') }, at('1'), false],
    [{ Variable: '$.v', TimestampLessThanEquals: at('2') }, at('2'), true],
    [{ Variable: '$.v', TimestampGreaterThanEquals: at('2') }, at('3'), true],
    [{ Variable: '$.v', IsNull: true }, null, true],
    [{ Variable: '$.v', IsNull: false }, null, false],
    [{ Variable: '$.v', IsNumeric: true }, 0, true],
    [{ Variable: '$.v', IsString: true }, '', true],
    [{ Variable: '$.v', IsBoolean: true }, 0, false],
    [{ Variable: '$.v', IsTimestamp: true }, at('1'), true],
    [{ Variable: '$.v', IsTimestamp: true }, 'tomorrow', false],
    [{ Variable: '$.v', IsPresent: true }, null, true],
    [{ Variable: '$.w', IsPresent: true }, 1, false],
    [{ Variable: '$.v', StringEqualsPath: '$.other' }, 'b', true],
    [{ Variable: '$.v', NumericLessThanPath: '$.limit' }, 9, true],
    [{ Variable: '$.v', NumericGreaterThanEqualsPath: '$.limit' }, 9, false],
    [{ Variable: '$.v', BooleanEqualsPath: '$.flag' }, true, true],
    [{ Variable: '$.v', TimestampLessThanPath: '$.time' }, at('1'), true],
    [{ Variable: '$$.Execution.Name', StringEquals: 'run-1' }, 1, true],
    [{ Not: { Variable: '$.v', StringEquals: 'a' } }, 'b', true],
    [
      {
        And: [
          { Variable: '$.v', IsPresent: true },
          { Variable: '$.v', NumericGreaterThan: 1 },
        ],
      },
      2,
      true,
    ],
    [
      {
        And: [
          { Variable: '$.w', IsPresent: true },
          { Variable: '$.w', NumericGreaterThan: 1 },
        ],
      },
      2,
      false,
    ],
    [{ Or: [{ Variable: '$.v', NumericEquals: 1 }, { Not: { Variable: '$.v', NumericEquals: 3 } }] }, 2, true],
    [
      {
        Or: [
          { Variable: '$.v', NumericEquals: 1 },
          { Variable: '$.v', NumericEquals: 3 },
        ],
      },
      2,
      false,
    ],
  ])('%j of %j is %s', async (rule, v, expected) => {
    const input = { v, other: 'b', limit: 10, flag: true, time: at('2') };
    expect(await agrees(choose(rule), input)).toBe(expected ? 'to0' : 'none');
  });

  it('knows the absence of a field', () => {
    const where = (input: Json) => run(choose({ Variable: '$.w', IsPresent: false }), input).outcome;
    expect(where({})).toMatchObject({ output: 'to0' });
    expect(where({ w: null })).toMatchObject({ output: 'none' });
  });

  it('takes an escaped asterisk for an asterisk', () => {
    const where = (v: string) => run(choose({ Variable: '$.v', StringMatches: 'a\\*b' }), { v }).outcome;
    expect(where('a*b')).toMatchObject({ output: 'to0' });
    expect(where('axb')).toMatchObject({ output: 'none' });
  });

  it('fails when a variable is not there, and when nothing matches', () => {
    expect(run(choose({ Variable: '$.nope', StringEquals: 'a' }), {}).outcome).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
    });
    const { A, ...others } = choose({ Variable: '$.v', StringEquals: 'a' }).States;
    const { Default: _, ...strict } = A as { Default: string };
    const { none: __, ...rest } = others as Record<string, object>;
    expect(run({ StartAt: 'A', States: { A: strict, ...rest } }, { v: 1 }).outcome).toMatchObject({
      status: 'FAILED',
      error: 'States.NoChoiceMatched',
    });
  });
});
