import * as v from 'valibot';
import { dataApiQuery } from '../../adapters/data-api.ts';
import { withPostgres } from '../../adapters/postgres.ts';
import type { Query } from '../../adapters/query.ts';
import { killIdleConnections } from './kill.ts';
import type { KillRequest, KillResult } from './sessions.ts';

export { killIdleConnections } from './kill.ts';

const SHORTEST_IDLE = 30;
const DEFAULT_LIMIT = 100;

/** SSM Automation hands every parameter over as a string. */
const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.digits(), v.transform(Number))]),
    v.integer(),
    v.minValue(least),
    v.maxValue(most),
  );

const names = v.pipe(
  v.union([
    v.array(v.string()),
    v.pipe(
      v.string(),
      v.transform(text => text.split(',')),
    ),
  ]),
  v.transform(list => list.map(name => name.trim()).filter(name => name !== '')),
);

// Strict, because a misspelt protection would protect nothing.
const Event = v.strictObject({
  dryRun: v.union([
    v.boolean(),
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform(text => text === 'true'),
    ),
  ]),
  idleSeconds: wholeNumber(SHORTEST_IDLE),
  limit: v.optional(wholeNumber(1), DEFAULT_LIMIT),
  database: v.optional(v.string()),
  protectedUsers: v.optional(names),
  protectedApplications: v.optional(names),
});

const EVENT_FIELDS: Record<string, string> = {
  dryRun: 'true or false',
  idleSeconds: `a whole number of seconds, ${SHORTEST_IDLE} or more`,
  limit: 'a whole number of sessions, 1 or more',
  database: 'the name of a database',
  protectedUsers: 'user names, as a list or separated by commas',
  protectedApplications: 'LIKE patterns of application names, as a list or separated by commas',
};

const text = v.pipe(v.string(), v.nonEmpty());

const Environment = v.variant('DATABASE_ACCESS', [
  v.object({ DATABASE_ACCESS: v.literal('data-api'), CLUSTER_ARN: text, SECRET_ARN: text, DATABASE_NAME: text }),
  v.object({
    DATABASE_ACCESS: v.literal('direct'),
    SECRET_ARN: text,
    DATABASE_NAME: text,
    DATABASE_HOST: text,
    DATABASE_PORT: v.optional(wholeNumber(1, 65_535), 5432),
  }),
]);

const ENVIRONMENT_FIELDS: Record<string, string> = {
  DATABASE_ACCESS: '"data-api" or "direct"',
  CLUSTER_ARN: 'the ARN of an Aurora cluster',
  SECRET_ARN: 'the ARN of a Secrets Manager secret',
  DATABASE_NAME: 'the name of a database',
  DATABASE_HOST: 'a host name',
  DATABASE_PORT: 'a port, 1 to 65535',
};

const parse = <Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  fields: Record<string, string>,
  what: string,
): v.InferOutput<Schema> => {
  const parsed = v.safeParse(schema, input);
  if (parsed.success) return parsed.output;
  const complaints = parsed.issues.map(issue => {
    const key = issue.path?.[0]?.key;
    if (typeof key !== 'string') return `expected an object with ${Object.keys(fields).join(', ')}`;
    const found = JSON.stringify(Object(input)[key]) ?? 'nothing';
    return fields[key]
      ? `${key}: expected ${fields[key]}, got ${found}`
      : `${key}: unknown, known are ${Object.keys(fields).join(', ')}`;
  });
  throw new Error(`${what}: ${[...new Set(complaints)].join('; ')}`);
};

/** Fills in defaults. Throws an `Error` that names each wrong field, its value and what was expected. */
export const parseEvent = (event: unknown): KillRequest => {
  const request = parse(Event, event, EVENT_FIELDS, 'Invalid kill-idle-connections event');
  return { ...request, database: request.database || undefined };
};

const withDatabase = async <T>(use: (query: Query) => Promise<T>): Promise<T> => {
  const environment = parse(
    Environment,
    process.env,
    ENVIRONMENT_FIELDS,
    'Invalid environment of kill-idle-connections',
  );
  const { SECRET_ARN: secretArn, DATABASE_NAME: database } = environment;
  if (environment.DATABASE_ACCESS === 'data-api') {
    return use(dataApiQuery({ clusterArn: environment.CLUSTER_ARN, secretArn, database }));
  }
  const { DATABASE_HOST: host, DATABASE_PORT: port } = environment;
  return withPostgres({ host, port, secretArn, database }, use);
};

/**
 * Terminates idle database sessions, oldest first, or lists them in a dry run.
 *
 * Event: `dryRun`, `idleSeconds` (30 or more), `limit` (default 100), `database` (default all), `protectedUsers`,
 * `protectedApplications`; strings are accepted for each. Fails on an invalid event before it opens a connection.
 */
export const handler = async (event: unknown): Promise<KillResult> => {
  const request = parseEvent(event);
  const result = await withDatabase(query => killIdleConnections(query, request));
  console.info(result.message);
  return result;
};
