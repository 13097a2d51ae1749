import {
  CreateDBInstanceCommand,
  type CreateDBInstanceCommandInput,
  type DBCluster,
  DBClusterNotFoundFault,
  type DBInstance,
  DBInstanceNotFoundFault,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  FailoverDBClusterCommand,
  ModifyDBClusterParameterGroupCommand,
  paginateDescribeDBClusterParameters,
  paginateDescribeDBClusters,
  paginateDescribeDBParameters,
  RDSClient,
  RebootDBInstanceCommand,
  RestoreDBClusterToPointInTimeCommand,
  type RestoreDBClusterToPointInTimeCommandInput,
} from '@aws-sdk/client-rds';

const client = new RDSClient({});

/** The Aurora cluster with its members; undefined when it does not exist. */
export async function findCluster(identifier: string) {
  try {
    const { DBClusters = [] } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }));
    return DBClusters[0];
  } catch (error) {
    if (error instanceof DBClusterNotFoundFault) return undefined;
    throw error;
  }
}

/** Every cluster of the account and region. */
export async function listClusters(): Promise<DBCluster[]> {
  const found: DBCluster[] = [];
  for await (const { DBClusters = [] } of paginateDescribeDBClusters({ client }, {})) found.push(...DBClusters);
  return found;
}

/** An instance; undefined when it does not exist. */
export async function findInstance(DBInstanceIdentifier: string): Promise<DBInstance | undefined> {
  try {
    const { DBInstances = [] } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
    return DBInstances[0];
  } catch (error) {
    if (error instanceof DBInstanceNotFoundFault) return undefined;
    throw error;
  }
}

/** The named instances that exist. */
export async function findInstances(identifiers: readonly string[]): Promise<DBInstance[]> {
  const found = await Promise.all(identifiers.map(findInstance));
  return found.filter(instance => instance !== undefined);
}

/** The status of an instance, such as available or rebooting; undefined when it does not exist. */
export async function instanceStatus(identifier: string): Promise<string | undefined> {
  return (await findInstance(identifier))?.DBInstanceStatus;
}

/** Sets max_connections. The parameter is static: it takes effect when an instance is rebooted. */
export async function setMaxConnections(DBClusterParameterGroupName: string, ParameterValue: string): Promise<void> {
  const parameter = { ParameterName: 'max_connections', ParameterValue, ApplyMethod: 'pending-reboot' as const };
  await client.send(new ModifyDBClusterParameterGroupCommand({ DBClusterParameterGroupName, Parameters: [parameter] }));
}

/** The max_connections of a cluster's parameter group: a number, or a formula; undefined where it has neither. */
export async function clusterMaxConnections(DBClusterParameterGroupName: string): Promise<string | undefined> {
  const query = { DBClusterParameterGroupName };
  for await (const { Parameters = [] } of paginateDescribeDBClusterParameters({ client }, query)) {
    const found = Parameters.find(({ ParameterName }) => ParameterName === 'max_connections');
    if (found) return found.ParameterValue;
  }
  return undefined;
}

/** The max_connections that a parameter group of instances sets itself; undefined where it leaves that to the cluster's group. */
export async function ownMaxConnections(DBParameterGroupName: string): Promise<string | undefined> {
  const query = { DBParameterGroupName, Source: 'user' };
  for await (const { Parameters = [] } of paginateDescribeDBParameters({ client }, query)) {
    const found = Parameters.find(({ ParameterName }) => ParameterName === 'max_connections');
    if (found?.ParameterValue) return found.ParameterValue;
  }
  return undefined;
}

/** Reboots an instance: every connection to it is dropped. */
export async function rebootInstance(DBInstanceIdentifier: string): Promise<void> {
  await client.send(new RebootDBInstanceCommand({ DBInstanceIdentifier }));
}

/** Makes a reader the writer: every connection to both is dropped. RDS answers before the failover has ended. */
export async function failOverCluster(DBClusterIdentifier: string, TargetDBInstanceIdentifier: string): Promise<void> {
  await client.send(new FailoverDBClusterCommand({ DBClusterIdentifier, TargetDBInstanceIdentifier }));
}

/** Creates a copy of a cluster. RDS refuses a name that exists already, and answers long before the copy can be used. */
export async function restoreCluster(input: RestoreDBClusterToPointInTimeCommandInput): Promise<void> {
  await client.send(new RestoreDBClusterToPointInTimeCommand(input));
}

/** Adds an instance to a cluster. RDS refuses a name that exists already. */
export async function createInstance(input: CreateDBInstanceCommandInput): Promise<void> {
  await client.send(new CreateDBInstanceCommand(input));
}
