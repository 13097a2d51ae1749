import { describe, test, vi } from 'vitest';
import { holdToItsProperty } from '../support/interleavings.ts';
import { useResponder, useServer } from '../support/responder.ts';
import { tableContract } from '../support/table-contract.ts';
import { startEmulator } from './emulator.ts';

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

/** The store on an emulator of AWS that shares no code with dynalite. */
describe('in the emulator', () => {
  const table = useResponder({}, startEmulator);

  test('the fold of what is stored is what was committed, however writers meet, fail and repeat themselves', () =>
    holdToItsProperty(table, 4));
});

describe('in the emulator', () => tableContract(useServer(startEmulator)));
