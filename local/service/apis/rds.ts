import { type Account, ServiceError } from '../../account/account.ts';
import type { SimulatedService } from '../service.ts';
import { type SimulatedSessions, toDataApiResponse } from '../sessions.ts';

/** RDS, and its Data API, which answers SQL. */
export function provideRds(account: Account, { shape, database }: SimulatedService, sessions: SimulatedSessions): void {
  const { databaseCluster } = shape;
  const arn = (cluster: string) => `arn:aws:rds:${account.region}:123456789012:cluster:${cluster}`;

  account.provide('rds', {
    DescribeDBClusters: {
      resources: ({ DBClusterIdentifier }) => [arn(DBClusterIdentifier)],
      run: ({ DBClusterIdentifier }) => {
        if (DBClusterIdentifier !== databaseCluster) {
          throw new ServiceError('DBClusterNotFoundFault', `DBCluster ${DBClusterIdentifier} not found.`);
        }
        const member = (suffix: string, IsClusterWriter: boolean) => ({
          DBInstanceIdentifier: `${databaseCluster}-${suffix}`,
          IsClusterWriter,
        });
        const DBClusterMembers = [member('1', true), member('2', false)];
        const cluster = { DBClusterIdentifier, Status: 'available', Engine: 'aurora-postgresql' };
        return { DBClusters: [{ ...cluster, HttpEndpointEnabled: true, DBClusterMembers }] };
      },
    },
  });

  account.provide('rds-data', {
    ExecuteStatement: {
      resources: ({ resourceArn }) => [resourceArn],
      run: async ({ sql, parameters = [], resourceArn, secretArn }, { role }) => {
        if (!account.permissions.allows(role, 'secretsmanager:GetSecretValue', secretArn)) {
          throw new ServiceError(
            'AccessDeniedException',
            `${role} is not authorized to perform: secretsmanager:GetSecretValue`,
          );
        }
        if (resourceArn !== arn(databaseCluster)) {
          throw new ServiceError('DatabaseNotFoundException', 'The cluster does not exist.');
        }
        const result = await sessions.execute(sql, parameters, database.sessions(), database.maxConnections);
        const { length } = result.terminatedPids;
        database.terminated(result.terminatedPids);
        if (length > 0) account.emit('service', { change: `${length} database sessions ended` });
        return toDataApiResponse(result);
      },
    },
  });
}
