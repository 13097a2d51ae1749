import * as v from 'valibot';
import { dataApiQuery } from '../../adapters/data-api.ts';
import { withPostgres } from '../../adapters/postgres.ts';
import type { Query } from '../../adapters/query.ts';
import { entrypoint } from '../entrypoint.ts';
import { killIdleConnections } from './kill.ts';

const SHORTEST_IDLE = 30;
const DEFAULT_LIMIT = 100;

/** SSM Automation hands every parameter over as a string. */
const atLeast = (least: number, expected: string) =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.digits(), v.transform(Number))], expected),
    v.integer(expected),
    v.minValue(least, expected),
    v.maxValue(Number.MAX_SAFE_INTEGER, expected),
  );

const flag = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])], 'true or false'),
  v.transform(value => value === true || value === 'true'),
);

const names = (expected: string) =>
  v.pipe(
    v.union([v.array(v.string()), v.string()], expected),
    v.transform(given => (typeof given === 'string' ? given.split(',') : given)),
    v.transform(list => list.map(name => name.trim()).filter(name => name !== '')),
  );

/**
 * What the runbook asks for; strings are accepted for each. `limit` is 100 by default, `database` all of them. Strict,
 * because a misspelt protection would protect nothing.
 */
export const KillEvent = v.strictObject({
  dryRun: flag,
  idleSeconds: atLeast(SHORTEST_IDLE, `a whole number of seconds, ${SHORTEST_IDLE} or more`),
  limit: v.optional(atLeast(1, 'a whole number of sessions, 1 or more'), DEFAULT_LIMIT),
  database: v.optional(
    v.pipe(
      v.string('the name of a database'),
      v.transform(name => name || undefined),
    ),
  ),
  protectedUsers: v.optional(names('user names, as a list or separated by commas')),
  protectedApplications: v.optional(names('LIKE patterns of application names, as a list or separated by commas')),
});

/** Terminates idle database sessions, the longest idle first, or lists them in a dry run. */
export const handler = entrypoint(KillEvent, async request => {
  const result = await withDatabase(query => killIdleConnections(query, request));
  console.info(result.message);
  return result;
});

function withDatabase<T>(use: (query: Query) => Promise<T>): Promise<T> {
  const { env } = process;
  const [secretArn, database] = [env['SECRET_ARN'] ?? '', env['DATABASE_NAME'] ?? ''];
  if (env['DATABASE_ACCESS'] === 'data-api') {
    return use(dataApiQuery({ clusterArn: env['CLUSTER_ARN'] ?? '', secretArn, database }));
  }
  return withPostgres(
    { host: env['DATABASE_HOST'] ?? '', port: Number(env['DATABASE_PORT']), secretArn, database },
    use,
  );
}
