import { type Account, type Input, type Random, type Secrets, ServiceError, Unsupported } from 'embedded-aws';
import type { RehearsalFaults } from '../../world/faults.ts';
import { MEMBER_ORDER, RESERVED_CONNECTION } from '../../world/undocumented.ts';
import { Copies } from '../copies.ts';
import type { SimulatedService } from '../service.ts';
import { type SimulatedSessions, toDataApiResponse } from '../sessions.ts';
import { provideCopying } from './rds-copying.ts';
import { staleReads } from './stale.ts';

/** The parameter group of the instances. */
const INSTANCE_GROUP = 'mockupaws-instances';

/** The Data API gives PostgreSQL's own words. */
const NO_SLOT =
  'FATAL: remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role; SQLState: 53300';

/** Days for which the cluster's backups are kept. */
const BACKUP_DAYS = 7;

interface Surroundings {
  secrets: Secrets;
  sessions: SimulatedSessions;
  faults: RehearsalFaults;
  random: Random;
}

/** RDS: the cluster with a reader and a writer, its parameter group and their reboots. */
export function provideRds(
  account: Account,
  service: SimulatedService,
  { secrets, sessions, faults, random }: Surroundings,
): void {
  const { databaseCluster } = service.shape;
  const { database } = service;
  const arn = (resource: string) => `arn:aws:rds:${account.region}:123456789012:${resource}`;
  const { members } = database;
  const { clock } = account;
  const copies = new Copies(clock);
  const statusOf = (instance: string) =>
    members.isWriter(instance) && database.rebooting ? 'rebooting' : members.statusOf(instance);

  const describeInstance = ({ DBInstanceIdentifier: name }: Input) => {
    const copied = copies.findInstance(name);
    if (copied) return { ...copied.input, DBInstanceStatus: copied.status };
    if (!members.names.includes(name))
      throw new ServiceError('DBInstanceNotFoundFault', `DBInstance ${name} not found.`);
    const instance = { DBInstanceIdentifier: name, DBInstanceStatus: statusOf(name), DBInstanceClass: 'db.r6g.large' };
    const DBParameterGroups = [{ DBParameterGroupName: INSTANCE_GROUP }];
    return { ...instance, DBParameterGroups, PubliclyAccessible: false, Engine: 'aurora-postgresql' };
  };
  const describeCluster = (name: string) => {
    const copied = copies.find(name);
    if (copied) return { ...copied.restored, Status: copied.status, Endpoint: `${name}.cluster-abc.rds.amazonaws.com` };
    if (name !== databaseCluster) throw new ServiceError('DBClusterNotFoundFault', `DBCluster ${name} not found.`);
    const isInOrder = account.undocumented.positionOn(MEMBER_ORDER) === 'are listed with the first made first';
    const DBClusterMembers = (isInOrder ? members.names : members.names.toReversed()).map(id => ({
      DBInstanceIdentifier: id,
      IsClusterWriter: members.isWriter(id),
      DBClusterParameterGroupStatus: members.isWriter(id) && database.awaitsReboot ? 'pending-reboot' : 'in-sync',
      PromotionTier: 1,
    }));
    const { parameterGroup: DBClusterParameterGroup } = database;
    return {
      ...{ DBClusterIdentifier: name, DBClusterParameterGroup, Status: members.status, DBClusterMembers },
      ...{ Engine: 'aurora-postgresql', EngineVersion: '16.6', HttpEndpointEnabled: true, Port: 5432 },
      ...{ DBSubnetGroup: 'mockupaws-database', StorageType: 'aurora' },
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0d1e2f3a4b5c6d7e8', Status: 'active' }],
      EarliestRestorableTime: new Date(clock.now - BACKUP_DAYS * 86_400_000),
      LatestRestorableTime: new Date(clock.now - 5 * 60_000),
    };
  };
  const ofInstance = ({ DBInstanceIdentifier }: Input) => [arn(`db:${DBInstanceIdentifier}`)];

  const described = (names: readonly string[], describe: (name: string) => object) =>
    new Map(names.map(name => [name, describe(name)]));
  const now = () => ({
    clusters: described([databaseCluster, ...copies.names], describeCluster),
    instances: described([...members.names, ...copies.instanceNames], name =>
      describeInstance({ DBInstanceIdentifier: name }),
    ),
  });
  const { read, changing } = staleReads(now, { account, random, faults });

  provideCopying(account, copies, { describeCluster, describeInstance, changing });
  account.provide('rds', {
    DescribeDBClusters: {
      resources: ({ DBClusterIdentifier = '*' }) => [arn(`cluster:${DBClusterIdentifier}`)],
      run: ({ DBClusterIdentifier: name }) => {
        if (name === undefined) {
          const { sharer, parameterGroup: DBClusterParameterGroup } = database;
          const others = sharer ? [{ DBClusterIdentifier: sharer, DBClusterParameterGroup }] : [];
          return { DBClusters: [...read().clusters.values(), ...others] };
        }
        const cluster = read().clusters.get(name);
        if (!cluster) throw new ServiceError('DBClusterNotFoundFault', `DBCluster ${name} not found.`);
        return { DBClusters: [cluster] };
      },
    },
    FailoverDBCluster: {
      resources: ({ DBClusterIdentifier }) => [arn(`cluster:${DBClusterIdentifier}`)],
      run: ({ DBClusterIdentifier, TargetDBInstanceIdentifier: target }) => {
        if (members.status !== 'available')
          throw new ServiceError(
            'InvalidDBClusterStateFault',
            `DBCluster ${DBClusterIdentifier} is ${members.status}.`,
          );
        if (target !== members.reader || statusOf(target) !== 'available')
          throw new ServiceError('InvalidDBInstanceState', `${target} cannot take over as the writer.`);
        changing();
        members.failOver(target);
        account.emit('service', { change: `${target} takes over as the writer: all connections are dropped` });
        return { DBCluster: { DBClusterIdentifier, Status: members.status } };
      },
    },
    DescribeDBInstances: {
      resources: ofInstance,
      run: ({ DBInstanceIdentifier: name }) => {
        const instance = read().instances.get(name);
        if (!instance) throw new ServiceError('DBInstanceNotFoundFault', `DBInstance ${name} not found.`);
        return { DBInstances: [instance] };
      },
    },
    ModifyDBClusterParameterGroup: {
      resources: ({ DBClusterParameterGroupName }) => [arn(`cluster-pg:${DBClusterParameterGroupName}`)],
      run: ({ DBClusterParameterGroupName: name, Parameters }) => {
        if (name !== database.parameterGroup)
          throw new ServiceError('DBParameterGroupNotFound', `DBClusterParameterGroup not found: ${name}`);
        if (name.startsWith('default.'))
          throw new ServiceError('InvalidParameterValue', `Modifications to the default group ${name} are not allowed`);
        for (const { ParameterName, ParameterValue, ApplyMethod } of Parameters as Input[]) {
          if (ParameterName !== 'max_connections')
            throw new ServiceError('InvalidParameterValue', `Could not find parameter with name: ${ParameterName}`);
          if (ApplyMethod !== 'pending-reboot')
            throw new ServiceError(
              'InvalidParameterCombination',
              'cannot use immediate apply method for static parameter',
            );
          changing();
          database.want(Number(ParameterValue));
          account.emit('service', { change: `max_connections is to be ${ParameterValue} after a reboot` });
        }
        return { DBClusterParameterGroupName: name };
      },
    },
    DescribeDBClusterParameters: {
      resources: ({ DBClusterParameterGroupName }) => [arn(`cluster-pg:${DBClusterParameterGroupName}`)],
      run: ({ DBClusterParameterGroupName: name, Marker }) => {
        if (name !== database.parameterGroup)
          throw new ServiceError('DBParameterGroupNotFound', `DBClusterParameterGroup not found: ${name}`);
        if (!Marker) return { Parameters: [], Marker: 'second page' };
        return {
          Parameters: [
            {
              ParameterName: 'max_connections',
              ParameterValue: String(database.configuredConnections),
              Source: 'user',
            },
          ],
        };
      },
    },
    DescribeDBParameters: {
      resources: ({ DBParameterGroupName }) => [arn(`pg:${DBParameterGroupName}`)],
      run: ({ DBParameterGroupName: name, Source, Marker }) => {
        if (name !== INSTANCE_GROUP)
          throw new ServiceError('DBParameterGroupNotFound', `DBParameterGroup not found: ${name}`);
        if (Source !== 'user') throw new Unsupported('rds:DescribeDBParameters', `the source ${Source}`);
        const { ownMaxConnections } = database;
        // An empty page with a marker is no end.
        if (!Marker) return { Parameters: [], Marker: 'second page' };
        const own = { ParameterName: 'max_connections', ParameterValue: String(ownMaxConnections), Source };
        return { Parameters: ownMaxConnections === undefined ? [] : [own] };
      },
    },
    RebootDBInstance: {
      resources: ofInstance,
      run: input => {
        describeInstance(input);
        const { DBInstanceIdentifier: name } = input;
        changing();
        if (members.isWriter(name)) database.reboot();
        account.emit('service', { change: `${name} reboots: all its connections are dropped` });
        return { DBInstance: describeInstance(input) };
      },
    },
  });

  const reservedIsFree = () =>
    account.undocumented.positionOn(RESERVED_CONNECTION) === 'is free when all others are taken';
  /** By the answer that told it. */
  const ended = new WeakMap<object, number>();
  account.provide('rds-data', {
    ExecuteStatement: {
      resources: ({ resourceArn }) => [resourceArn],
      changes: (_, output) => {
        const sessions = ended.get(output as object);
        return sessions ? `${sessions} database sessions ended` : undefined;
      },
      needs: ({ secretArn }) => secrets.needs(secretArn),
      run: async ({ sql, parameters = [], resourceArn, database: name }) => {
        if (resourceArn !== arn(`cluster:${databaseCluster}`)) {
          throw new ServiceError('DatabaseNotFoundException', 'The cluster does not exist.');
        }
        if (!database.available)
          throw new ServiceError('DatabaseUnavailableException', 'The writer instance is not available.');
        if (database.full && !(database.reserved > 0 && reservedIsFree()))
          throw new ServiceError('DatabaseErrorException', NO_SLOT);
        const { maxConnections } = database;
        const server = { maxConnections, database: name, readOnlyByDefault: members.readOnlyByDefault };
        const inRecovery = !members.acceptsWrites;
        // A statement that does not look at sessions need not wait for the database to be told of them.
        const seen = sql.includes('pg_stat_activity') ? database.sessions() : [];
        const result = await sessions.execute(sql, parameters, seen, { ...server, inRecovery });
        const { length } = result.terminatedPids;
        const harm = database.terminated(result.terminatedPids);
        if (length > 0) account.emit('service', { change: `${length} database sessions ended` });
        for (const change of harm) account.emit('service', { change });
        const response = toDataApiResponse(result);
        ended.set(response, length);
        return response;
      },
    },
  });
}
