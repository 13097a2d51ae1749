import { type Input, Random } from 'embedded-aws';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { provideEcs } from '../../../local/service/apis/ecs.ts';
import { provideEcsTasks } from '../../../local/service/apis/ecs-tasks.ts';
import type { Configuration } from '../../../local/service/strategy.ts';
import type { RehearsalFaults } from '../../../local/world/faults.ts';
import { embeddedService } from '../../support/embedded-service.ts';

const SERVICE = { cluster: 'shop', service: 'web' };
const BLUE_GREEN = { strategy: 'BLUE_GREEN', bakeMinutes: 10 } as const;
const CANARY = { strategy: 'CANARY', percent: 5, stepMinutes: 4, bakeMinutes: 2 } as const;
const LINEAR = { strategy: 'LINEAR', percent: 25, stepMinutes: 2, bakeMinutes: 2 } as const;

function deployed(configuration: Partial<Configuration> = {}, faults: RehearsalFaults = {}, seed = 1) {
  const embedded = embeddedService(seed);
  const { account, call, service } = embedded;
  const { deployments } = service;
  deployments.configure(configuration);
  provideEcs(account, service, { staleReads: 0, ...faults }, new Random(seed));
  provideEcsTasks(account, service);
  const ecs = (operation: string, input: object = {}) => call('ecs', operation, { ...SERVICE, ...input });
  const update = (input: object) => ecs('UpdateService', input);
  const described = async () => (await ecs('DescribeServices', { services: ['web'] }))['services'][0] as Input;
  const list = async (input = {}) => (await ecs('ListServiceDeployments', input))['serviceDeployments'] as Input[];
  const latest = async () => {
    const { currentServiceDeployment: arn } = await described();
    const answer = await ecs('DescribeServiceDeployments', { serviceDeploymentArns: [arn] });
    return answer['serviceDeployments'][0] as Input;
  };
  const taskDefinitions = async (revisions: { arn: string }[]) => {
    const serviceRevisionArns = revisions.map(({ arn }) => arn);
    const answer = await ecs('DescribeServiceRevisions', { serviceRevisionArns });
    return answer['serviceRevisions'].map(({ taskDefinition }: Input) => taskDefinition.split('/').at(-1));
  };
  return { ...embedded, deployments, ecs, update, described, list, latest, taskDefinitions };
}

