import { describeCluster } from '../../../adapters/rds.ts';
import type { Resources } from '../../../domain/deployed.ts';

/** The cluster and its members. */
export async function database({ database }: Resources) {
  const { Status, DBClusterMembers = [], HttpEndpointEnabled } = await describeCluster(database.cluster);
  const writer = DBClusterMembers.find(member => member.IsClusterWriter)?.DBInstanceIdentifier ?? 'none';
  return {
    ok: Status === 'available',
    summary: `Database: ${Status}, ${DBClusterMembers.length} members, writer ${writer}${HttpEndpointEnabled ? '' : ', Data API off'}`,
    facts: { databaseMembers: DBClusterMembers.length },
  };
}
