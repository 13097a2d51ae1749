import type { Properties, RunbookRun, Undocumented } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import { readSessionReport } from '../../lambda/domain/remedies/sessions.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf } from '../simulation/world.ts';
import { changes, INVOKE, READS, resultIn, run, tap, withOperator } from '../support/executions.ts';

const MINUTE = 60_000;

const documents = Object.values(assembly().template.Resources)
  .filter(({ Type }) => Type === 'AWS::SSM::Document')
  .map(({ Properties: properties }) => ({ name: String(properties['Name']), content: properties['Content'] }));
const short = (name: string) => name.replace('mockupaws-production-', '');
const RAISE = 'mockupaws-production-raise-max-connections';

/** What AWS may do where no document settles it. */
const POSITIONS: Undocumented[] = [
  { functionErrorFailsStep: true, missingOutput: 'left out' },
  { functionErrorFailsStep: false, missingOutput: 'left out' },
  { functionErrorFailsStep: false, missingOutput: 'the selector' },
  { functionErrorFailsStep: false, missingOutput: 'failed step' },
];

/** What a runbook needs to act on, beyond a service that is well. */
const PREPARED: Record<string, (world: RehearsalWorld) => unknown> = {
  'kill-idle-connections': ({ service, clock }) => {
    service.database.startLeak({ application: 'report-export', state: 'idle', perMinute: 600, atMost: 300 });
    return clock.run(8 * MINUTE, () => false);
  },
  'roll-back': ({ service }) => service.deployments.deploy(0.4),
  'update-certificate': ({ service: { certificates } }) => {
    const { arn, names } = certificates.first;
    const Value = arn.split('/').at(-1) ?? '';
    const replacement = certificates.request(names, 'DNS');
    Object.assign(replacement, { status: 'ISSUED', tags: [{ Key: 'incident-response:replaces', Value }] });
  },
};

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate';

/** What a person must say, as no service has it as its value. */
const GIVEN: Record<string, Record<string, string>> = {
  'return-to-revision': { Revision: '40' },
  'raise-memory': { Revision: 'next' },
  'scale-service': { DesiredCount: '5', AutoScaling: 'suspend' },
  'scale-up': { DesiredCount: '12' },
  'raise-max-connections': { MaxConnections: '3444' },
  'circuit-breaker': { State: 'open' },
  'restore-database': { CopyName: 'before', RestoreTo: 'latest' },
  'clone-database': { CopyName: 'trial' },
  'maintenance-mode': { Mode: 'on' },
  'request-replacement': { CertificateArns: `${CERTIFICATE}/3f2a1c5e-7b94-4d0a-9c61-5e8d2f7a4b10` },
  'update-certificate': { Direction: 'replacement' },
};

const DEPLOYMENT = 'arn:aws:ecs:us-east-1:123456789012:service-deployment/mockupaws-production/backend';

/** An object that is no longer what its caller judged, and what is said of it. */
const OUTDATED: Record<string, (world: RehearsalWorld) => [parameters: Record<string, string>, said: string]> = {
  'roll-back': ({ service: { deployments } }) => {
    const bad = deployments.latest?.id;
    deployments.deploy(0);
    return [
      { DeploymentArn: `${DEPLOYMENT}/${bad}` },
      `a newer deployment (${deployments.latest?.id}) has taken the place of ${bad}`,
    ];
  },
  'restart-tasks': () => [{ TaskDefinition: 'backend:40' }, 'it runs backend:41 by now, not backend:40'],
  'raise-memory': () => [{ TaskDefinition: 'backend:40' }, 'it runs backend:41 by now, not backend:40'],
  'return-to-revision': () => [{ TaskDefinition: 'backend:42' }, 'it runs backend:41 by now, not backend:42'],
  'scale-service': () => [{ ExpectedCount: '8' }, 'it is to run 10 tasks by now, not 8'],
  'scale-up': () => [{ ExpectedCount: '8' }, 'it is to run 10 tasks by now, not 8'],
  'raise-max-connections': () => [
    { WriterInstanceId: 'mockupaws-production-1' },
    'mockupaws-production-2 is the writer by now, not mockupaws-production-1',
  ],
  'fail-over-database': () => [
    { WriterInstanceId: 'none', ReaderInstanceId: 'mockupaws-production-1' },
    'mockupaws-production-2 is the writer by now, not none',
  ],
  'restart-redis': () => [
    { PrimaryNodeId: 'mockupaws-production-002' },
    'mockupaws-production-001 is the primary by now, not mockupaws-production-002',
  ],
  'request-replacement': () => [{ CertificateArns: `${CERTIFICATE}/x` }, `not configured: ${CERTIFICATE}/x`],
  'update-certificate': () => [{ CertificateArns: `${CERTIFICATE}/x` }, `not configured: ${CERTIFICATE}/x`],
};

