import * as v from 'valibot';
import { withDatabase } from '../../adapters/database.ts';
import { ASK_WRITER, judgeWriter, WriterRow, type WriterState } from '../../domain/diagnosis/writer.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { inTime } from '../../runtime/in-time.ts';

/** Seconds after which the database counts as silent; the callers have no more time. */
const TIMEOUT_SECONDS = 8;

/**
 * Asks the writer, over the cluster's writer endpoint, if it accepts writes. A database that does not answer is an answer too,
 * but proves nothing: the network to it may be closed.
 */
export const handler = entrypoint(v.unknown(), async (): Promise<WriterState> => {
  try {
    const [row] = await inTime(
      TIMEOUT_SECONDS,
      withDatabase(query => query(ASK_WRITER, {})),
    );
    return judgeWriter(v.parse(WriterRow, row));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error({ message: `the database did not answer: ${reason}` });
    return { answered: false, reason };
  }
});
