import { findCluster } from '../../adapters/rds.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';

/** The status of the cluster and its members. */
export async function database({ database }: Resources) {
  const found = await findCluster(database.cluster);
  if (!found)
    return { ok: false, summary: `Database: there is no cluster ${database.cluster}`, facts: { databaseExists: 0 } };
  const { Status, DBClusterMembers = [], HttpEndpointEnabled } = found;
  const writer = DBClusterMembers.find(member => member.IsClusterWriter)?.DBInstanceIdentifier;
  return {
    ok: Status === 'available' && writer !== undefined,
    summary: `Database: ${Status}, ${DBClusterMembers.length} members, writer ${writer ?? 'none'}${HttpEndpointEnabled ? '' : ', Data API off'}`,
    facts: { databaseExists: 1, databaseMembers: DBClusterMembers.length },
    ...(writer && { objects: { databaseWriter: writer } }),
  };
}