describe('a rolling deployment', () => {
  test('is IN_PROGRESS until it is everywhere, then SUCCESSFUL, and is the current one of the service', async () => {
    const { update, latest, described, pass, taskDefinitions } = deployed();
    const before = (await described())['currentServiceDeployment'];
    await update({ forceNewDeployment: true });
    await pass(2);
    const running = await latest();
    expect(running['serviceDeploymentArn']).not.toBe(before);
    expect(running['serviceDeploymentArn']).toMatch(/:service-deployment\/shop\/web\/[\w-]{21}$/);
    expect(running['status']).toBe('IN_PROGRESS');
    expect(await taskDefinitions(running['sourceServiceRevisions'])).toEqual(['web:41']);
    expect((await described())['deployments'].map(({ id }: Input) => id)).toEqual([
      expect.stringMatching(/^ecs-svc\/\d{19}$/),
      expect.stringMatching(/^ecs-svc\/\d{19}$/),
    ]);
    await pass(3);
    expect((await latest())['status']).toBe('SUCCESSFUL');
    expect((await described())['deployments']).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
  });

  test('runs as many tasks as maximumPercent allows, which need as many connections', async () => {
    const { update, pass, service, described } = deployed();
    const before = service.database.connections;
    await update({ forceNewDeployment: true });
    await pass(1.1);
    expect((await described())['runningCount']).toBeGreaterThan(15);
    expect(service.database.connections).toBeGreaterThan(before * 1.5);
    await pass(5);
    expect(service.database.connections).toBe(before);
  });

  test('that is stopped moves to ROLLBACK_REQUESTED, then to ROLLBACK_IN_PROGRESS and ROLLBACK_SUCCESSFUL', async () => {
    const { deployments, ecs, latest, pass, service } = deployed();
    deployments.deploy(0.4);
    await pass(2);
    expect(service.errorShare).toBeGreaterThan(0.1);
    const { serviceDeploymentArn } = await latest();
    const statuses: string[] = [];
    await ecs('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
    for (let i = 0; i < 40; i++) {
      const { status } = await latest();
      if (statuses.at(-1) !== status) statuses.push(status);
      // To stop it once more changes nothing: the rollback continues.
      if (status !== 'ROLLBACK_SUCCESSFUL') await ecs('StopServiceDeployment', { serviceDeploymentArn });
      await pass(1 / 6);
    }
    expect(statuses).toEqual(['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_SUCCESSFUL']);
    expect([service.errorShare, deployments.wanted.number]).toEqual([0, 41]);
    await expect(ecs('StopServiceDeployment', { serviceDeploymentArn })).rejects.toThrow('no ongoing deployment');
  });

  test('that is aborted moves to STOP_REQUESTED and STOPPED, and takes nothing back', async () => {
    const { deployments, ecs, latest, pass, service } = deployed();
    deployments.deploy(0.4);
    await pass(2);
    const share = service.errorShare;
    const { serviceDeploymentArn } = await latest();
    await ecs('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ABORT' });
    expect((await latest())['status']).toBe('STOP_REQUESTED');
    await pass(5);
    expect((await latest())['status']).toBe('STOPPED');
    expect(service.errorShare).toBe(share);
  });

  test('may fail to be rolled back', async () => {
    const { deployments, ecs, latest, pass } = deployed();
    deployments.rollbackFails = true;
    deployments.deploy(0.4);
    await pass(2);
    await ecs('StopServiceDeployment', { serviceDeploymentArn: (await latest())['serviceDeploymentArn'] });
    await pass(2);
    expect((await latest())['status']).toBe('ROLLBACK_FAILED');
  });
});

