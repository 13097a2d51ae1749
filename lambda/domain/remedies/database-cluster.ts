/** An Aurora cluster, as DescribeDBClusters returns it. */
export interface DatabaseCluster {
  DBClusterIdentifier?: string | undefined;
  Status?: string | undefined;
  DBClusterParameterGroup?: string | undefined;
  DBClusterMembers?: Member[] | undefined;
}

interface Member {
  DBInstanceIdentifier?: string | undefined;
  IsClusterWriter?: boolean | undefined;
  /** `pending-reboot` until the instance uses the cluster's parameter group, then `in-sync`. */
  DBClusterParameterGroupStatus?: string | undefined;
  /** Aurora fails over to the reader with the lowest tier. */
  PromotionTier?: number | undefined;
}

/** An instance, as DescribeDBInstances returns it. */
export interface DatabaseInstance {
  DBInstanceIdentifier?: string | undefined;
  DBInstanceStatus?: string | undefined;
  DBInstanceClass?: string | undefined;
}

export const writerOf = ({ DBClusterMembers = [] }: DatabaseCluster): string | undefined =>
  DBClusterMembers.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;

export const memberOf = ({ DBClusterMembers = [] }: DatabaseCluster, id: string) =>
  DBClusterMembers.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === id);

/** The readers that can take over, in Aurora's own order of preference. */
export function readersToPromote(
  { DBClusterMembers = [] }: DatabaseCluster,
  instances: readonly DatabaseInstance[],
): string[] {
  const available = new Set(
    instances.flatMap(({ DBInstanceIdentifier: id, DBInstanceStatus }) => (DBInstanceStatus === 'available' ? id : [])),
  );
  return DBClusterMembers.filter(({ IsClusterWriter }) => !IsClusterWriter)
    .toSorted((a, b) => (a.PromotionTier ?? LAST_TIER) - (b.PromotionTier ?? LAST_TIER))
    .flatMap(({ DBInstanceIdentifier: id }) => (id !== undefined && available.has(id) ? [id] : []));
}

const LAST_TIER = 15;