async function prepared(name: string, automation: Undocumented = {}): Promise<RehearsalWorld> {
  const world = await RehearsalWorld.create(withOperator(), 1, { automation });
  await PREPARED[short(name)]?.(world);
  return world;
}

describe.each(documents)('$name', ({ name, content }) => {
  /** What only reads has no dry run. */
  const mayChange = content.parameters['DryRun'] !== undefined;
  const given = { ...GIVEN[short(name)] };
  const acting = { ...given, DryRun: 'false' };

  it('dry, changes nothing; its function failing, it fails and goes no further, whatever AWS makes of that', async () => {
    const automation: Undocumented = {};
    const world = await prepared(name, automation);
    const calls = tap(world, name);
    const dry = await run(world, name, given);
    expect(await resultIn(world, dry)).toMatchObject({ ended: 'succeeded', changed: [] });
    expect(calls.length).toBeGreaterThan(0);
    if (mayChange) expect(changes(calls)).toEqual([]);
    if (!content.parameters['FunctionName']) return;
    for (const position of POSITIONS) {
      Object.assign(automation, position);
      const made = tap(world, name, { from: 0, inside: true });
      const failed = await run(world, name, acting);
      expect(failed.outcome?.status, JSON.stringify(position)).toBe('Failed');
      const { ended, reason } = await resultIn(world, failed);
      expect(ended).toBe('failed');
      if (position.missingOutput !== 'failed step') expect(reason).toContain('it broke');
      expect(changes(made)).toEqual([]);
    }
  });

  it('never succeeds while one of its calls fails for good, and changes nothing after that', async () => {
    const world = await prepared(name);
    const calls = tap(world, name);
    const done = await run(world, name, acting);
    expect(await resultIn(world, done)).toMatchObject({ ended: 'succeeded' });
    // One reading of a kind stands for all of them; each change and each invocation is its own.
    const seen = new Set<string>();
    const distinct = calls.flatMap((call, i) => {
      const key = READS.test(call.operation) ? call.operation : JSON.stringify(call);
      return seen.size < seen.add(key).size ? [[call, i] as const] : [];
    });
    // An investigation says of what it could not see that it could not, and goes on.
    const fatal = distinct.filter(([{ operation }]) => short(name) !== 'investigate' || operation === INVOKE);
    for (const [call, from] of fatal) {
      const other = await prepared(name, POSITIONS[from % POSITIONS.length]);
      const made = tap(other, name, { from });
      const failed = await run(other, name, acting);
      const what = `${call.operation}, call ${from + 1}`;
      expect((await resultIn(other, failed)).ended, what).toBe('failed');
      expect(failed.outcome?.failureMessage, what).toBeTruthy();
      expect(changes(made.slice(from + 1)), what).toEqual([]);
    }
  });

  it('bears that a reading of its own is throttled once', async () => {
    const world = await prepared(name);
    const calls = tap(world, name);
    await run(world, name, acting);
    const own = calls.findLastIndex(({ operation, input }) =>
      operation === INVOKE ? input['dryRun'] !== 'false' : !content.parameters['FunctionName'] && READS.test(operation),
    );
    if (own < 0) return;
    const other = await prepared(name);
    tap(other, name, { from: own, once: true });
    expect(await resultIn(other, await run(other, name, acting))).toMatchObject({ ended: 'succeeded' });
  });

  it.runIf(OUTDATED[short(name)])(
    'ends without any change where its object is another by now, and says why',
    async () => {
      const world = await prepared(name);
      const [parameters, said] = OUTDATED[short(name)]?.(world) ?? [{}, ''];
      const calls = tap(world, name);
      const { outcome, ...ran } = await run(world, name, { ...acting, ...parameters });
      expect(await resultIn(world, { outcome, ...ran } as RunbookRun)).toEqual({
        ...{ ended: 'unchanged', reason: said, changed: [] },
      });
      // A person at the console sees it too.
      expect(outcome).toMatchObject({ status: 'Failed', failureMessage: expect.stringContaining(said) });
      expect(changes(calls)).toEqual([]);
    },
  );
});

