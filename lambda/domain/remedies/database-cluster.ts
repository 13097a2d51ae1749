/** An Aurora cluster, as DescribeDBClusters tells of it. */
export interface DatabaseCluster {
  Status?: string | undefined;
  DBClusterParameterGroup?: string | undefined;
  DBClusterMembers?: Member[] | undefined;
}

interface Member {
  DBInstanceIdentifier?: string | undefined;
  IsClusterWriter?: boolean | undefined;
  /** `pending-reboot` while the instance does not yet go by the cluster's parameter group, `in-sync` when it does. */
  DBClusterParameterGroupStatus?: string | undefined;
  /** Aurora fails over to the reader with the lowest. */
  PromotionTier?: number | undefined;
}

/** An instance, as DescribeDBInstances tells of it. */
export interface DatabaseInstance {
  DBInstanceIdentifier?: string | undefined;
  DBInstanceStatus?: string | undefined;
  DBInstanceClass?: string | undefined;
}

export const writerOf = ({ DBClusterMembers = [] }: DatabaseCluster): string | undefined =>
  DBClusterMembers.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;

export const memberOf = ({ DBClusterMembers = [] }: DatabaseCluster, id: string) =>
  DBClusterMembers.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === id);

/** The readers that could take over, the one first that Aurora itself would choose. */
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
