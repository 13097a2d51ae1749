import { describe, expect, it } from 'vitest';
import { deploymentState, type ServiceRollout } from '../../../lambda/domain/diagnosis/deployment.ts';
import type { MinuteOfTraffic } from '../../../lambda/domain/diagnosis/traffic.ts';

const NOW = new Date('2026-04-07T10:00:00.000Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

/** The last half hour; requests fail in these minutes, counted backwards from now. */
const traffic = (failing: (minutesAgo: number) => boolean, from = 30, requests = 100): MinuteOfTraffic[] =>
  Array.from({ length: from }, (_, i) => from - i).map(minutes => ({
    at: ago(minutes).getTime(),
    requests,
    failed: failing(minutes) ? requests * 0.3 : 0,
    settled: minutes > 3,
  }));

const version = (at: Date) => ({ arn: `deployment of ${at.toISOString()}`, at, restart: false });
const LEAST = 50;

const COMPLETED: ServiceRollout[] = [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }];
const faultOf = (began: Date[], minutes: MinuteOfTraffic[], rollouts = COMPLETED) =>
  deploymentState(rollouts, began.map(version), minutes, NOW, LEAST).fault;

describe('a deployment is at fault', () => {
  it('when requests began to fail soon after it and still fail', () => {
    expect(
      faultOf(
        [ago(8)],
        traffic(m => m <= 6),
      ),
    ).toBe('requests have failed since the one 8 min ago');
  });

  it('when a rollback followed it and did not help', () => {
    expect(
      faultOf(
        [ago(2), ago(8)],
        traffic(m => m <= 6),
      ),
    ).toBe('requests have failed since the one 8 min ago');
  });

  it('when ECS reports it as failed, whatever the requests', () => {
    expect(faultOf([ago(8)], [], [{ status: 'PRIMARY', rolloutState: 'FAILED' }])).toBe('ECS says that it failed');
    const rollouts = (failedTasks: number) => [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS', failedTasks }];
    expect(faultOf([ago(8)], [], rollouts(3))).toBe('3 of its tasks failed to start');
    expect(faultOf([ago(8)], [], rollouts(2))).toBeUndefined();
  });
});

describe('a deployment is not at fault', () => {
  it.each<[string, Date[], MinuteOfTraffic[]]>([
    ['requests failed before it', [ago(8)], traffic(m => m <= 12)],
    ['requests have stopped failing', [ago(8)], traffic(m => m <= 6 && m > 4)],
    ['requests began to fail long after it', [ago(25)], traffic(m => m <= 8)],
    ['no request fails', [ago(8)], traffic(() => false)],
    ['there was no deployment', [], traffic(m => m <= 6)],
    ['nothing is known of the time before it', [ago(8)], traffic(m => m <= 6, 8)],
    ['nothing is known of the time after it', [ago(0)], traffic(() => false)],
    ['one of few requests failed', [ago(8)], traffic(m => m === 1, 30, 10)],
    ['there were too few requests before it', [ago(8)], traffic(m => m <= 6, 30, 4)],
  ])('when %s', (_, began, minutes) => {
    expect(faultOf(began, minutes)).toBeUndefined();
  });
});

it('a deployment that restarts the same version is not at fault, and does not count as the latest', () => {
  const failing = traffic(m => m <= 6);
  const restart = { at: ago(8), restart: true };
  expect(deploymentState(COMPLETED, [restart], failing, NOW, LEAST)).toEqual({ inProgress: false });
  expect(deploymentState(COMPLETED, [restart, version(ago(50))], failing, NOW, LEAST)).toEqual({
    ...{ ageMinutes: 50, inProgress: false },
  });
});

it('deploymentState names the deployment at fault, and whether a newer version was deployed since', () => {
  const failing = traffic(m => m <= 6);
  const blamed = (...deployed: ReturnType<typeof version>[]) => {
    const { suspect, suspectIsLatest } = deploymentState(COMPLETED, deployed, failing, NOW, LEAST);
    return [suspect, suspectIsLatest];
  };
  const [bad, fix] = [version(ago(8)), version(ago(2))];
  expect(blamed(bad)).toEqual([bad.arn, true]);
  expect(blamed(fix, bad)).toEqual([bad.arn, false]);
  expect(blamed({ ...fix, restart: true }, bad)).toEqual([bad.arn, true]);
  expect(blamed()).toEqual([undefined, undefined]);
  const failed = [{ status: 'PRIMARY', rolloutState: 'FAILED' }];
  expect(deploymentState(failed, [fix, bad], [], NOW, LEAST)).toMatchObject({
    ...{ suspect: fix.arn, suspectIsLatest: true },
  });
});

it('deploymentState has the age of the latest deployment, and whether one is in progress', () => {
  expect(deploymentState(COMPLETED, [ago(8), ago(50)].map(version), [], NOW, LEAST)).toEqual({
    ageMinutes: 8,
    inProgress: false,
  });
  const rollouts = [...COMPLETED, { status: 'ACTIVE', rolloutState: 'IN_PROGRESS' }];
  expect(deploymentState(rollouts, [], [], NOW, LEAST)).toEqual({ inProgress: true });
});
