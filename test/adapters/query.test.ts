import { expect, test } from 'vitest';
import { positional } from '../../lambda/adapters/query.ts';

test('named parameters are numbered in the order of their first use', () => {
  expect(positional('SELECT :b, :a, :b', { a: 1, b: 'x' })).toEqual({ text: 'SELECT $1, $2, $1', values: ['x', 1] });
});

test.each([
  ["SELECT '12:30', 'it''s :a', :a", "SELECT '12:30', 'it''s :a', $1"],
  ['SELECT "odd:a", :a', 'SELECT "odd:a", $1'],
  ['SELECT :a::int, now()::date', 'SELECT $1::int, now()::date'],
  ['SELECT :a -- and not :b\n, 1', 'SELECT $1 -- and not :b\n, 1'],
])('a colon that starts no parameter is left alone: %s', (sql, text) => {
  expect(positional(sql, { a: true })).toEqual({ text, values: [true] });
});

test('a parameter without a value is an error', () => {
  expect(() => positional('SELECT :missing', {})).toThrow('The statement uses :missing, which was given no value');
  expect(() => positional('SELECT :constructor', {})).toThrow(':constructor');
});
