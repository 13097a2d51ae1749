import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';
import { memoryTable } from './memory-table.ts';
import type { Table } from './responder.ts';

/** What an act costs at the table. A snapshot counts apart. */
export interface Cost {
  writeUnits: number;
  /** Bytes that were read. */
  read: number;
  calls: number;
  snapshots: number;
}

export interface MeasuredTable {
  readonly largestItemBytes: number;
  /** Runs an act, and gives what it cost. */
  costOf(act: () => Promise<unknown>): Promise<Cost>;
  /** From now on a process of that name asks: processes share nothing but the table. */
  as(process: string): void;
}

/** Puts a table in memory in place, which tells what an act costs. */
export async function measuredTable(table: Table): Promise<MeasuredTable> {
  const memory = await memoryTable('measured');
  const cost: Cost = { writeUnits: 0, read: 0, calls: 0, snapshots: 0 };
  const as = (process: string) => vi.stubEnv('INCIDENTS_TABLE', `measured ${process}`);
  table.send = async command => {
    command.input.TableName = 'measured';
    const before = memory.writeUnits;
    const answer = await memory.send(command);
    cost.calls++;
    if (command instanceof GetCommand || command instanceof QueryCommand)
      cost.read += Buffer.byteLength(JSON.stringify(answer));
    if ('Item' in command.input && String(command.input.Item?.['pk']).startsWith('snapshot/')) cost.snapshots++;
    else cost.writeUnits += memory.writeUnits - before;
    return answer;
  };
  as('first');
  return {
    as,
    get largestItemBytes() {
      return memory.largestItemBytes;
    },
    async costOf(act) {
      Object.assign(cost, { writeUnits: 0, read: 0, calls: 0, snapshots: 0 });
      await act();
      return { ...cost };
    },
  };
}
