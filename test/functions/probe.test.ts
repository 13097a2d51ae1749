import { createServer, type RequestListener, type Server } from 'node:http';
import { CloudWatchClient, GetMetricDataCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { DBClusterNotFoundFault, DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeploymentDocument } from '../../lambda/domain/deployed.ts';
import { handler } from '../../lambda/functions/probe/handler.ts';
import { client } from '../../lambda/store/table.ts';
import { publishedMetrics } from '../support/aws-mocks.ts';
import { useLoadBalancer } from '../support/load-balancer.ts';
import { close, listen, urlOf } from '../support/loopback.ts';
import { DEPLOYED, deploy, invoke, useResponder } from '../support/responder.ts';

const NOW = new Date('2026-04-07T10:00:30.000Z');
const at = (minutesAgo: number) => new Date(Math.floor(NOW.getTime() / 60_000) * 60_000 - minutesAgo * 60_000);
const cloudwatch = mockClient(CloudWatchClient);
const ecs = mockClient(ECSClient);
useLoadBalancer();
const rds = mockClient(RDSClient);
const servers: Server[] = [];

useResponder();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  for (const client of [cloudwatch, ecs, rds]) client.reset();
  cloudwatch.on(PutMetricDataCommand).resolves({});
  sees([100, 100], [0, 0]);
  runs({ runningCount: 10 });
  ecs.on(ListServiceDeploymentsCommand).resolves({ serviceDeployments: [] });
  has({ IsClusterWriter: false }, { IsClusterWriter: true });
});

afterEach(async () => {
  for (const server of servers.splice(0)) await close(server);
});

/** The members of the database cluster. */
const has = (...DBClusterMembers: object[]) =>
  rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [{ Status: 'available', DBClusterMembers }] });

/** The load balancer, minute by minute, up to the last that is settled; one without errors has no datapoint of them. */
function sees(requests: number[], errors: number[]): void {
  const series = (Id: string, values: number[]) => {
    const points = values.map((value, i) => ({ value, time: at(values.length - i + 3) }));
    const counted = points.filter(({ value }) => value > 0);
    return { Id, Timestamps: counted.map(({ time }) => time), Values: counted.map(({ value }) => value) };
  };
  cloudwatch
    .on(GetMetricDataCommand)
    .resolves({ MetricDataResults: [series('requests', requests), series('errors', errors)] });
}

const runs = (service: object) =>
  ecs.on(DescribeServicesCommand).resolves({ services: [{ deployments: [], ...service }] });

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await listen(server);
  return `${urlOf(server)}/health`;
}

const answering = (status: number, body = 'ok') => serve((_, response) => response.writeHead(status).end(body));

/** A port that nobody listens on. */
async function refusing(): Promise<string> {
  const url = await answering(200);
  const server = servers.pop();
  if (server) await close(server);
  return url;
}

async function probed(...urls: (string | DeploymentDocument['resources']['healthUrls'][number])[]) {
  const healthUrls = urls.map(url => (typeof url === 'string' ? { url } : url));
  await deploy({ resources: { ...DEPLOYED.resources, healthUrls } });
  await invoke(handler, {});
  return published();
}

function published(): Record<string, number | undefined> {
  const [call, ...others] = cloudwatch.commandCalls(PutMetricDataCommand);
  expect(others).toEqual([]);
  const { Namespace, MetricData = [] } = call?.args[0].input ?? {};
  expect(Namespace).toBe('IncidentResponse');
  for (const { Dimensions } of MetricData)
    expect(Dimensions).toEqual([{ Name: 'Service', Value: 'mockupaws-production' }]);
  return publishedMetrics(cloudwatch);
}

