import * as v from 'valibot';
import type { Query } from '../../adapters/query.ts';
import { done, failed, unchanged, type Verdict } from '../../domain/remedies/verdict.ts';

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

/** Makes sure before a raise that it would not lower what the writer allows, by whatever parameter group or formula. */
export async function requireLess(query: Query, wanted: number): Promise<Verdict> {
  const [{ max_connections: maximum }] = v.parse(Rows, await query(ASK_MAXIMUM, {}));
  if (maximum >= wanted) return unchanged(`the writer allows ${maximum} connections already, no fewer than ${wanted}`);
  return { ...done(), report: [`The writer allows ${maximum} connections now.`] };
}
