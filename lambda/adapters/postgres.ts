import type { ConnectionOptions } from 'node:tls';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import pg from 'pg';
import { noConnectionLeft } from './no-connection.ts';
import { positional, type Query } from './query.ts';

export interface DirectAccess {
  host: string;
  port: number;
  database: string;
  /** Secrets Manager secret in the shape RDS writes: `{"username": …, "password": …}`. */
  secretArn: string;
  /**
   * Default: the server must present a certificate that Node trusts for `host`. Certificates of RDS are signed by
   * Amazon's own authorities, which Node trusts only when the function is started with
   * `NODE_EXTRA_CA_CERTS=/var/runtime/ca-cert.pem`, a file every managed runtime carries. `false` is for a database on this machine.
   */
  ssl?: ConnectionOptions | false;
  /** Milliseconds, default 5000. */
  connectTimeout?: number;
  /** Milliseconds for one statement, default 20000. */
  statementTimeout?: number;
  secrets?: SecretsManagerClient;
}

const CLOSE_TIMEOUT = 2_000;

const message = (error: unknown) => (error instanceof Error ? error.message || error.name : String(error));

// In a VPC without a route to Secrets Manager the call hangs: it must end before the function does, and say why.
const secretsClient = () =>
  new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });

const readCredentials = async (secretArn: string, secrets: SecretsManagerClient) => {
  const response = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn })).catch(error => {
    const { name, code } = Object(error) as { name?: string; code?: string };
    throw new Error(
      `Cannot read the database secret ${secretArn}: ${code ?? name}. The function needs secretsmanager:GetSecretValue on it and, inside a VPC, a route to Secrets Manager`,
    );
  });
  let secret: unknown;
  try {
    secret = JSON.parse(response.SecretString ?? '');
  } catch {
    // The parser's own message quotes what it read.
    throw new Error(`The database secret ${secretArn} is not JSON with a username and a password`);
  }
  const { username, password } = Object(secret) as { username?: unknown; password?: unknown };
  if (typeof username !== 'string' || typeof password !== 'string' || !username || !password) {
    throw new Error(`The database secret ${secretArn} lacks a username or a password`);
  }
  return { username, password };
};

const isCertificateError = (error: unknown) =>
  error instanceof Error && 'code' in error && /CERT|SIGNATURE|ISSUER/.test(String(error.code));

const close = async (client: pg.Client) => {
  let timer: NodeJS.Timeout | undefined;
  const given = new Promise(resolve => {
    timer = setTimeout(resolve, CLOSE_TIMEOUT);
  });
  await Promise.race([client.end().catch(() => undefined), given]);
  clearTimeout(timer);
  client.connection.stream.destroy();
};

/**
 * Runs `use` on one connection to PostgreSQL and closes it, whatever happens. The connection is encrypted, the
 * server's certificate is verified, and there is no fallback to either. Rejects with the error of `use`, or with an
 * `Error` that names host, database and cause, and never the password.
 */
export const withPostgres = async <T>(access: DirectAccess, use: (query: Query) => Promise<T>): Promise<T> => {
  const { host, port, database, statementTimeout = 20_000 } = access;
  const { username, password } = await readCredentials(access.secretArn, access.secrets ?? secretsClient());
  const safe = (error: unknown) => message(error).replaceAll(password, '***');
  const client = new pg.Client({
    host,
    port,
    database,
    user: username,
    password,
    ssl: access.ssl === false ? false : { rejectUnauthorized: true, ...access.ssl },
    application_name: 'incident-response',
    connectionTimeoutMillis: access.connectTimeout ?? 5_000,
    statement_timeout: statementTimeout,
    // A server that hangs does not enforce its own statement_timeout.
    query_timeout: statementTimeout + 1_000,
  });
  // A connection lost between statements emits `error`, which ends the process without a listener. The next statement rejects
  // anyway.
  client.on('error', () => undefined);

  const query: Query = async (sql, parameters) => {
    const { text, values } = positional(sql, parameters);
    try {
      return (await client.query<Record<string, unknown>>(text, values)).rows;
    } catch (error) {
      throw new Error(`The database ${database} at ${host}:${port} refused a statement: ${safe(error)}`);
    }
  };

  try {
    await client.connect().catch(error => {
      const noConnection = noConnectionLeft(database, `${Object(error).code}: ${message(error)}`);
      if (noConnection) throw noConnection;
      const hint = isCertificateError(error)
        ? '. Set NODE_EXTRA_CA_CERTS=/var/runtime/ca-cert.pem on the function to trust the certificate authorities of RDS'
        : '';
      throw new Error(`Cannot connect to the database ${database} at ${host}:${port}: ${safe(error)}${hint}`);
    });
    return await use(query);
  } finally {
    await close(client);
  }
};
