import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ERROR_WORDS } from '../domain/diagnosis/error-lines.ts';

const client = new CloudWatchLogsClient({});

/** Error lines of a log group; `complete` is false when there are more. */
export interface ErrorLines {
  lines: string[];
  complete: boolean;
}

/** Reads error lines of a log group since a time: at most `limit` lines, for at most `seconds`. */
export async function readErrorLines(
  logGroupName: string,
  since: Date,
  { limit, seconds }: { limit: number; seconds: number },
): Promise<ErrorLines> {
  const until = performance.now() + seconds * 1000;
  const lines: string[] = [];
  let nextToken: string | undefined;
  do {
    const { events = [], ...page } = await client.send(
      new FilterLogEventsCommand({
        ...{ logGroupName, startTime: since.getTime(), filterPattern: ERROR_WORDS, nextToken },
        limit: Math.min(limit - lines.length, 10_000),
      }),
    );
    lines.push(...events.flatMap(({ message }) => message ?? []));
    nextToken = page.nextToken;
  } while (nextToken && lines.length < limit && performance.now() < until);
  return { lines, complete: nextToken === undefined };
}