describe('in an incident, a runbook that scales for a while and fails', () => {
  // A function that fails without a word may have changed something.
  it.each([0, 1, 6])('at its call %i is a failed step, and is put back as far as it came', async failing => {
    const world = await RehearsalWorld.create(assembly(), 3);
    const name = 'mockupaws-production-scale-service';
    const calls = tap(world, name, { from: failing, once: true });
    databaseConnections.inject(world);
    await world.clock.run(60 * MINUTE, () => false);
    const timeline = timelineOf(world);
    const [first] = timeline.filter(({ type, step }) => type === 'StepStarted' && step === 'scale-down');
    expect(calls.length).toBeGreaterThan(failing);
    expect(timeline.find(({ type, run }) => type === 'StepFailed' && run === first?.['run'])?.['reason']).toContain(
      'Rate',
    );
    const undone = timeline.filter(({ type, undoes }) => type === 'StepStarted' && undoes === first?.['run']);
    const verified = timeline.filter(({ type, run }) => type === 'StepSucceeded' && run === undone[0]?.['run']);
    expect([undone.length, verified.length]).toEqual([1, 1]);
    expect([world.service.tasks.desired, world.service.tasks.scalingSuspended]).toEqual([10, false]);
  });
});

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

  it('dry, says which group and which writer it would change', async () => {
    const { outcome } = await raise(await RehearsalWorld.create(withOperator(), 1), { DryRun: 'true' });
    expect(String(outcome?.outputs['raise.Payload'])).toContain(
      'mockupaws-production: 3444, with a reboot of the writer mockupaws-production-2',
    );
  });

  it('may be done to no other cluster', async () => {
    const altered = withOperator();
    const resources = Object.values(altered.template.Resources);
    const document = resources.find(({ Properties: properties }) => properties?.['Name'] === RAISE);
    const parameters = document?.Properties['Content'].parameters as Properties;
    parameters['ClusterIdentifier'].default = 'shop-production';
    const { outcome } = await raise(await RehearsalWorld.create(altered, 1));
    expect(outcome?.failureMessage).toContain('not authorized to perform: rds:DescribeDBClusters');
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

describe('a person at the console', () => {
  it('investigates all that any playbook looks at, one line a finding', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const { outcome } = await run(world, 'mockupaws-production-investigate', {});
    const { findings } = JSON.parse(String(outcome?.outputs['investigate.Payload']));
    expect(findings[0]).toMatch(/^ok {2}Health: mockupaws.com HTTP 200/);
    expect(findings.filter((line: string) => !line.startsWith('ok'))).toEqual([]);
    expect(world.incidents.size).toBe(0);
  });

  it('tests the service: well when it is well, and failing by name when it is not', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    const name = 'mockupaws-production-smoke-test';
    expect((await run(world, name, {})).outcome?.status).toBe('Success');
    world.service.database.startLeak({ application: 'x', state: 'idle', perMinute: 2000, atMost: 2000 });
    await world.clock.run(4 * MINUTE, () => false);
    const { outcome } = await run(world, name, {});
    expect(outcome?.status).toBe('Failed');
    expect(outcome?.failureMessage).toMatch(/not well: .*api.mockupaws.com.*HTTP 503.*requests failing: \d+ %/);
  });
});

