import * as v from 'valibot';
import type { Query } from '../../adapters/query.ts';
import { done, failed, type Verdict } from '../../domain/remedies/verdict.ts';

export const ASK_MAXIMUM = "SELECT CAST(current_setting('max_connections') AS integer) AS max_connections";

const Rows = v.tuple([v.object({ max_connections: v.number() })]);

/** Asks the writer itself for the connections that it allows: only it knows which of its parameter groups has won. */
export async function requireMaximum(query: Query, expected: number): Promise<Verdict> {
  const [{ max_connections: maximum }] = v.parse(Rows, await query(ASK_MAXIMUM, {}));
  if (maximum >= expected) return done();
  return failed(
    `the writer allows ${maximum} connections after its reboot, not ${expected}: see its own parameter group`,
  );
}
