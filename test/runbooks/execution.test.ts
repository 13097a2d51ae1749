import { describe, expect, it } from 'vitest';
import { readSessionReport } from '../../lambda/domain/sessions.ts';
import { type Input, ServiceError } from '../../local/account/account.ts';
import type { RunbookRun, Undocumented } from '../../local/account/runbooks.ts';
import type { Properties } from '../../local/account/template.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { World } from '../../local/world.ts';
import { assembly, timelineOf } from '../simulation/world.ts';

const MINUTE = 60_000;

const documents = Object.values(assembly().template.Resources)
  .filter(({ Type }) => Type === 'AWS::SSM::Document')
  .map(({ Properties: properties }) => ({ name: String(properties['Name']), content: properties['Content'] }));
const short = (name: string) => name.replace('mockupaws-production-', '');
const RAISE = 'mockupaws-production-raise-max-connections';

/** A call that a runbook makes: to an API, or to a function. */
interface Call {
  operation: string;
  input: Input;
}

/** Notes the calls of a runbook, and lets the one with the given number fail. */
function tap(world: World, name: string, failing = -1): Call[] {
  const calls: Call[] = [];
  const { account, functions } = world;
  const [call, invoke] = [account.call.bind(account), functions.invoke.bind(functions)];
  const note = (operation: string, input: Input) => {
    if (calls.push({ operation, input }) - 1 === failing)
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
  };
  account.call = async (caller, service, operation, input) => {
    if (caller.name === name) note(`${service}:${operation}`, input);
    return call(caller, service, operation, input);
  };
  const document = account.ofType('AWS::SSM::Document').find(({ ref }) => ref === name);
  const target: string | undefined = document?.properties['Content'].parameters.FunctionName?.default;
  functions.invoke = async (nameOrArn, event) => {
    if (nameOrArn === target) note('lambda:InvokeFunction', event as Input);
    return invoke(nameOrArn, event);
  };
  return calls;
}

/** The app, and a person who may run every document from the console. */
function withOperator() {
  const altered = assembly();
  const may = { Effect: 'Allow', Action: ['ssm:StartAutomationExecution', 'iam:PassRole'], Resource: '*' };
  altered.template.Resources['Operator'] = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Statement: [] },
      Policies: [{ PolicyName: 'run', PolicyDocument: { Statement: [may] } }],
    },
  };
  return altered;
}

/** Runs a document as a person would from the console, with the service's values as its defaults, to its end. */
async function run(world: World, name: string, parameters: Record<string, string>): Promise<RunbookRun> {
  const operator = world.account.ofType('AWS::IAM::Role').find(({ logicalId }) => logicalId === 'Operator');
  const caller = { name: 'a person', role: operator?.arn ?? '' };
  const [document] = world.account.ofType('AWS::SSM::Document').filter(({ ref }) => ref === name);
  const given = Object.entries(parameters).filter(([key]) => document?.properties['Content'].parameters[key]);
  const Parameters = Object.fromEntries(given.map(([key, value]) => [key, [value]]));
  await world.account.call(caller, 'ssm', 'StartAutomationExecution', { DocumentName: name, Parameters });
  const started = world.runbooks.runs.at(-1);
  if (!started) throw new Error(`${name} did not start`);
  await world.clock.run(70 * MINUTE, () => started.outcome !== undefined);
  return started;
}

const READS = /:(Describe|List|Get)/;
const changes = (calls: Call[]) =>
  calls.filter(({ operation, input }) => !READS.test(operation) && input['dryRun'] !== 'true');

/** What a runbook needs to act on, beyond a service that is well. */
const PREPARED: Record<string, (world: World) => void> = {
  'roll-back': ({ service }) => service.deployments.deploy(0.4),
  'update-certificate': ({ service: { certificates } }) => {
    const { arn, names } = certificates.first;
    const Value = arn.split('/').at(-1) ?? '';
    const replacement = certificates.request(names, 'DNS');
    Object.assign(replacement, { status: 'ISSUED', tags: [{ Key: 'incident-response:replaces', Value }] });
  },
};

/** What a person must say, as no service has it as its value. */
const GIVEN: Record<string, Record<string, string>> = { 'return-to-revision': { Revision: '40' } };

async function prepared(name: string): Promise<World> {
  const world = await World.create(withOperator(), 1);
  PREPARED[short(name)]?.(world);
  return world;
}

describe.each(documents)('$name', ({ name, content }) => {
  /** What only reads has no dry run. */
  const mayChange = content.parameters['DryRun'] !== undefined;

  it('dry, changes nothing', async () => {
    const world = await prepared(name);
    const calls = tap(world, name);
    const { outcome } = await run(world, name, { ...GIVEN[short(name)] });
    expect(outcome).toMatchObject({ status: 'Success' });
    expect(calls.length).toBeGreaterThan(0);
    if (mayChange) expect(changes(calls)).toEqual([]);
  });

  it('never succeeds when one of its calls fails, and does nothing after that', async () => {
    const world = await prepared(name);
    const calls = tap(world, name);
    const { outcome } = await run(world, name, { ...GIVEN[short(name)], DryRun: 'false' });
    expect(outcome?.status).toBe('Success');
    // A wait asks again and again: its first call stands for all of them.
    const distinct = calls.flatMap((call, i) => (isRepeated(calls, i) ? [] : [[call, i] as const]));
    for (const [call, failing] of distinct) {
      const other = await prepared(name);
      const made = tap(other, name, failing);
      const failed = await run(other, name, { ...GIVEN[short(name)], DryRun: 'false' });
      const what = `${call.operation}, call ${failing + 1}`;
      expect(failed.outcome?.status, what).toBe('Failed');
      expect(failed.outcome?.failureMessage, what).toBeTruthy();
      expect(made.slice(failing + 1), what).toEqual([]);
    }
  });
});

