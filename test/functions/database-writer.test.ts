import { CloudWatchClient, GetMetricDataCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ECSClient, ListServiceDeploymentsCommand } from '@aws-sdk/client-ecs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DBClusterNotFoundFault,
  DBInstanceNotFoundFault,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  FailoverDBClusterCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handler as probe } from '../../lambda/functions/probe/handler.ts';
import { handler as writerState } from '../../lambda/functions/writer-state/handler.ts';
import { databaseWriter } from '../../lambda/investigation/checks/database-writer.ts';
import { handler as failOver } from '../../lambda/runbooks/fail-over-database/handler.ts';
import { publishedMetrics } from '../support/aws-mocks.ts';
import { useLoadBalancer } from '../support/load-balancer.ts';
import { DEPLOYED, invoke, useResponder } from '../support/responder.ts';
import { minute, START } from '../support/story.ts';

useResponder({
  ...{ DATABASE_ACCESS: 'data-api', CLUSTER_ARN: 'arn:cluster', SECRET_ARN: 'arn:secret', DATABASE_NAME: 'shop' },
  ...{ WRITER_STATE_FUNCTION: 'writer-state', INSTANCES: 'one,two' },
});
useLoadBalancer();
const rds = mockClient(RDSClient);
const data = mockClient(RDSDataClient);
const lambda = mockClient(LambdaClient);
const cloudwatch = mockClient(CloudWatchClient);
const ecs = mockClient(ECSClient);

const resources = { ...DEPLOYED.resources, databaseInstances: ['one', 'two'] };
const NOW = new Date(START);

/** The cluster with these writers; of `one` and `two`, each is in a state. */
function has(writer: string, statuses: Record<string, string> = {}, Status = 'available') {
  const members = ['one', 'two'].map(id => ({ DBInstanceIdentifier: id, IsClusterWriter: id === writer }));
  rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [{ Status, DBClusterMembers: members }] });
  for (const id of ['one', 'two']) {
    const described = {
      DBInstanceIdentifier: id,
      DBInstanceStatus: statuses[id] ?? 'available',
      DBInstanceClass: 'db.x',
    };
    rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: id }).resolves({ DBInstances: [described] });
  }
}

const answers = (state: object, failed?: string) => {
  const Payload = { transformToString: () => JSON.stringify(state) } as never;
  lambda.on(InvokeCommand).resolves({ Payload, ...(failed && { FunctionError: failed }) });
};
const WRITABLE = { answered: true, readOnly: false, bySetting: false };
const READ_ONLY = { answered: true, readOnly: true, bySetting: false };

/** What the probe has measured of the last minutes. */
const measured = (Id: 'gone' | 'readonly', ...Values: number[]) =>
  cloudwatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: [{ Id, Values, Timestamps: Values.map((_, i) => new Date(minute(i - Values.length))) }],
  });

beforeEach(() => {
  for (const client of [rds, data, lambda, cloudwatch, ecs]) client.reset();
  has('two');
  answers(WRITABLE);
  measured('readonly', 0, 0, 0, 0);
});

describe('the writer state function', () => {
  const row = (read_only: string, by_default: string, in_recovery: boolean) =>
    data.on(ExecuteStatementCommand).resolves({
      columnMetadata: ['read_only', 'by_default', 'in_recovery'].map(name => ({ name })),
      records: [[{ stringValue: read_only }, { stringValue: by_default }, { booleanValue: in_recovery }]],
    });

  it('asks over the writer endpoint whether the database accepts writes', async () => {
    row('off', 'off', false);
    expect(await invoke(writerState, {})).toEqual(WRITABLE);
    row('on', 'off', true);
    expect(await invoke(writerState, {})).toEqual(READ_ONLY);
    expect(data.commandCalls(ExecuteStatementCommand)[0]?.args[0].input).toMatchObject({ resourceArn: 'arn:cluster' });
  });

  it('returns the reason when the database does not answer', async () => {
    data.on(ExecuteStatementCommand).rejects(Object.assign(new Error('no writer'), { name: 'DatabaseUnavailable' }));
    expect(await invoke(writerState, {})).toEqual({ answered: false, reason: expect.stringContaining('no writer') });
    data.on(ExecuteStatementCommand).resolves({ records: [] });
    expect(await invoke(writerState, {})).toMatchObject({ answered: false });
  });
});

