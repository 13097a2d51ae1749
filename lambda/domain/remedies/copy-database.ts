import { type DatabaseCluster, type DatabaseInstance, writerOf } from './database-cluster.ts';

/** A cluster with the properties that its copy takes over, as DescribeDBClusters returns it. */
export interface Source extends DatabaseCluster {
  Engine?: string | undefined;
  EngineVersion?: string | undefined;
  Port?: number | undefined;
  DBSubnetGroup?: string | undefined;
  VpcSecurityGroups?: { VpcSecurityGroupId?: string | undefined }[] | undefined;
  IAMDatabaseAuthenticationEnabled?: boolean | undefined;
  StorageType?: string | undefined;
  ServerlessV2ScalingConfiguration?: { MinCapacity?: number | undefined; MaxCapacity?: number | undefined } | undefined;
  EarliestRestorableTime?: Date | undefined;
  LatestRestorableTime?: Date | undefined;
}

/** An instance with the properties that the copy's instance takes over, as DescribeDBInstances returns it. */
export interface SourceInstance extends DatabaseInstance {
  DBParameterGroups?: { DBParameterGroupName?: string | undefined }[] | undefined;
  PubliclyAccessible?: boolean | undefined;
}

/**
 * A clone has the data of now, and shares the source's storage until either changes. Every other copy is restored from
 * the backups.
 */
export type Wanted = { kind: 'clone' } | { kind: 'restore'; to: string };

/** The name of a copy. The role of the runbook may create only clusters with such names. */
export const copyOf = (cluster: string, name: string) => {
  const copy = `${cluster}-copy-${name}`;
  return { cluster: copy, instance: `${copy}-1` };
};

/** The value of `to` that means the latest restorable time. */
export const LATEST = 'latest';

/** The longest identifier that RDS accepts, in characters. */
const MAXIMUM_IDENTIFIER_LENGTH = 63;

/** The reason why no copy can be made; undefined when it can. Existing databases are never overwritten. */
export function refusal(
  source: Source,
  wanted: Wanted,
  copy: ReturnType<typeof copyOf>,
  existing: { cluster: boolean; instance: boolean },
): string | undefined {
  if (copy.instance.length > MAXIMUM_IDENTIFIER_LENGTH)
    return `${copy.instance} is longer than ${MAXIMUM_IDENTIFIER_LENGTH} characters: give a shorter name`;
  for (const kind of ['cluster', 'instance'] as const)
    if (existing[kind]) return `there is ${copy[kind]} already, and nothing is overwritten: give another name`;
  if (wanted.kind === 'clone' || wanted.to === LATEST) return undefined;
  const { EarliestRestorableTime: earliest, LatestRestorableTime: latest } = source;
  const time = new Date(wanted.to);
  if (!earliest || !latest) return 'RDS names no time to which it can be restored';
  return time >= earliest && time <= latest
    ? undefined
    : `it can be restored to ${utc(earliest)} at the earliest and ${utc(latest)} at the latest, not to ${wanted.to}`;
}

/** The request to RDS: a copy beside the source, with its network, parameters and capacity. */
export function restoration(cluster: string, source: Source, wanted: Wanted, copy: string) {
  const { Port, DBSubnetGroup, VpcSecurityGroups = [], DBClusterParameterGroup, StorageType } = source;
  const { ServerlessV2ScalingConfiguration, IAMDatabaseAuthenticationEnabled } = source;
  const latest = wanted.kind === 'clone' || wanted.to === LATEST;
  return {
    ...{ SourceDBClusterIdentifier: cluster, DBClusterIdentifier: copy },
    RestoreType: wanted.kind === 'clone' ? 'copy-on-write' : 'full-copy',
    ...(latest ? { UseLatestRestorableTime: true } : { RestoreToTime: new Date(wanted.to) }),
    ...{ Port, DBSubnetGroupName: DBSubnetGroup, DBClusterParameterGroupName: DBClusterParameterGroup, StorageType },
    VpcSecurityGroupIds: securityGroups(VpcSecurityGroups),
    ...{ ServerlessV2ScalingConfiguration, EnableIAMDatabaseAuthentication: IAMDatabaseAuthenticationEnabled },
  };
}

/**
 * The request for the copy's first instance, because a restored cluster has none. It has the properties of the source's
 * writer.
 */
export function firstInstance({ Engine }: Source, model: SourceInstance, copy: ReturnType<typeof copyOf>) {
  const { DBInstanceClass, PubliclyAccessible, DBParameterGroups = [] } = model;
  return {
    ...{ DBClusterIdentifier: copy.cluster, DBInstanceIdentifier: copy.instance, Engine, DBInstanceClass },
    ...{ PubliclyAccessible, DBParameterGroupName: DBParameterGroups[0]?.DBParameterGroupName },
  };
}

/** The instance whose class the copy gets. */
export const modelOf = (source: Source): string | undefined =>
  writerOf(source) ?? source.DBClusterMembers?.[0]?.DBInstanceIdentifier;

/** The copy in words, for people. */
export function description(
  cluster: string,
  source: Source,
  wanted: Wanted,
  copy: ReturnType<typeof copyOf>,
  model: SourceInstance,
): string[] {
  const { Engine, EngineVersion, DBSubnetGroup, DBClusterParameterGroup, VpcSecurityGroups = [] } = source;
  return [
    `The new cluster ${copy.cluster}, with the instance ${copy.instance} (${model.DBInstanceClass}), is ${originWords(cluster, source, wanted)}.`,
    `As ${cluster} has them: ${Engine} ${EngineVersion}, subnet group ${DBSubnetGroup}, security groups ${securityGroups(VpcSecurityGroups).join(', ')}, parameter group ${DBClusterParameterGroup}.`,
    `The cluster ${cluster} itself goes on as it is.`,
  ];
}

function originWords(cluster: string, { LatestRestorableTime }: Source, wanted: Wanted): string {
  if (wanted.kind === 'clone') return `a clone of ${cluster} as it is now`;
  const latest = LatestRestorableTime ? `the latest restorable time (${utc(LatestRestorableTime)})` : 'the latest time';
  return `restored from ${cluster} as of ${wanted.to === LATEST ? latest : wanted.to}`;
}

/** The next steps of a person once the copy exists. */
export function nextSteps(
  cluster: string,
  copy: ReturnType<typeof copyOf>,
  created: { Endpoint?: string | undefined },
): string[] {
  return [
    `The cluster ${copy.cluster} accepts connections at ${created.Endpoint}. Its users and passwords are those of the time that it is a copy of; the Data API is off.`,
    `Compare its data with those of ${cluster} before anything uses it.`,
    `To use it, put its endpoint where the tasks have that of ${cluster} and deploy them, turn deletion protection on, then name it in database.cluster and database.instances of the configuration and deploy the responder.`,
    `To delete it: aws rds delete-db-instance --db-instance-identifier ${copy.instance} && aws rds delete-db-cluster --db-cluster-identifier ${copy.cluster} --skip-final-snapshot`,
  ];
}

const securityGroups = (groups: NonNullable<Source['VpcSecurityGroups']>) =>
  groups.flatMap(({ VpcSecurityGroupId: id }) => id ?? []);
const utc = (time: Date) => `${time.toISOString().slice(0, 19)}Z`;
