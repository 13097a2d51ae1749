import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withPostgres } from '../../lambda/adapters/postgres.ts';
import { killIdleConnections } from '../../lambda/runbooks/kill-idle-connections/kill.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:database-AbCdEf';
const [MAXIMUM, RESERVED, OF_SUPERUSERS] = [8, 2, 1];

let server: PostgresServer;
let admin: pg.Client;
const taken: pg.Client[] = [];

/** A full database of the responder's two kinds of users: as docs/idle-sessions.md creates one, and without what is reserved. */
beforeAll(async () => {
  server = await startPostgres({
    max_connections: String(MAXIMUM),
    reserved_connections: String(RESERVED),
    superuser_reserved_connections: String(OF_SUPERUSERS),
  });
  admin = await server.connect();
  await admin.query(`
    CREATE ROLE app LOGIN PASSWORD 'x';
    CREATE ROLE responder LOGIN PASSWORD 'x';
    CREATE ROLE poor LOGIN PASSWORD 'x';
    GRANT pg_signal_backend, pg_read_all_stats TO responder, poor;
    GRANT pg_use_reserved_connections TO responder`);
  // The superuser's own connection counts.
  for (let i = 1; i < MAXIMUM - RESERVED - OF_SUPERUSERS; i++) {
    const client = await server.connect({ user: 'app', password: 'x' });
    client.on('error', () => undefined);
    taken.push(client);
  }
});
afterAll(async () => {
  await admin.end();
  await server.stop();
});

const as = (username: string) => {
  mockClient(SecretsManagerClient)
    .on(GetSecretValueCommand)
    .resolves({ SecretString: JSON.stringify({ username, password: 'x' }) });
  const { port } = server;
  const secrets = new SecretsManagerClient({ region: 'eu-west-1' });
  return { host: 'localhost', port, database: 'postgres', secretArn, ssl: false, secrets } as const;
};

const kill = (username: string) =>
  withPostgres(as(username), query =>
    killIdleConnections(query, {
      ...{ dryRun: false, idleSeconds: 0, idleInTransactionSeconds: 0, limit: 100 },
      protect: { users: [], applications: [], addresses: [], statements: [] },
    }),
  );

test('without a reserved connection the responder cannot connect, and says what to do', async () => {
  await expect(kill('poor')).rejects.toThrow(
    /^no connection was free for the responder in the database postgres\. End sessions as a member of rds_superuser.*grant .* pg_use_reserved_connections and set reserved_connections/,
  );
});

test('with one it ends the idle sessions, and tells of a superuser’s, which it may not', async () => {
  const { verdict, ended, spared } = await kill('responder');
  expect({ verdict, ended }).toEqual({ verdict: 'done', ended: taken.length });
  expect(spared).toMatchObject([{ reason: 'database service', sessions: 1 }]);
});
