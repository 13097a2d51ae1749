import { ExecuteStatementCommand, type Field, RDSDataClient, type SqlParameter } from '@aws-sdk/client-rds-data';
import { noConnectionLeft } from './no-connection.ts';
import type { Parameters, Query } from './query.ts';

export interface DataApiAccess {
  /** The Aurora cluster. Statements run on its writer, for at most 45 s. */
  clusterArn: string;
  /** Secrets Manager secret with the database user's name and password; only the Data API reads it. */
  secretArn: string;
  database: string;
  client?: RDSDataClient;
}

const field = (value: Parameters[string]): Field => {
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value === 'string') return { stringValue: value };
  return Number.isInteger(value) ? { longValue: value } : { doubleValue: value };
};

const value = (field: Field, column: string): unknown => {
  if (field.isNull) return null;
  const found = field.booleanValue ?? field.longValue ?? field.doubleValue ?? field.stringValue;
  if (found === undefined)
    throw new Error(`The Data API returned column ${column} as a type this adapter does not read`);
  return found;
};

const explain = (error: unknown, { clusterArn, secretArn, database }: DataApiAccess): Error => {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  // Older endpoints say so in a BadRequestException.
  if (name === 'HttpEndpointNotEnabledException' || /HttpEndpoint is not enabled/i.test(message)) {
    return new Error(
      `The Data API (HTTP endpoint) of ${clusterArn} is off. Turn it on with "aws rds enable-http-endpoint --resource-arn ${clusterArn}", or let the function connect directly with DATABASE_ACCESS=direct`,
    );
  }
  if (name === 'SecretsErrorException' || name === 'InvalidSecretException') {
    return new Error(`The Data API of ${clusterArn} cannot use the secret ${secretArn}: ${name}`);
  }
  const noConnection = noConnectionLeft(database, message);
  if (noConnection) return noConnection;
  return new Error(`The Data API of ${clusterArn} refused a statement in database ${database}: ${name}: ${message}`);
};

const shared = new RDSDataClient({});

/** Runs statements over the RDS Data API: it needs no VPC and no connection. Rejects with an `Error` that says what to repair. */
export const dataApiQuery = (access: DataApiAccess): Query => {
  const { client = shared } = access;
  return async (sql, parameters) => {
    const response = await client
      .send(
        new ExecuteStatementCommand({
          resourceArn: access.clusterArn,
          secretArn: access.secretArn,
          database: access.database,
          sql,
          parameters: Object.entries(parameters).map(([name, value]): SqlParameter => ({ name, value: field(value) })),
          includeResultMetadata: true,
        }),
      )
      .catch(error => {
        throw explain(error, access);
      });
    const columns = (response.columnMetadata ?? []).map(({ label, name }) => label || name || '');
    return (response.records ?? []).map(record =>
      Object.fromEntries(record.map((field, index) => [columns[index] ?? '', value(field, columns[index] ?? '')])),
    );
  };
};