describe('two deployments at once', () => {
  test('the newer replaces the older, and has both revisions that run as its sources', async () => {
    const { deployments, list, latest, pass, taskDefinitions, described, service } = deployed();
    deployments.deploy(0.4);
    await pass(2);
    deployments.deploy(0);
    expect((await list()).map(({ status }) => status)).toEqual(['IN_PROGRESS', 'STOPPED', 'SUCCESSFUL']);
    const { sourceServiceRevisions, targetServiceRevision } = await latest();
    expect(await taskDefinitions(sourceServiceRevisions)).toEqual(['web:41', 'web:42']);
    expect(await taskDefinitions([targetServiceRevision])).toEqual(['web:43']);
    await pass(1);
    expect((await described())['currentServiceRevisions']).toHaveLength(3);
    await pass(4);
    expect([service.errorShare, deployments.wanted.number]).toEqual([0, 43]);
    expect((await latest())['status']).toBe('SUCCESSFUL');
  });

  test('whatever is deployed, stopped and rolled back, and when: every task is of a part, and the last wish is fulfilled', async () => {
    const act = fc.record({
      act: fc.constantFrom('deploy', 'restart', 'roll back', 'abort'),
      seconds: fc.integer({ min: 0, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<Partial<Configuration>>({}, BLUE_GREEN, CANARY, LINEAR),
        fc.array(act, { maxLength: 6 }),
        async (configuration, acts) => {
          const { deployments, clock, pass, service } = deployed(configuration);
          for (const { act: what, seconds } of acts) {
            await clock.run(seconds * 1000, () => false);
            if (what === 'deploy') deployments.deploy(0.1);
            if (what === 'restart') deployments.begin(deployments.wanted.number, true);
            if (what === 'roll back' && deployments.underWay) deployments.rollBack(deployments.latest.id);
            if (what === 'abort' && deployments.underWay) deployments.abort(deployments.latest.id);
            const shares = deployments.parts.reduce((sum, { share }) => sum + share, 0);
            expect(shares).toBeCloseTo(1);
            await pass(0.2);
            const known = new Set(deployments.parts.map(({ scheduler }) => scheduler));
            expect(service.memory.running.every(({ deployment }) => known.has(deployment))).toBe(true);
          }
          await pass(40);
          expect(deployments.underWay).toBe(false);
          const aborted = deployments.latest.status === 'STOPPED';
          const versions = new Set(service.memory.running.map(({ revision }) => revision));
          if (!aborted) expect([...versions]).toEqual([deployments.wanted.number]);
          expect(service.memory.running).toHaveLength(10);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('strategies that shift the traffic', () => {
  /** The target's share of the traffic, each minute. */
  async function shares(configuration: Partial<Configuration>, minutes: number) {
    const { deployments, pass, latest } = deployed(configuration);
    deployments.deploy(0.5);
    const seen: number[] = [];
    for (let i = 0; i < minutes; i++) {
      await pass(1);
      seen.push(deployments.latest.done);
    }
    return { seen, status: (await latest())['status'], latest, pass };
  }

  test('blue/green shifts all of it at once, and is IN_PROGRESS for as long as it bakes', async () => {
    const { seen, status, latest, pass } = await shares(BLUE_GREEN, 9);
    expect(seen.slice(1)).toEqual(Array(8).fill(1));
    expect(status).toBe('IN_PROGRESS');
    expect(await latest()).toMatchObject({
      lifecycleStage: 'BAKE_TIME',
      deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 },
    });
    await pass(3);
    expect((await latest())['status']).toBe('SUCCESSFUL');
  });

  test('a canary gets its share first, a linear deployment goes on by equal steps', async () => {
    expect(new Set((await shares(CANARY, 9)).seen)).toEqual(new Set([0, 0.05, 1].slice(1)));
    expect([...new Set((await shares(LINEAR, 9)).seen)]).toEqual([0.25, 0.5, 0.75, 1]);
  });

  test('taken back, the traffic is where it was at once', async () => {
    const { deployments, ecs, latest, pass, service } = deployed(BLUE_GREEN);
    deployments.deploy(0.5);
    await pass(3);
    expect(service.errorShare).toBe(0.5);
    await ecs('StopServiceDeployment', { serviceDeploymentArn: (await latest())['serviceDeploymentArn'] });
    await pass(1);
    expect(service.errorShare).toBe(0);
    expect((await latest())['status']).toBe('ROLLBACK_SUCCESSFUL');
  });
});

describe.each(['CODE_DEPLOY', 'EXTERNAL'] as const)('a service of the %s controller', controller => {
  test('is not updated to a task definition, nor anew, by UpdateService; its count is', async () => {
    const { update, described } = deployed({ controller });
    const wrong = `on services with a ${controller} deployment controller`;
    await expect(update({ taskDefinition: 'web:40' })).rejects.toThrow(`Unable to update task definition ${wrong}`);
    await expect(update({ forceNewDeployment: true })).rejects.toThrow(wrong);
    await update({ desiredCount: 12 });
    expect((await described())['desiredCount']).toBe(12);
  });

  test('has task sets, and no service deployments', async () => {
    const { deployments, described, list, pass } = deployed({ controller });
    deployments.deploy(0.1);
    await pass(2);
    const service = await described();
    expect(service).toMatchObject({ deploymentController: { type: controller }, deployments: [] });
    expect(service['taskSets']).toHaveLength(2);
    expect(service['currentServiceDeployment']).toBeUndefined();
    expect('taskDefinition' in service).toBe(controller === 'CODE_DEPLOY');
    await expect(list()).rejects.toThrow('no service deployments');
  });
});

describe('reads', () => {
  test('ListServiceDeployments tells nothing of what was before, and pages', async () => {
    const { deployments, pass, list, ecs } = deployed();
    for (let i = 0; i < 3; i++) {
      deployments.deploy(0);
      await pass(6);
    }
    const all = await list();
    expect(all).toHaveLength(4);
    for (const brief of all) expect(brief).not.toHaveProperty('sourceServiceRevisions');
    const first = await ecs('ListServiceDeployments', { maxResults: 3 });
    const rest = await ecs('ListServiceDeployments', { maxResults: 3, nextToken: first['nextToken'] });
    expect([...first['serviceDeployments'], ...rest['serviceDeployments']]).toEqual(all);
    expect(rest['nextToken']).toBeUndefined();
  });

  test('no document says in what order deployments are listed: the seed does, each time the same', async () => {
    const orders = await Promise.all(
      Array.from({ length: 12 }, async (_, seed) => {
        const { deployments, list, pass } = deployed({}, { unordered: true }, seed);
        deployments.deploy(0);
        await pass(6);
        deployments.deploy(0);
        const times = (await list()).map(({ createdAt }) => createdAt.getTime());
        expect((await list()).map(({ createdAt }) => createdAt.getTime())).toEqual(times);
        return times.map(time => times.filter(other => other < time).length).join();
      }),
    );
    expect(new Set(orders).size).toBeGreaterThan(2);
  });

  test('after a change they may tell of what was before it, for no longer than the world allows', async () => {
    let stale = 0;
    for (let seed = 0; seed < 8; seed++) {
      const { described, list, update, latest, clock } = deployed({}, { staleReads: 30 }, seed);
      const [before, history] = [await described(), await list()];
      const { service } = await update({ taskDefinition: 'web:40', desiredCount: 12 });
      expect(service).toMatchObject({ desiredCount: 12, taskDefinition: expect.stringMatching(/:40$/) });
      if ((await described())['desiredCount'] === 10) {
        stale++;
        expect([await described(), await list()]).toEqual([before, history]);
        expect((await latest())['status']).toBe('SUCCESSFUL');
      }
      await clock.run(30_000, () => false);
      expect([(await described())['desiredCount'], (await latest())['status']]).toEqual([12, 'IN_PROGRESS']);
    }
    expect(stale).toBeGreaterThan(4);
  });
});

test.each([
  ['DescribeServiceDeployments', (arn: string) => ({ serviceDeploymentArns: [arn] }), 'deployment'],
  ['DescribeServiceRevisions', (arn: string) => ({ serviceRevisionArns: [arn] }), 'revision'],
  ['StopServiceDeployment', (arn: string) => ({ serviceDeploymentArn: arn }), 'deployment'],
])('%s is judged by the ARN that is asked for and by that of its service', async (operation, input, type) => {
  const arn = (resource: string) => `arn:aws:ecs:us-east-1:123456789012:${resource}`;
  const [named, own] = [arn(`service-${type}/shop/web/some`), arn('service/shop/web')];
  const asked = (resources: string[]) => {
    // Decisions are remembered: each question is one of an account of its own.
    const { account, ecs } = deployed();
    vi.spyOn(account.permissions, 'allows').mockImplementation((_role, _action, resource) =>
      resources.includes(resource),
    );
    return ecs(operation, input(named));
  };
  await expect(asked([named])).rejects.toThrow(`ecs:${operation} on resource: ${own}`);
  await expect(asked([own])).rejects.toThrow(`ecs:${operation} on resource: ${named}`);
  await expect(asked([named, own]).catch((error: Error) => error.name)).resolves.not.toBe('AccessDeniedException');
});

test('a person who deploys is told of as a person', async () => {
  const { account, deployments } = deployed();
  const told: unknown[] = [];
  account.listen(({ type, does }) => told.push([type, does]));
  deployments.deploy(0);
  expect(told).toEqual([['person', 'deploys revision 42']]);
});
