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
  /** Runs an act, and gives what it cost and its result. */
  measure<Result>(act: () => Promise<Result>): Promise<[Cost, Result]>;
  /** What an act costs. */
  costOf(act: () => Promise<unknown>): Promise<Cost>;
  /** From now on a process of that name asks: processes share nothing but the table. */
  as(process: string): void;
}

/** Puts a table of its own in place, which tells what an act costs. */
export async function measuredTable(table: Table, create = () => memoryTable('measured')): Promise<MeasuredTable> {
  const memory = await create();
  const cost: Cost = { writeUnits: 0, read: 0, calls: 0, snapshots: 0 };
  const as = (process: string) => vi.stubEnv('INCIDENTS_TABLE', `measured ${process}`);
  table.send = async command => {
    command.input.TableName = 'measured';
    const before = memory.writeUnits;
    const answer = await memory.send(command);
    if (command instanceof GetCommand || command instanceof QueryCommand)
      cost.read += Buffer.byteLength(JSON.stringify(answer));
    const isSnapshot = 'Item' in command.input && String(command.input.Item?.['pk']).startsWith('snapshot/');
    if (isSnapshot) cost.snapshots++;
    else {
      cost.calls++;
      cost.writeUnits += memory.writeUnits - before;
    }
    return answer;
  };
  as('first');
  const measure = async <Result>(act: () => Promise<Result>): Promise<[Cost, Result]> => {
    Object.assign(cost, { writeUnits: 0, read: 0, calls: 0, snapshots: 0 });
    const result = await act();
    return [{ ...cost }, result];
  };
  return {
    as,
    get largestItemBytes() {
      return memory.largestItemBytes;
    },
    measure,
    costOf: async act => (await measure(act))[0],
  };
}
