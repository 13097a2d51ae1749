import { taking } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import { RESERVED_CONNECTION } from '../../../local/world/undocumented.ts';
import { RehearsalWorld } from '../../../local/world/world.ts';
import { changes, resultIn, run, tap, withOperator } from '../../support/executions.ts';

const MINUTE = 60_000;
const RAISE = 'mockupaws-production-raise-max-connections';

describe('raising max_connections', () => {
  const raise = async (world: RehearsalWorld, parameters: Record<string, string> = {}) => {
    const calls = tap(world, RAISE);
    const { outcome } = await run(world, RAISE, { DryRun: 'false', MaxConnections: '3444', ...parameters });
    return { outcome, done: changes(calls), database: world.service.database };
  };

  it('changes the parameter group, then reboots the writer and waits for it', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const { outcome, done, database } = await raise(world);
    expect(outcome).toMatchObject({ status: 'Success' });
    expect(done).toEqual([
      {
        operation: 'rds:ModifyDBClusterParameterGroup',
        input: {
          DBClusterParameterGroupName: 'mockupaws-production',
          Parameters: [{ ParameterName: 'max_connections', ParameterValue: '3444', ApplyMethod: 'pending-reboot' }],
        },
      },
      { operation: 'rds:RebootDBInstance', input: { DBInstanceIdentifier: 'mockupaws-production-2' } },
    ]);
    expect([database.available, database.maxConnections]).toEqual([true, 3444]);
  });

  it('drops every connection for a minute, and takes effect with the reboot, not before', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const { database } = world.service;
    database.want(3444);
    expect(database.maxConnections).toBe(1722);
    database.reboot();
    expect([database.connections, database.errorShare]).toEqual([0, 1]);
    await world.clock.run(MINUTE, () => false);
    expect([database.available, database.maxConnections]).toEqual([true, 3444]);
  });

  it('refuses a default parameter group, which cannot be modified, and says so', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    world.service.database.parameterGroup = 'default.aurora-postgresql16';
    const { outcome, done } = await raise(world);
    expect(outcome?.status).toBe('Failed');
    expect(outcome?.failureMessage).toMatch(
      /default\.aurora-postgresql16, and a default parameter group cannot be modified/,
    );
    expect(done).toEqual([]);
  });

  it('refuses where the parameter group of the instance wins, before it reboots anything', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    world.service.database.ownMaxConnections = 1722;
    const { outcome, done } = await raise(world);
    expect(outcome?.status).toBe('Failed');
    expect(outcome?.failureMessage).toContain(
      'mockupaws-production-2 has max_connections of 1722 by its own parameter group mockupaws-instances, which wins',
    );
    expect(done).toEqual([]);
  });

  it('has failed where the writer, asked itself, allows fewer after the reboot', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const { database } = world.service;
    const want = database.want.bind(database);
    database.want = maximum => {
      want(maximum);
      database.ownMaxConnections = 1722;
    };
    const { outcome } = await raise(world);
    expect(outcome?.status).toBe('Failed');
    expect(outcome?.failureMessage).toContain('the writer allows 1722 connections after its reboot, not 3444');
  });

  it('dry, says which group and which writer it would change', async () => {
    const { outcome } = await raise(await RehearsalWorld.create(withOperator(), 1), { DryRun: 'true' });
    expect(String(outcome?.outputs['raise.Payload'])).toContain(
      'mockupaws-production: 3444, with a reboot of the writer mockupaws-production-2',
    );
  });

  it('lowers nothing where a person has raised it further meanwhile, be it in effect or not', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const { database } = world.service;
    database.want(5000);
    const { outcome, done } = await raise(world);
    expect(outcome?.failureMessage).toContain(
      'max_connections in mockupaws-production is 5000, and 3444 would lower it',
    );
    database.reboot();
    await world.clock.run(MINUTE, () => false);
    const again = await raise(world);
    expect(again.outcome?.failureMessage).toContain('the writer allows 5000 connections already, no fewer than 3444');
    expect([done, again.done, database.maxConnections]).toEqual([[], [], 5000]);
  });

  it('goes on where the writer has no connection left to be asked by', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1, {
      undocumented: taking(RESERVED_CONNECTION, 'is refused like any other'),
    });
    const { database } = world.service;
    database.startLeak({ application: 'report', state: 'idle', perMinute: 5000, atMost: 5000 });
    await world.clock.run(2 * MINUTE, () => false);
    expect(database.full).toBe(true);
    const { outcome, done } = await raise(world, { DryRun: 'true' });
    expect(String(outcome?.outputs['raise.Payload'])).toContain('Dry run: would be set');
    expect(done).toEqual([]);
  });

  it.each<[string, { sharer?: string; staged?: boolean }, string]>([
    ['another cluster has the parameter group too', { sharer: 'shop' }, 'is the parameter group of shop too'],
    ['somebody else has prepared a change for another reboot', { staged: true }, 'waits for a reboot already'],
  ])('refuses where %s, and changes nothing', async (_, found, why) => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    Object.assign(world.service.database, found);
    const { outcome, done } = await raise(world);
    expect(outcome?.status).toBe('Failed');
    expect(outcome?.failureMessage).toContain(why);
    expect(done).toEqual([]);
  });

  it('goes on with the reboot where it was cut short before', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    world.service.database.want(3444);
    const { outcome, done, database } = await raise(world);
    expect(outcome?.status).toBe('Success');
    expect(done.map(({ operation }) => operation)).toEqual(['rds:RebootDBInstance']);
    expect(database.maxConnections).toBe(3444);
  });

  /** Lets a person act once the writer was seen to wait for its reboot, in the last moment before the runbook reboots it. */
  const whenItWaits = (world: RehearsalWorld, act: () => void) => {
    const invoke = world.functions.invoke.bind(world.functions);
    world.functions.invoke = (name, event) => {
      if ((event as { stage?: string }).stage === 'reboot') act();
      return invoke(name, event);
    };
  };

  it('does not reboot a second time what a person has rebooted meanwhile', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const { database } = world.service;
    whenItWaits(world, () => database.reboot());
    const { outcome, done } = await raise(world);
    expect(outcome?.status).toBe('Success');
    expect(done.map(({ operation }) => operation)).toEqual(['rds:ModifyDBClusterParameterGroup']);
    expect(database.maxConnections).toBe(3444);
  });

  it('does not reboot for a value that a person has taken back meanwhile', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const { database } = world.service;
    whenItWaits(world, () => database.want(2000));
    const { outcome, done } = await raise(world);
    expect(outcome?.failureMessage).toContain(
      'somebody has set max_connections in mockupaws-production to 2000 meanwhile',
    );
    expect(done.map(({ operation }) => operation)).toEqual(['rds:ModifyDBClusterParameterGroup']);
  });

  it('may be done to no other parameter group', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    world.service.database.parameterGroup = 'shop';
    const { outcome, done } = await raise(world);
    expect(outcome?.failureMessage).toContain('not authorized to perform: rds:DescribeDBClusterParameters');
    expect(done).toEqual([]);
  });
});