describe('a health URL', () => {
  it('that answers is healthy, whatever its body, if no text is required', async () => {
    expect(await probed(await answering(200), await answering(204, ''))).toEqual({
      ...{ HealthFailingShare: 0, HealthSeconds: expect.any(Number), ErrorShare: 0, RunningTasks: 10 },
      ...{ DeploymentFailing: 0, WriterGone: 0 },
      ConfiguredNamesMissing: 0,
    });
  });

  it('that answers with a wrong body counts as failing', async () => {
    const url = await answering(200, '<h1>Something went wrong</h1>');
    expect(await probed({ url, contains: '"status":"up"' })).toMatchObject({ HealthFailingShare: 1 });
  });

  it('that refuses, answers 5xx or 404 counts as failing', async () => {
    const urls = await Promise.all([refusing(), answering(503), answering(404), answering(200)]);
    expect(await probed(...urls)).toMatchObject({ HealthFailingShare: 0.75 });
  });

  it('that hangs or breaks off counts as failing, and delays nothing else', async () => {
    const hangs = await serve(() => undefined);
    const breaksOff = await serve((_, response) => response.destroy());
    expect(await probed(hangs, breaksOff)).toMatchObject({ HealthFailingShare: 1, RunningTasks: 10 });
  }, 20_000);
});

describe('while the table is away', () => {
  const away = () => vi.spyOn(client, 'send').mockRejectedValue(new Error('ServiceUnavailable') as never);

  it('a probe that has just started measures the health URLs by its environment, and fails', async () => {
    const urls = [{ url: await answering(200) }, { url: await answering(503) }];
    vi.stubEnv('HEALTH_URLS', JSON.stringify(urls));
    vi.stubEnv('SERVICE', 'never-read-before');
    away();
    await expect(invoke(handler, {})).rejects.toThrow('ServiceUnavailable');
    expect(publishedMetrics(cloudwatch)).toEqual({ HealthFailingShare: 0.5, HealthSeconds: expect.any(Number) });
  });

  it('one that has read the configuration before measures everything by that', async () => {
    await probed(await answering(200));
    cloudwatch.resetHistory();
    away();
    await invoke(handler, {});
    expect(published()).toMatchObject({ HealthFailingShare: 0, RunningTasks: 10, WriterGone: 0 });
  });
});

describe('the error share of the load balancer', () => {
  it('is that of the last settled minute, with its own 5xx', async () => {
    sees([100, 200], [0, 50]);
    expect(await probed(await answering(200))).toMatchObject({ ErrorShare: 0.25 });
  });

  it('is zero in a minute without a datapoint of errors', async () => {
    sees([100, 200], [50, 0]);
    expect(await probed(await answering(200))).toMatchObject({ ErrorShare: 0 });
  });

  it('is not published with too few requests', async () => {
    sees([1], [1]);
    expect(await probed(await answering(200))).not.toHaveProperty('ErrorShare');
    expect(await publishedAnew([], [])).not.toHaveProperty('ErrorShare');
    expect(await publishedAnew([49, 1], [0, 1])).toMatchObject({ ErrorShare: 0.02 });
  });

  async function publishedAnew(requests: number[], errors: number[]) {
    cloudwatch.resetHistory();
    sees(requests, errors);
    return probed(await answering(200));
  }
});

describe('the writer of the database', () => {
  const gone = async () => (await probed(await answering(200)))['WriterGone'];

  it('is gone when the cluster has none', async () => {
    has({ IsClusterWriter: false });
    expect(await gone()).toBe(1);
  });

  it('is gone when the cluster does not exist', async () => {
    rds.on(DescribeDBClustersCommand).rejects(new DBClusterNotFoundFault({ message: 'no', $metadata: {} }));
    expect(await gone()).toBe(1);
  });

  it('is not published when access is denied', async () => {
    rds.on(DescribeDBClustersCommand).rejects(new Error('AccessDenied'));
    await expect(gone()).rejects.toThrow('AccessDenied');
    expect(published()).not.toHaveProperty('WriterGone');
  });
});