describe('the diagnosis of the database writer', () => {
  const found = () => databaseWriter(resources, NOW);

  it('is good while the database accepts writes, and names the reader that could take over', async () => {
    expect(await found()).toEqual({
      ok: true,
      summary: 'Database writer: two accepts writes, one can take over',
      facts: { writerGoneMinutes: 0, writerReadOnlyMinutes: 0, readersAvailable: 1, clusterAvailable: 1 },
      objects: { lostWriter: 'two', readerToPromote: 'one' },
    });
  });

  it('counts the minutes for which the database has been read-only', async () => {
    answers(READ_ONLY);
    measured('readonly', 0, 1, 1, 1, 1);
    const { ok, summary, facts } = await found();
    expect([ok, summary]).toEqual([
      false,
      'Database writer: two has been read-only for 3 min at least, one can take over',
    ]);
    expect(facts).toMatchObject({ writerGoneMinutes: 0, writerReadOnlyMinutes: 3 });
  });

  it('counts no minutes once the database accepts writes again', async () => {
    measured('readonly', 1, 1, 1, 1, 1);
    expect((await found()).facts).toMatchObject({ writerReadOnlyMinutes: 0 });
  });

  it('counts the minutes without a writer, and does not ask the database', async () => {
    has('nobody');
    measured('gone', 1, 1, 1, 1, 1, 1);
    expect(await found()).toMatchObject({
      ok: false,
      summary: 'Database writer: there is none, for 5 min at least, one can take over',
      facts: { writerGoneMinutes: 5, writerReadOnlyMinutes: 0, readersAvailable: 2 },
      objects: { lostWriter: 'none', readerToPromote: 'one' },
    });
    expect(lambda.calls()).toEqual([]);
  });

  it('says why no reader could take over', async () => {
    has('two', { one: 'failed' }, 'failing-over');
    const { summary, facts, objects } = await found();
    expect(summary).toBe(
      'Database writer: two accepts writes, the cluster is failing-over, no reader is available to take over',
    );
    expect(facts).toMatchObject({ readersAvailable: 0, clusterAvailable: 0 });
    expect(objects).toEqual({ lostWriter: 'two' });
  });

  it('does not count an instance that does not exist', async () => {
    rds
      .on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'one' })
      .rejects(new DBInstanceNotFoundFault({ message: 'not found', $metadata: {} }));
    expect((await found()).facts).toMatchObject({ readersAvailable: 0 });
  });

  it('has no fact when the database does not answer, and no lost minute when a setting makes it read-only', async () => {
    answers({ answered: false, reason: 'time-out' });
    const silent = await found();
    expect([silent.ok, silent.summary]).toEqual([
      null,
      'Database writer: two did not answer (time-out), one can take over',
    ]);
    expect(silent.facts).not.toHaveProperty('writerReadOnlyMinutes');
    answers({ ...WRITABLE, bySetting: true });
    const set = await found();
    expect([set.ok, set.summary]).toEqual([null, expect.stringContaining('default_transaction_read_only is on')]);
    expect(set.facts).toMatchObject({ writerReadOnlyMinutes: 0 });
  });

  it('names a cluster that does not exist, and fails when the function fails', async () => {
    answers({ errorMessage: 'it broke' }, 'Unhandled');
    await expect(found()).rejects.toThrow('the database could not be asked: it broke');
    rds.on(DescribeDBClustersCommand).rejects(new DBClusterNotFoundFault({ message: 'no', $metadata: {} }));
    expect(await found()).toMatchObject({ ok: false, summary: 'Database writer: there is no cluster production' });
  });
});

describe('the probe of the database writer', () => {
  const published = async () => {
    cloudwatch.on(PutMetricDataCommand).resolves({});
    ecs.on(DescribeServicesCommand).resolves({ services: [{ runningCount: 10, deployments: [] }] });
    ecs.on(ListServiceDeploymentsCommand).resolves({ serviceDeployments: [] });
    vi.stubGlobal('fetch', async () => new Response('ok'));
    await invoke(probe, {});
    return publishedMetrics(cloudwatch);
  };

  it('publishes whether the database refuses writes, and nothing while it does not answer', async () => {
    expect(await published()).toMatchObject({ WriterReadOnly: 0, WriterGone: 0 });
    answers(READ_ONLY);
    expect(await published()).toMatchObject({ WriterReadOnly: 1 });
    answers({ ...WRITABLE, bySetting: true });
    expect(await published()).toMatchObject({ WriterReadOnly: 0 });
    answers({ answered: false, reason: 'time-out' });
    expect(await published()).not.toHaveProperty('WriterReadOnly');
  });

  it('does not ask the database when no playbook has access to it', async () => {
    vi.stubEnv('WRITER_STATE_FUNCTION', undefined);
    expect(await published()).not.toHaveProperty('WriterReadOnly');
    expect(lambda.calls()).toEqual([]);
  });
});

describe('the failover remedy', () => {
  const call = (more: object = {}) =>
    invoke(failOver, { dryRun: 'false', cluster: 'production', writer: 'two', reader: 'one', ...more });
  const told = () => rds.commandCalls(FailoverDBClusterCommand).map(({ args }) => args[0].input);

  it('calls RDS and reports that it waits', async () => {
    expect(await call()).toMatchObject({
      verdict: 'done',
      waiting: 'true',
      reader: 'one',
      changed: [expect.any(String)],
    });
    expect(told()).toEqual([{ DBClusterIdentifier: 'production', TargetDBInstanceIdentifier: 'one' }]);
  });

  it('names the reader in a dry run and does not call RDS', async () => {
    const answer = await call({ dryRun: 'true', writer: '', reader: '' });
    expect(answer).toMatchObject({ verdict: 'done', waiting: 'false', changed: [] });
    expect(answer).toMatchObject({
      report: [
        'Would make one (db.x, available) the writer of production, in place of two (db.x, available).',
        expect.stringContaining('Every connection'),
      ],
    });
    has('nobody');
    expect(await call({ dryRun: 'true', writer: 'none' })).toMatchObject({
      report: ['Would make one (db.x, available) the writer of production, which has none.', expect.any(String)],
    });
    expect(told()).toEqual([]);
  });

  it('changes nothing when the roles have changed, and says which', async () => {
    has('one');
    expect(await call()).toMatchObject({
      verdict: 'unchanged',
      reason: 'one is the writer by now, not two',
      changed: [],
    });
    expect(told()).toEqual([]);
  });

  it('ends when the reader has taken over, and fails when it must have by now', async () => {
    const look = { dryRun: 'true', look: 'true' };
    expect(await call(look)).toMatchObject({ verdict: 'done', waiting: 'true' });
    expect(await call({ ...look, required: 'true' })).toMatchObject({
      verdict: 'failed',
      reason: 'one has not taken over: the cluster is available, its writer two',
    });
    has('one');
    expect(await call(look)).toMatchObject({ verdict: 'done', waiting: 'false' });
    expect(await call({ ...look, required: 'true' })).toMatchObject({ verdict: 'done' });
    expect(told()).toEqual([]);
  });
});
