import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';

const client = new RDSClient({});

/** The Aurora cluster with its members. @throws DBClusterNotFoundFault */
export async function describeCluster(identifier: string) {
  const { DBClusters = [] } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }));
  const [found] = DBClusters;
  if (!found) throw new Error(`Aurora cluster ${identifier}: not found`);
  return found;
}
