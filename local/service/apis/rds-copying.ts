import { type Account, type Input, ServiceError } from 'embedded-aws';
import type { Copies } from '../copies.ts';

interface Described {
  describeCluster: (name: string) => object;
  describeInstance: (input: Input) => object;
  /** Is called before anything changes. */
  changing: () => void;
}

/** RDS: clusters that are made of another, and their instances. What is there is never overwritten. */
export function provideCopying(
  account: Account,
  copies: Copies,
  { describeCluster, describeInstance, changing }: Described,
): void {
  const arn = (resource: string) => `arn:aws:rds:${account.region}:123456789012:${resource}`;
  const isThere = (describe: () => object) => {
    try {
      return describe();
    } catch (error) {
      if (error instanceof ServiceError) return undefined;
      throw error;
    }
  };
  account.provide('rds', {
    RestoreDBClusterToPointInTime: {
      // The Service Authorization Reference asks for the source, the copy, and the groups the copy is given.
      resources: input => [
        ...[input['SourceDBClusterIdentifier'], input['DBClusterIdentifier']].map(name => arn(`cluster:${name}`)),
        ...[arn(`cluster-pg:${input['DBClusterParameterGroupName']}`), arn(`subgrp:${input['DBSubnetGroupName']}`)],
        arn('og:default:aurora-postgresql-16'),
      ],
      // RDS encrypts the copy with the key of the source, in the caller's name.
      needs: () =>
        ['kms:DescribeKey', 'kms:CreateGrant'].map(action => ({
          action,
          resources: [`arn:aws:kms:${account.region}:123456789012:key/0a1b2c3d`],
          context: { 'kms:ViaService': `rds.${account.region}.amazonaws.com` },
        })),
      run: input => {
        const { DBClusterIdentifier: name, SourceDBClusterIdentifier, RestoreType, RestoreToTime } = input;
        const source = describeCluster(SourceDBClusterIdentifier) as Record<string, Date>;
        if (isThere(() => describeCluster(name)))
          throw new ServiceError('DBClusterAlreadyExistsFault', `DB Cluster already exists: ${name}`);
        if (RestoreToTime && (RestoreType === 'copy-on-write' || input['UseLatestRestorableTime']))
          throw new ServiceError('InvalidParameterCombination', 'RestoreToTime is not allowed with it');
        const { EarliestRestorableTime: earliest = 0, LatestRestorableTime: latest = 0 } = source;
        if (RestoreToTime && (RestoreToTime < earliest || RestoreToTime > latest))
          throw new ServiceError('InvalidRestoreFault', `The DB cluster cannot be restored to ${RestoreToTime}`);
        changing();
        copies.restore(name, input);
        account.emit('service', { change: `the cluster ${name} is being made` });
        return { DBCluster: { DBClusterIdentifier: name, Status: 'creating' } };
      },
    },
    CreateDBInstance: {
      resources: ({ DBInstanceIdentifier, DBClusterIdentifier, DBParameterGroupName }) => [
        ...[
          arn(`db:${DBInstanceIdentifier}`),
          arn(`cluster:${DBClusterIdentifier}`),
          arn(`pg:${DBParameterGroupName}`),
        ],
      ],
      run: input => {
        const { DBInstanceIdentifier: name, DBClusterIdentifier: cluster } = input;
        if (isThere(() => describeInstance(input)))
          throw new ServiceError('DBInstanceAlreadyExistsFault', `DB instance already exists: ${name}`);
        const status = copies.find(cluster)?.status;
        if (status !== 'available')
          throw new ServiceError('InvalidDBClusterStateFault', `DB cluster ${cluster} is ${status ?? 'not there'}`);
        changing();
        copies.add(cluster, name, input);
        return { DBInstance: { DBInstanceIdentifier: name, DBInstanceStatus: 'creating' } };
      },
    },
  });
}