describe('a deployment is at fault', () => {
  /** A deployment six minutes ago, since which requests fail. */
  const deployed = (source: object | undefined, target: object) => {
    const [createdAt, serviceDeploymentArn] = [at(6), 'deployment'];
    const revision = (arn: string) => ({ serviceRevisionArn: arn, taskDefinition: 'backend:41' });
    const serviceDeployments = [
      { createdAt, serviceDeploymentArn, sourceServiceRevisions: source ? [{ arn: 'source' }] : [] },
    ];
    const [described] = serviceDeployments;
    ecs.on(ListServiceDeploymentsCommand).resolves({ serviceDeployments: [{ createdAt, serviceDeploymentArn }] });
    ecs
      .on(DescribeServiceDeploymentsCommand)
      .resolves({ serviceDeployments: [{ ...described, targetServiceRevision: { arn: 'target' } }] });
    ecs.on(DescribeServiceRevisionsCommand).resolves({
      serviceRevisions: [
        { ...revision('source'), ...source },
        { ...revision('target'), ...target },
      ],
    });
    sees([100, 100, 100, 100, 100], [0, 0, 30, 30, 30]);
  };
  const image = (imageDigest: string) => ({ containerImages: [{ containerName: 'backend', imageDigest }] });

  it.each<[string, object | undefined, object]>([
    ['of another revision', {}, { taskDefinition: 'backend:42' }],
    ['of another image behind the same tag', image('sha256:1'), image('sha256:2')],
    ['of the first version', undefined, {}],
  ])('when requests began to fail with one %s', async (_, source, target) => {
    deployed(source, target);
    expect(await probed(await answering(200))).toMatchObject({ DeploymentFailing: 1 });
  });

  it('but not when it restarted the same version', async () => {
    deployed(image('sha256:1'), image('sha256:1'));
    expect(await probed(await answering(200))).toMatchObject({ DeploymentFailing: 0 });
  });

  it('when ECS reports that it failed', async () => {
    runs({ runningCount: 10, deployments: [{ status: 'PRIMARY', rolloutState: 'FAILED' }] });
    expect(await probed(await answering(200))).toMatchObject({ DeploymentFailing: 1 });
  });
});

it('the probe publishes what it measured, and fails for what it could not measure', async () => {
  ecs.on(DescribeServicesCommand).rejects(new Error('AccessDenied'));
  await expect(probed(await answering(200))).rejects.toThrow('AccessDenied');
  expect(published()).toEqual({
    ...{ HealthFailingShare: 0, HealthSeconds: expect.any(Number), ErrorShare: 0, WriterGone: 0 },
  });
});

describe('stopped tasks', () => {
  const memory = { high: 80, raisable: true };
  const probedTasks = async (...tasks: object[]) => {
    runs({ runningCount: 10, deployments: [{ id: 'ecs-svc/2', rolloutState: 'IN_PROGRESS' }] });
    ecs.on(ListTasksCommand).resolves({ taskArns: tasks.map((_, i) => `task/${i}`) });
    const ended = { stoppedAt: at(2), stopCode: 'EssentialContainerExited' as const, startedBy: 'ecs-svc/1' };
    ecs.on(DescribeTasksCommand).resolves({ tasks: tasks.map(task => ({ ...ended, ...task })) });
    await deploy({ resources: { ...DEPLOYED.resources, healthUrls: [], memory } });
    await invoke(handler, {});
    return published();
  };

  it('are counted each minute: killed for want of memory, and ended by themselves', async () => {
    const killed = { containers: [{ reason: 'OutOfMemoryError: Container killed due to memory usage' }] };
    const told = await probedTasks(killed, {}, { startedBy: 'ecs-svc/2' }, { stoppedAt: at(20) });
    expect(told).toMatchObject({ OutOfMemoryKills: 1, TaskRestarts: 2 });
    expect(ecs.commandCalls(ListTasksCommand)[0]?.args[0].input).toEqual({
      ...{ cluster: 'production', serviceName: 'backend', desiredStatus: 'STOPPED' },
    });
  });

  it('are published as zero when there are none', async () => {
    expect(await probedTasks()).toMatchObject({ OutOfMemoryKills: 0, TaskRestarts: 0 });
  });
});
