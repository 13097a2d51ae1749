import { describe, expect, it } from 'vitest';
import { RehearsalWorld } from '../../../local/world/world.ts';
import { changes, resultIn, run, tap, withOperator } from '../../support/executions.ts';

describe('copying the database', () => {
  const COPY = 'mockupaws-production-copy-before';
  const copy = async (world: RehearsalWorld, kind: 'restore' | 'clone', parameters: Record<string, string> = {}) => {
    const name = `mockupaws-production-${kind}-database`;
    const calls = tap(world, name);
    const given = { CopyName: 'before', ...(kind === 'restore' && { RestoreTo: '2026-03-01T12:00:00Z' }) };
    const ran = await run(world, name, { DryRun: 'false', ...given, ...parameters });
    const reported = Object.values(ran.outcome?.outputs ?? {}).flatMap(([payload = '']) =>
      payload.startsWith('{') ? (JSON.parse(payload).report ?? []) : [],
    );
    return { ...(await resultIn(world, ran)), done: changes(calls), reported, outcome: ran.outcome };
  };

  it.each([
    ['restore' as const, { RestoreType: 'full-copy', RestoreToTime: new Date('2026-03-01T12:00:00Z') }],
    ['clone' as const, { RestoreType: 'copy-on-write', UseLatestRestorableTime: true }],
  ])('makes a cluster beside the old one, as it is, with an instance: %s', async (kind, how) => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const { ended, done, reported } = await copy(world, kind);
    expect(ended).toBe('succeeded');
    expect(done).toEqual([
      {
        operation: 'rds:RestoreDBClusterToPointInTime',
        input: {
          ...{ SourceDBClusterIdentifier: 'mockupaws-production', DBClusterIdentifier: COPY, Port: 5432, ...how },
          ...{ DBSubnetGroupName: 'mockupaws-database', DBClusterParameterGroupName: 'mockupaws-production' },
          ...{ VpcSecurityGroupIds: ['sg-0d1e2f3a4b5c6d7e8'], StorageType: 'aurora' },
        },
      },
      {
        operation: 'rds:CreateDBInstance',
        input: {
          ...{ DBClusterIdentifier: COPY, DBInstanceIdentifier: `${COPY}-1`, DBInstanceClass: 'db.r6g.large' },
          ...{ Engine: 'aurora-postgresql', DBParameterGroupName: 'mockupaws-instances', PubliclyAccessible: false },
        },
      },
    ]);
    expect(reported.join('\n')).toMatch(new RegExp(`delete-db-instance --db-instance-identifier ${COPY}-1`));
    expect(world.service.healthy).toBe(true);
  });

  it('dry, names what would be made, and as of when', async () => {
    const { done, reported } = await copy(await RehearsalWorld.create(withOperator(), 1), 'restore', {
      DryRun: 'true',
    });
    expect(reported[0]).toBe(
      `The new cluster ${COPY}, with the instance ${COPY}-1 (db.r6g.large), is restored from mockupaws-production as of 2026-03-01T12:00:00Z.`,
    );
    expect(done).toEqual([]);
  });

  it('overwrites nothing: a second run under the same name ends without any change', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    await copy(world, 'clone');
    const { ended, done, outcome } = await copy(world, 'restore');
    expect([ended, done]).toEqual(['unchanged', []]);
    expect(outcome?.failureMessage).toContain(`there is ${COPY} already, and nothing is overwritten`);
  });

  it('is refused to a time that the backups do not reach', async () => {
    const { ended, reason, done } = await copy(await RehearsalWorld.create(withOperator(), 1), 'restore', {
      RestoreTo: '2026-01-01T00:00:00Z',
    });
    expect([ended, done]).toEqual(['unchanged', []]);
    expect(reason).toContain('it can be restored to 2026-02-23T');
  });

  it('may make nothing that is not called a copy of this cluster', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const [fn] = world.account.ofType('AWS::Lambda::Function').filter(({ path }) => path.includes('CopyDatabase'));
    const role = fn?.properties['Role'];
    const may = (action: string, name: string) =>
      world.account.permissions.allows(role, action, `arn:aws:rds:us-east-1:123456789012:${name}`);
    expect(may('rds:RestoreDBClusterToPointInTime', `cluster:${COPY}`)).toBe(true);
    expect(may('rds:RestoreDBClusterToPointInTime', 'cluster:mockupaws-staging')).toBe(false);
    expect(may('rds:CreateDBInstance', 'cluster:mockupaws-production')).toBe(false);
    for (const action of ['rds:DeleteDBCluster', 'rds:ModifyDBCluster', 'rds:DeleteDBInstance'])
      expect(may(action, `cluster:${COPY}`), action).toBe(false);
  });
});