describe('failing the database over', () => {
  const failOver = async (world: RehearsalWorld, parameters: Record<string, string> = {}) => {
    const name = 'mockupaws-production-fail-over-database';
    const calls = tap(world, name);
    const ran = await run(world, name, { DryRun: 'false', ...parameters });
    return { ...(await resultIn(world, ran)), done: changes(calls), members: world.service.database.members };
  };

  it('makes the reader the writer, and waits until RDS says that it is', async () => {
    const { ended, changed, done, members } = await failOver(await RehearsalWorld.create(withOperator(), 1));
    expect([ended, changed]).toEqual(['succeeded', [expect.stringContaining('make mockupaws-production-1')]]);
    expect(done).toEqual([
      {
        operation: 'rds:FailoverDBCluster',
        input: {
          ...{ DBClusterIdentifier: 'mockupaws-production', TargetDBInstanceIdentifier: 'mockupaws-production-1' },
        },
      },
    ]);
    expect([members.writer, members.status, members.acceptsWrites]).toEqual([
      ...['mockupaws-production-1', 'available', true],
    ]);
  });

  it('has failed where the reader never takes over', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    world.service.database.members.tick = () => false;
    const { ended, reason } = await failOver(world);
    expect([ended, reason]).toEqual([
      'failed',
      'mockupaws-production-1 has not taken over: the cluster is failing-over, its writer mockupaws-production-2',
    ]);
  });

  it('is refused where the reader cannot take over, and while RDS is at work on the cluster', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const { members } = world.service.database;
    members.readerFailed = true;
    expect(await failOver(world, { ReaderInstanceId: 'mockupaws-production-1' })).toMatchObject({
      ...{ ended: 'unchanged', reason: 'mockupaws-production-1 cannot take over: it is failed', done: [] },
    });
    members.failOver('mockupaws-production-1');
    await world.clock.run(10_000, () => false);
    expect(await failOver(world)).toMatchObject({ ended: 'unchanged', reason: 'the cluster is failing-over' });
  });
});