const isRepeated = (calls: Call[], i: number) =>
  i > 0 && JSON.stringify(calls[i]) === JSON.stringify(calls[i - 1]) && READS.test(calls[i]?.operation ?? '');

describe('in an incident, a runbook that scales for a while and fails', () => {
  it.each([0, 2, 5])('at its call %i is a failed step, and is put back', async failing => {
    const world = await World.create(assembly(), 3);
    const name = 'mockupaws-production-scale-service';
    const calls = tap(world, name, failing);
    databaseConnections.befall(world);
    await world.clock.run(60 * MINUTE, () => false);
    const timeline = timelineOf(world);
    const [first] = timeline.filter(({ type, step }) => type === 'StepStarted' && step === 'scale-down');
    expect(calls.length).toBeGreaterThan(failing);
    expect(timeline.find(({ type, run }) => type === 'StepFailed' && run === first?.['run'])?.['reason']).toContain(
      'ThrottlingException',
    );
    const undo = timeline.find(({ type, undoes }) => type === 'StepStarted' && undoes === first?.['run']);
    expect(timeline.find(({ type, run }) => type === 'StepSucceeded' && run === undo?.['run'])).toBeDefined();
    expect([world.service.tasks.desired, world.service.tasks.scalingSuspended]).toEqual([10, false]);
  });
});

describe('raising max_connections', () => {
  const raise = async (world: World, parameters: Record<string, string> = {}) => {
    const calls = tap(world, RAISE);
    const { outcome } = await run(world, RAISE, { DryRun: 'false', ...parameters });
    return { outcome, done: changes(calls), database: world.service.database };
  };

  it('changes the parameter group, then reboots the writer and waits for it', async () => {
    const world = await World.create(withOperator(), 1);
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
    const world = await World.create(withOperator(), 1);
    const { database } = world.service;
    database.want(3444);
    expect(database.maxConnections).toBe(1722);
    database.reboot();
    expect([database.connections, database.errorShare]).toEqual([0, 1]);
    await world.clock.run(MINUTE, () => false);
    expect([database.available, database.maxConnections]).toEqual([true, 3444]);
  });

  it('refuses a default parameter group, which cannot be modified, and says so', async () => {
    const world = await World.create(withOperator(), 1);
    world.service.database.parameterGroup = 'default.aurora-postgresql16';
    const { outcome, done } = await raise(world);
    expect(outcome?.status).toBe('Failed');
    expect(outcome?.failureMessage).toMatch(/default\.aurora-postgresql16.+because a default one cannot be modified/);
    expect(done).toEqual([]);
  });

  it('dry, says which group and which writer it would change', async () => {
    const { outcome } = await raise(await World.create(withOperator(), 1), { DryRun: 'true' });
    expect(outcome?.outputs).toMatchObject({ 'readCluster.ParameterGroup': ['mockupaws-production'] });
  });

  it('may be done to no other cluster', async () => {
    const altered = withOperator();
    const resources = Object.values(altered.template.Resources);
    const document = resources.find(({ Properties: properties }) => properties?.['Name'] === RAISE);
    const parameters = document?.Properties['Content'].parameters as Properties;
    parameters['ClusterIdentifier'].default = 'shop-production';
    const { outcome } = await raise(await World.create(altered, 1));
    expect(outcome?.failureMessage).toContain('AccessDenied');
  });
});

describe('a person at the console', () => {
  it('investigates all that any playbook looks at, one line a finding', async () => {
    const world = await World.create(withOperator(), 1);
    const { outcome } = await run(world, 'mockupaws-production-investigate', {});
    const { findings } = JSON.parse(String(outcome?.outputs['investigate.Payload']));
    expect(findings[0]).toMatch(/^ok {2}Health: mockupaws.com HTTP 200/);
    expect(findings.filter((line: string) => !line.startsWith('ok'))).toEqual([]);
    expect(world.incidents.size).toBe(0);
  });

  it('tests the service: well when it is well, and failing by name when it is not', async () => {
    const world = await World.create(withOperator(), 1);
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
  const restart = async (world: World) => {
    const name = 'mockupaws-production-restart-redis';
    const calls = tap(world, name);
    const { outcome } = await run(world, name, { DryRun: 'false' });
    return { outcome, done: changes(calls), redis: world.service.redis };
  };

  it('lets a replica take over where one can, and waits for it', async () => {
    const { outcome, done, redis } = await restart(await World.create(withOperator(), 1));
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
      const world = await World.create(withOperator(), 1);
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
    ['with cluster mode on', { clusterMode: true }, 'ClusterEnabled is true, not among ["False"]'],
    [
      'where the primary is not found',
      { primary: 'mockupaws-production-009', automaticFailover: false },
      'a group whose primary is among its first two nodes',
    ],
  ])('refuses %s, and says so', async (_, topology, why) => {
    const world = await World.create(withOperator(), 1);
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
  async function forgotten(undocumented?: Undocumented): Promise<World> {
    const world = await World.create(withOperator(), 1, undocumented && { automation: undocumented });
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
