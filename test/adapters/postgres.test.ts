import { createServer, type Server } from 'node:net';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DirectAccess, withPostgres } from '../../lambda/adapters/postgres.ts';
import { selfSigned } from '../support/certificate.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';

let server: PostgresServer;
let certificate: string;

beforeAll(async () => {
  const issued = await selfSigned('localhost');
  certificate = issued.certificate;
  // Paths are relative to the data directory.
  const tls = { ssl: 'on', ssl_cert_file: '../certificate.pem', ssl_key_file: '../key.pem' };
  server = await startPostgres(tls, { 'certificate.pem': certificate, 'key.pem': issued.key });
});
afterAll(() => server?.stop());

const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:database';

const access = (values: Partial<DirectAccess> = {}, secret?: string): DirectAccess => {
  mockClient(SecretsManagerClient)
    .on(GetSecretValueCommand, { SecretId: secretArn })
    .resolves({ SecretString: secret ?? JSON.stringify({ username: server.superuser, password: server.password }) });
  return {
    host: 'localhost',
    port: server.port,
    database: 'postgres',
    secretArn,
    ssl: false,
    secrets: new SecretsManagerClient({ region: 'eu-west-1' }),
    ...values,
  };
};

/** The same by the default, which encrypts. */
const encrypted = (values: Partial<DirectAccess> = {}): DirectAccess => {
  const { ssl: _, ...rest } = access(values);
  return rest;
};

const failure = async (access: DirectAccess): Promise<string> => {
  const error: unknown = await withPostgres(access, async () => 'connected').then(
    () => undefined,
    error => error,
  );
  if (!(error instanceof Error)) throw new Error('It connected');
  expect(error.cause).toBeUndefined();
  return error.message;
};

const openSessions = async () => {
  const client = await server.connect();
  const { rows } = await client.query(
    "SELECT CAST(count(*) AS integer) AS n FROM pg_stat_activity WHERE application_name = 'incident-response'",
  );
  await client.end();
  return rows[0].n;
};

test('the client runs statements with named parameters on one connection and closes it', async () => {
  const sql = 'SELECT CAST(:a AS integer) + 1 AS n, CAST(:b AS boolean) AS b, :c::text AS c, pg_backend_pid() AS pid';
  const rows = await withPostgres(access(), async query => [
    ...(await query(sql, { a: 1, b: true, c: ':x' })),
    ...(await query(sql, { a: 2, b: false, c: '' })),
  ]);
  expect(rows).toMatchObject([
    { n: 2, b: true, c: ':x' },
    { n: 3, b: false, c: '' },
  ]);
  expect(rows[0]?.['pid']).toBe(rows[1]?.['pid']);
  await expect.poll(openSessions).toBe(0);
});

test('the client closes the connection when the work fails', async () => {
  const work = withPostgres(access(), async () => {
    throw new Error('no luck');
  });
  await expect(work).rejects.toThrow('no luck');
  await expect.poll(openSessions).toBe(0);
});

test('a statement is cancelled at its time limit', async () => {
  const work = withPostgres(access({ statementTimeout: 50 }), query => query('SELECT pg_sleep(3600)', {}));
  await expect(work).rejects.toThrow('statement timeout');
});

test('a session terminated between two statements causes an error, not a crash', async () => {
  const work = withPostgres(access(), async query => {
    const [own] = await query('SELECT pg_backend_pid() AS pid', {});
    const client = await server.connect();
    await client.query('SELECT pg_terminate_backend($1)', [own?.['pid']]);
    await client.end();
    await expect.poll(openSessions).toBe(0);
    return query('SELECT 1', {});
  });
  await expect(work).rejects.toThrow('The database postgres at localhost:');
});

describe('a database secret', () => {
  test.each([
    ['hunter2', 'is not JSON'],
    ['{"username": "app", "password": hunter2}', 'is not JSON'],
    ['{"username": "app"}', 'lacks a username or a password'],
    ['{"username": 1, "password": "hunter2"}', 'lacks a username or a password'],
    ['null', 'lacks a username or a password'],
  ])('that reads %s is reported by name, and its text is not shown', async (secret, complaint) => {
    const message = await failure(access({}, secret));
    expect(message).toContain(`The database secret ${secretArn} ${complaint}`);
    expect(message).not.toContain('hunter2');
  });

  test('that cannot be read is reported by name, with the reason', async () => {
    const options = access();
    const denied = Object.assign(new Error('User: arn:aws:sts::… is not authorized'), {
      name: 'AccessDeniedException',
    });
    mockClient(SecretsManagerClient).on(GetSecretValueCommand).rejects(denied);
    expect(await failure(options)).toContain(`Cannot read the database secret ${secretArn}: AccessDeniedException`);
  });

  test('with a wrong password is not shown in the error', async () => {
    const message = await failure(access({}, JSON.stringify({ username: server.superuser, password: 'hunter2' })));
    expect(message).toContain('password authentication failed');
    expect(message).not.toContain('hunter2');
  });

  test('is masked in the error when the server quotes it', async () => {
    const sql = `SELECT CAST('${server.password}' AS integer)`;
    const work = withPostgres(access(), query => query(sql, {}));
    await expect(work).rejects.toThrow('invalid input syntax for type integer: "***"');
  });
});

describe('the connection to PostgreSQL', () => {
  test('is given up when the server does not answer', async () => {
    const silent = await new Promise<Server>(resolve => {
      const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
    });
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const message = await failure(access({ host: '127.0.0.1', port, connectTimeout: 100 }));
    expect(message).toMatch(/^Cannot connect to the database postgres at 127\.0\.0\.1:\d+: .*timeout/i);
    silent.close();
  });

  test('is never made without encryption, unless the configuration asks for that', async () => {
    const plain = await startPostgres();
    const message = await failure(encrypted({ port: plain.port }));
    await plain.stop();
    expect(message).toContain('The server does not support SSL connections');
  });

  test('is refused when the certificate is not trusted', async () => {
    const message = await failure(encrypted());
    expect(message).toMatch(/self-signed certificate.*NODE_EXTRA_CA_CERTS=\/var\/runtime\/ca-cert\.pem/);
    expect(await openSessions()).toBe(0);
  });

  test('is encrypted when the certificate is trusted', async () => {
    const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    const rows = await withPostgres(access({ ssl: { ca: certificate } }), query => query(sql, {}));
    expect(rows).toEqual([{ ssl: true }]);
  });

  test('is refused when the certificate is for another host', async () => {
    const message = await failure(access({ host: '127.0.0.1', ssl: { ca: certificate } }));
    expect(message).toContain("does not match certificate's altnames");
  });
});