describe('restarting Redis', () => {
  const restart = async (world: RehearsalWorld) => {
    const name = 'mockupaws-production-restart-redis';
    const calls = tap(world, name);
    const { outcome } = await run(world, name, { DryRun: 'false' });
    return { outcome, done: changes(calls), redis: world.service.redis };
  };

  it('lets a replica take over where one can, and waits for it', async () => {
    const { outcome, done, redis } = await restart(await RehearsalWorld.create(withOperator(), 1));
    expect(outcome).toMatchObject({ status: 'Success' });
    expect(done).toEqual([
      {
        operation: 'elasticache:TestFailover',
        input: { ReplicationGroupId: 'mockupaws-production', NodeGroupId: '0001' },
      },
    ]);
    expect([redis.available, redis.primary]).toEqual([true, 'mockupaws-production-002']);
  });

  it.each(['mockupaws-production-001', 'mockupaws-production-002'])(
    'without automatic failover reboots the primary, here %s, and no other node',
    async primary => {
      const world = await RehearsalWorld.create(withOperator(), 1);
      Object.assign(world.service.redis, { primary, automaticFailover: false });
      const { outcome, done } = await restart(world);
      expect(outcome).toMatchObject({ status: 'Success' });
      expect(done).toEqual([
        {
          operation: 'elasticache:RebootCacheCluster',
          input: { CacheClusterId: primary, CacheNodeIdsToReboot: ['0001'] },
        },
      ]);
    },
  );

  it.each([
    ['with cluster mode on', { clusterMode: true }, 'cluster mode is on'],
    [
      'where the primary is not found',
      { primary: 'mockupaws-production-009', automaticFailover: false },
      'ElastiCache names no node of the group as its primary',
    ],
  ])('refuses %s, and says so', async (_, topology, why) => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    Object.assign(world.service.redis, topology);
    const { outcome, done } = await restart(world);
    expect(outcome?.status).toBe('Failed');
    expect(outcome?.failureMessage).toContain(why);
    expect(done).toEqual([]);
  });
});

describe('the sessions of a database', () => {
  const KILL = 'mockupaws-production-kill-idle-connections';
  const ends = ({ outcome }: RunbookRun) => outcome?.steps.findLast(({ status }) => status !== 'Pending')?.name;
  const reportOf = (run: RunbookRun) =>
    readSessionReport(run.outcome?.outputs['killIdleConnections.Payload']?.[0] ?? '');
  const verdictOf = (run: RunbookRun) => reportOf(run)?.verdict;

  /** A database with sessions that were forgotten ten minutes ago. */
  async function forgotten(undocumented?: Undocumented): Promise<RehearsalWorld> {
    const world = await RehearsalWorld.create(withOperator(), 1, undocumented && { automation: undocumented });
    const { database } = world.service;
    database.startLeak({ application: 'report-export', state: 'idle', perMinute: 620, atMost: 300 });
    await world.clock.run(10 * MINUTE, () => false);
    return world;
  }

  it('end where they are forgotten, and live where they wait for something', async () => {
    const world = await forgotten();
    const ended = await run(world, KILL, { DryRun: 'false' });
    expect([ended.outcome?.status, ends(ended), verdictOf(ended)]).toEqual(['Success', 'end', 'done']);
    expect(reportOf(ended)).toMatchObject({
      changed: ['ended 300 sessions of report-export (user report-export), idle'],
      spared: expect.arrayContaining([
        { reason: 'listen', sessions: 1, applications: ['order-worker'] },
        { reason: 'advisory lock', sessions: 1, applications: ['scheduler'] },
      ]),
    });
    expect(world.service.healthy).toBe(true);
    const again = await run(world, KILL, { DryRun: 'false' });
    expect([again.outcome?.status, ends(again), verdictOf(again)]).toEqual(['Success', 'endUnchanged', 'unchanged']);
  });

  it('harm the service when those that wait are ended', async () => {
    const world = await forgotten();
    const { database } = world.service;
    const waiting = database
      .sessions()
      .filter(({ application }) => ['order-worker', 'scheduler'].includes(application));
    expect(database.terminated(waiting.map(({ pid }) => pid))).toHaveLength(2);
    expect(world.service.healthy).toBe(false);
  });

  it('that cannot be asked for fail the runbook', async () => {
    const world = await forgotten();
    world.service.database.reboot();
    const failed = await run(world, KILL, { DryRun: 'false' });
    expect([failed.outcome?.status, ends(failed)]).toEqual(['Failed', 'endNotDone']);
    expect(reportOf(failed)?.reason).toContain('The writer instance is not available');
  });

  it.each([true, false])('are not ended by a function that errs, if an error fails its step: %s', async fails => {
    const world = await forgotten({ functionErrorFailsStep: fails });
    // A strict event: the document's pattern lets ten seconds through, the function does not.
    const failed = await run(world, KILL, { DryRun: 'false', IdleSeconds: '10' });
    expect([failed.outcome?.status, ends(failed)]).toEqual(['Failed', fails ? 'killIdleConnections' : 'endNotDone']);
  });
});
