import { describe, test, vi } from 'vitest';
import { holdToItsProperty } from '../support/interleavings.ts';
import { type TableKind, useResponder } from '../support/responder.ts';

vi.mock(import('node:timers/promises'), async original => {
  const { pause } = await import('../support/turns.ts');
  return { ...(await original()), setTimeout: pause as never };
});
vi.mock(import('../../lambda/store/table.ts'), async original => {
  const { tableName: TableName } = await import('../support/turns.ts');
  return { ...(await original()), TableName };
});
/** Snapshots are as frequent as a short story can make them. */
vi.mock(import('../../lambda/store/snapshots.ts'), async original => ({
  ...(await original()),
  COMMITS_APART: 3 as 50,
}));

describe.each<[TableKind, number]>([
  ['memory', 60],
  ['dynalite', 4],
])('on a table in %s', (kind, numRuns) => {
  const table = useResponder({}, kind);

  test('the fold of what is stored is what was committed, however writers meet, fail and repeat themselves', () =>
    holdToItsProperty(table, numRuns));
});
