import {
  DBClusterNotFoundFault,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBClusterParameterGroupCommand,
  RDSClient,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';

const client = new RDSClient({});

/** The Aurora cluster with its members; undefined where there is none of that name. */
export async function findCluster(identifier: string) {
  try {
    const { DBClusters = [] } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }));
    return DBClusters[0];
  } catch (error) {
    if (error instanceof DBClusterNotFoundFault) return undefined;
    throw error;
  }
}

/** The status of an instance: available, rebooting or else. */
export async function instanceStatus(DBInstanceIdentifier: string): Promise<string | undefined> {
  const { DBInstances = [] } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
  return DBInstances[0]?.DBInstanceStatus;
}

/** Sets the parameter, which is static: it takes effect when an instance is rebooted. */
export async function setMaxConnections(DBClusterParameterGroupName: string, ParameterValue: string): Promise<void> {
  const parameter = { ParameterName: 'max_connections', ParameterValue, ApplyMethod: 'pending-reboot' as const };
  await client.send(new ModifyDBClusterParameterGroupCommand({ DBClusterParameterGroupName, Parameters: [parameter] }));
}

/** Reboots an instance: every connection to it is dropped. */
export async function rebootInstance(DBInstanceIdentifier: string): Promise<void> {
  await client.send(new RebootDBInstanceCommand({ DBInstanceIdentifier }));
}
