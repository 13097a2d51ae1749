import { describe, expect, it } from 'vitest';
import {
  copyOf,
  description,
  firstInstance,
  modelOf,
  nextSteps,
  refusal,
  restoration,
  type Source,
  type Wanted,
} from '../../../lambda/domain/remedies/copy-database.ts';

const source: Source = {
  ...{ Status: 'available', Engine: 'aurora-postgresql', EngineVersion: '16.6', Port: 5433, StorageType: 'aurora' },
  ...{ DBSubnetGroup: 'private', DBClusterParameterGroup: 'ours' },
  VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1' }, { VpcSecurityGroupId: 'sg-2' }],
  DBClusterMembers: [{ DBInstanceIdentifier: 'a' }, { DBInstanceIdentifier: 'b', IsClusterWriter: true }],
  EarliestRestorableTime: new Date('2026-02-23T00:00:00Z'),
  LatestRestorableTime: new Date('2026-03-02T09:00:00Z'),
};
const like = {
  DBInstanceIdentifier: 'b',
  DBInstanceClass: 'db.r6g.large',
  DBParameterGroups: [{ DBParameterGroupName: 'instances' }],
  PubliclyAccessible: false,
};
const copy = copyOf('shop', 'before');
const CLONE: Wanted = { kind: 'clone' };
const to = (time: string): Wanted => ({ kind: 'restore', to: time });
const FREE = { cluster: false, instance: false };

describe('a copy of the database', () => {
  it('is named after the cluster, so that the role can create nothing else', () => {
    expect(copy).toEqual({ cluster: 'shop-copy-before', instance: 'shop-copy-before-1' });
  });

  it('is restored with the network, parameters and size of the cluster', () => {
    expect(restoration('shop', source, to('2026-03-01T12:00:00Z'), copy.cluster)).toEqual({
      ...{ SourceDBClusterIdentifier: 'shop', DBClusterIdentifier: 'shop-copy-before', RestoreType: 'full-copy' },
      RestoreToTime: new Date('2026-03-01T12:00:00Z'),
      ...{ Port: 5433, DBSubnetGroupName: 'private', DBClusterParameterGroupName: 'ours', StorageType: 'aurora' },
      VpcSecurityGroupIds: ['sg-1', 'sg-2'],
    });
    expect(firstInstance(source, like, copy)).toEqual({
      ...{ DBClusterIdentifier: 'shop-copy-before', DBInstanceIdentifier: 'shop-copy-before-1' },
      ...{ Engine: 'aurora-postgresql', DBInstanceClass: 'db.r6g.large', DBParameterGroupName: 'instances' },
      PubliclyAccessible: false,
    });
  });

  it('as a clone is of now, and RDS gets no time for it', () => {
    for (const wanted of [CLONE, to('latest')]) {
      const told = restoration('shop', source, wanted, copy.cluster);
      expect(told).toMatchObject({ UseLatestRestorableTime: true });
      expect(told).not.toHaveProperty('RestoreToTime');
    }
    expect(restoration('shop', source, CLONE, copy.cluster).RestoreType).toBe('copy-on-write');
  });

  it('has the size of the writer or, without one, of another instance', () => {
    expect(modelOf(source)).toBe('b');
    expect(modelOf({ ...source, DBClusterMembers: [{ DBInstanceIdentifier: 'a' }] })).toBe('a');
    expect(modelOf({})).toBeUndefined();
  });

  it.each<[string, Wanted, { cluster: boolean; instance: boolean }]>([
    ['there is shop-copy-before already, and nothing is overwritten', CLONE, { ...FREE, cluster: true }],
    ['there is shop-copy-before-1 already, and nothing is overwritten', to('latest'), { ...FREE, instance: true }],
    ['2026-03-02T09:00:00Z at the latest, not to 2026-03-02T09:00:01Z', to('2026-03-02T09:00:01Z'), FREE],
    ['2026-02-23T00:00:00Z at the earliest', to('2026-02-22T23:59:59Z'), FREE],
  ])('is refused with the reason: %s', (why, wanted, taken) => {
    expect(refusal(source, wanted, copy, taken)).toContain(why);
  });

  it('is refused when its name would be too long, or no restorable time is known', () => {
    expect(refusal(source, CLONE, copyOf('shop', 'x'.repeat(60)), FREE)).toContain('longer than 63 characters');
    expect(refusal({}, to('2026-03-01T12:00:00Z'), copy, FREE)).toContain('no time');
  });

  it.each([CLONE, to('latest'), to('2026-02-23T00:00:00Z'), to('2026-03-02T09:00:00Z')])(
    'is allowed for %o',
    wanted => {
      expect(refusal(source, wanted, copy, FREE)).toBeUndefined();
    },
  );

  it('is described with all that it takes over, and with the next steps', () => {
    expect(description('shop', source, to('latest'), copy, like)).toEqual([
      'The new cluster shop-copy-before, with the instance shop-copy-before-1 (db.r6g.large), is restored from shop as of the latest restorable time (2026-03-02T09:00:00Z).',
      'As shop has them: aurora-postgresql 16.6, subnet group private, security groups sg-1, sg-2, parameter group ours.',
      'The cluster shop itself goes on as it is.',
    ]);
    expect(description('shop', source, CLONE, copy, like)[0]).toContain('is a clone of shop as it is now');
    const next = nextSteps('shop', copy, { Endpoint: 'shop-copy-before.example' }).join('\n');
    for (const part of ['shop-copy-before.example', 'database.cluster', 'delete-db-instance', '--skip-final-snapshot'])
      expect(next).toContain(part);
  });
});
