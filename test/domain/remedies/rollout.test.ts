import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestOf, type ServiceDeployment, wayBack, whyNotLatest } from '../../../lambda/domain/remedies/roll-back.ts';
import {
  type EcsService,
  progressOf,
  rollbackProgress,
  whyNotRestarted,
  whyNotRolling,
} from '../../../lambda/domain/remedies/rollout.ts';

const service = (changes: Partial<EcsService> = {}): EcsService => ({
  ...{ status: 'ACTIVE', taskDefinition: 'arn:backend:42', deploymentConfiguration: { minimumHealthyPercent: 100 } },
  deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY', rolloutState: 'COMPLETED' }],
  desiredCount: 4,
  ...changes,
});
const deployment = (changes: Partial<ServiceDeployment> = {}): ServiceDeployment => ({
  ...{ arn: 'arn:service-deployment/c/s/two', status: 'SUCCESSFUL', createdAt: new Date(2) },
  ...{ sources: ['arn:backend:41'], target: 'arn:backend:42' },
  ...changes,
});

describe('a rollback', () => {
  it.each<[string, Partial<ServiceDeployment>, object]>([
    ['the deployment is over', {}, { by: 'update', taskDefinition: 'arn:backend:41' }],
    ['its rollback failed', { status: 'ROLLBACK_FAILED' }, { by: 'update', taskDefinition: 'arn:backend:41' }],
    ['it is pending', { status: 'PENDING' }, { by: 'stop' }],
    ['it is in progress', { status: 'IN_PROGRESS' }, { by: 'stop' }],
    ['it is being rolled back', { status: 'ROLLBACK_REQUESTED' }, { by: 'wait' }],
    ['it was rolled back', { status: 'ROLLBACK_SUCCESSFUL' }, { refused: 'two has been rolled back already' }],
    ['somebody stops it', { status: 'STOP_REQUESTED' }, { refused: 'two is being stopped by somebody' }],
    [
      'it is the first of the service',
      { sources: [] },
      { refused: 'two is the first of the service: nothing ran before it' },
    ],
    [
      'it restarted the same version',
      { sources: ['arn:backend:42'] },
      { refused: expect.stringContaining('there is nothing to go back to') },
    ],
    [
      'several versions ran before it',
      { sources: ['a:1', 'a:2'] },
      { refused: 'several versions ran before two: a:1, a:2' },
    ],
    [
      'its version no longer runs',
      { target: 'arn:backend:40' },
      { refused: expect.stringContaining('runs arn:backend:42 by now') },
    ],
  ])('is judged by the deployment: %s', (_, changes, way) => {
    expect(wayBack(deployment(changes), service())).toEqual(way);
  });

  it('is refused for a deployment after which another came, in any order of the list', () => {
    const times = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(times, given => {
        const all = given.map(time => ({ arn: `arn:x/${time}`, createdAt: new Date(time) }));
        const latest = latestOf(all);
        expect(latest?.createdAt.getTime()).toBe(Math.max(...given));
        for (const one of all) {
          const reason = whyNotLatest(one, all);
          expect(reason === undefined).toBe(one === latest);
          if (reason) expect(reason).toContain(`a newer deployment (${latest?.arn.slice(6)})`);
        }
      }),
    );
  });
});

it.each<[string, Partial<EcsService>, string]>([
  ['that is deleted', { status: 'INACTIVE' }, 'the service is INACTIVE'],
  ['deployed by CodeDeploy', { deploymentController: { type: 'CODE_DEPLOY' } }, 'controller CODE_DEPLOY'],
  ['deployed by an external controller', { deploymentController: { type: 'EXTERNAL' } }, 'controller EXTERNAL'],
  ...['BLUE_GREEN', 'LINEAR', 'CANARY'].map((strategy): [string, Partial<EcsService>, string] => [
    ...([`with ${strategy} deployments`, { deploymentConfiguration: { strategy } }, `are ${strategy}`] as const),
  ]),
])('the rollout remedies refuse a service %s', (_, changes, reason) => {
  expect(whyNotRolling(service(changes))).toContain(reason);
  expect(whyNotRolling(service())).toBeUndefined();
});

it('tasks are not restarted during a deployment, or where ECS may stop them first', () => {
  const [old] = service().deployments ?? [];
  const other = { id: 'ecs-svc/2', status: 'PRIMARY', rolloutState: 'IN_PROGRESS' };
  expect(whyNotRestarted(service())).toBeUndefined();
  for (const deployments of [[], [other], [other, { ...old, status: 'ACTIVE' }]])
    expect(whyNotRestarted(service({ deployments }))).toContain('a deployment is under way');
  for (const minimumHealthyPercent of [50, undefined])
    expect(whyNotRestarted(service({ deploymentConfiguration: { minimumHealthyPercent } }))).toContain('before others');
});

it.each([
  [1, 200, true],
  [1, 150, false],
  [2, 150, true],
  [10, 100, false],
  [4, undefined, true],
])('tasks, %s of them with a maximum of %s percent, are restarted: %s', (desiredCount, maximumPercent, may) => {
  const deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent };
  expect(whyNotRestarted(service({ desiredCount, deploymentConfiguration }))).toEqual(
    may ? undefined : expect.stringContaining('no room for another task'),
  );
});

describe('the deployment of a remedy', () => {
  const look = (...deployments: NonNullable<EcsService['deployments']>) =>
    progressOf(service({ deployments }), 'mine', 'former');
  const one = (id: string, status: string, rolloutState: string) => ({ id, status, rolloutState });

  it('is waited for while ECS answers with yesterday’s state, and while it is in progress', () => {
    expect(look(one('former', 'PRIMARY', 'COMPLETED'))).toBe('waiting');
    expect(look()).toBe('waiting');
    expect(look(one('mine', 'PRIMARY', 'IN_PROGRESS'), one('former', 'ACTIVE', 'COMPLETED'))).toBe('waiting');
  });

  it('is done when it is completed itself, and not when another is', () => {
    expect(look(one('mine', 'PRIMARY', 'COMPLETED'))).toMatchObject({ verdict: 'done' });
    expect(look(one('other', 'PRIMARY', 'COMPLETED'))).toMatchObject({
      verdict: 'failed',
      reason: expect.stringContaining('other'),
    });
    expect(look(one('mine', 'ACTIVE', 'IN_PROGRESS'), one('other', 'PRIMARY', 'IN_PROGRESS'))).toMatchObject({
      reason: 'the deployment other has taken the place of mine',
    });
    expect(look(one('mine', 'PRIMARY', 'FAILED'))).toMatchObject({ verdict: 'failed' });
  });

  it('that is rolled back ends when ECS reports it', () => {
    expect(rollbackProgress('ROLLBACK_SUCCESSFUL')).toMatchObject({ verdict: 'done' });
    for (const status of ['IN_PROGRESS', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'])
      expect(rollbackProgress(status)).toBe('waiting');
    for (const status of ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_FAILED', 'anything'])
      expect(rollbackProgress(status)).toMatchObject({ verdict: 'failed' });
  });
});
