import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { LedgerRun } from '../domain/incident/commands.ts';
import { ALONE, client, type ItemKey, putVersion, TableName } from './table.ts';

/** The automatic runs of a service in all its playbooks, stored as one item beside the incidents. */
export interface Ledger {
  runs: LedgerRun[];
  version: number;
}

/** Another attempt has reserved a run since the ledger was read: the guardrails must be judged again. */
export class LedgerMoved extends Error {
  override name = 'LedgerMoved';
}

const Key = (service: string): ItemKey => ({ pk: `ledger/${service}`, sk: ALONE });

export async function readLedger(service: string): Promise<Ledger> {
  const { Item } = await client.send(
    new GetCommand({ TableName: TableName(), Key: Key(service), ConsistentRead: true }),
  );
  return { runs: Item?.['runs'] ?? [], version: Item?.['version'] ?? 0 };
}

/** Writes the ledger, if nobody else has written it since it was read. @throws LedgerMoved */
export async function writeLedger(service: string, runs: LedgerRun[], read: Ledger): Promise<void> {
  if (!(await putVersion({ ...Key(service), runs }, read.version)))
    throw new LedgerMoved(`the ledger of ${service} has moved on`);
}
