import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  climbBeganWith,
  type MemoryPoint,
  type StoppedTask,
  stoppedTasks,
} from '../../../lambda/domain/diagnosis/memory.ts';

const NOW = new Date('2026-04-07T10:00:00.000Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

describe('stopped tasks', () => {
  const ended: StoppedTask = { stoppedAt: ago(5), stopCode: 'EssentialContainerExited', startedBy: 'ecs-svc/1' };
  const of = (...tasks: Partial<StoppedTask>[]) =>
    stoppedTasks(
      tasks.map(task => ({ ...ended, ...task })),
      ['ecs-svc/2'],
      NOW,
    );

  it.each<[string, Partial<StoppedTask>, { kills: number; restarts: number }]>([
    [
      'a container ran out of memory',
      { containers: [{}, { reason: 'OutOfMemoryError: killed' }] },
      { kills: 1, restarts: 1 },
    ],
    ['the task ran out of memory', { stoppedReason: 'OutOfMemory' }, { kills: 1, restarts: 1 }],
    ['the reason is in lower case', { containers: [{ reason: 'outofmemoryerror' }] }, { kills: 1, restarts: 1 }],
    ['the task ended by itself', { stoppedReason: 'Essential container in task exited' }, { kills: 0, restarts: 1 }],
    ['the reason only mentions memory', { containers: [{ reason: 'not OutOfMemory' }] }, { kills: 0, restarts: 1 }],
    [
      'the task stopped ten minutes ago',
      { stoppedAt: ago(10), stoppedReason: 'OutOfMemory' },
      { kills: 0, restarts: 0 },
    ],
    ['the time is not known', { stoppedAt: undefined }, { kills: 0, restarts: 0 }],
    ['the task belongs to a deployment in progress', { startedBy: 'ecs-svc/2' }, { kills: 0, restarts: 0 }],
    [
      'a task of a deployment in progress ran out of memory',
      { startedBy: 'ecs-svc/2', stoppedReason: 'OutOfMemory' },
      { kills: 1, restarts: 0 },
    ],
    [
      'scaling stopped the task',
      { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Scaling activity' },
      { kills: 0, restarts: 0 },
    ],
    [
      'a health check stopped the task',
      { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed ELB health checks' },
      { kills: 0, restarts: 0 },
    ],
    [
      'the task had not started',
      { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError' },
      { kills: 0, restarts: 0 },
    ],
    ['a person stopped the task', { stopCode: 'UserInitiated' }, { kills: 0, restarts: 0 }],
  ])('are counted as killed and restarted by their reason: %s', (_, task, counted) =>
    expect(of(task)).toEqual(counted),
  );

  it('are counted one by one', () => {
    expect(of({}, {}, { stoppedReason: 'OutOfMemory' })).toEqual({ kills: 1, restarts: 3 });
    expect(of()).toEqual({ kills: 0, restarts: 0 });
  });
});

describe('a climb in memory', () => {
  /** The last three hours, minute by minute; `value` by minutes ago, with noise of ±1 that `noise` decides. */
  const memory = (value: (minutesAgo: number) => number, noise: readonly number[] = [0]): MemoryPoint[] =>
    Array.from({ length: 180 }, (_, i) => ({
      at: ago(180 - i).getTime(),
      value: value(180 - i) + (noise[i % noise.length] ?? 0),
    }));
  const deployed = (minutes: number, restart = false) => ({ at: ago(minutes), restart, from: 41 });
  const noise = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 180, maxLength: 180 });
  const minutes = fc.integer({ min: 20, max: 160 });

  it('that begins with a deployment is attributed to it, whatever the noise', () => {
    const rises = fc.tuple(minutes, fc.double({ min: 15, max: 60, noNaN: true }), noise);
    fc.assert(
      fc.property(rises, ([since, rise, given]) => {
        // What is gentler than the noise over ten minutes cannot be told from it: at worst the halves differ by twice the noise.
        const gentle = given.map(value => value / 4);
        const points = memory(m => 35 + (m < since ? ((since - m) / since) * rise : 0), gentle);
        fc.pre(rise / since > 0.25);
        expect(climbBeganWith([deployed(since)], points)).toEqual(deployed(since));
      }),
    );
  });

  it('that was as steep before a deployment, or is none, is not attributed to it', () => {
    const slope = fc.double({ min: 0.3, max: 0.4, noNaN: true });
    fc.assert(
      fc.property(minutes, slope, (since, perMinute) => {
        expect(
          climbBeganWith(
            [deployed(since)],
            memory(m => 20 + (180 - m) * perMinute),
          ),
        ).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(minutes, noise, (since, given) => {
        expect(
          climbBeganWith(
            [deployed(since)],
            memory(() => 60, given),
          ),
        ).toBeUndefined();
      }),
    );
  });

  it('that is one step and then level is not attributed, because the new version needs that memory', () => {
    expect(
      climbBeganWith(
        [deployed(60)],
        memory(m => (m < 60 ? 70 : 35)),
      ),
    ).toBeUndefined();
  });

  it('is attributed to the version that began it, also after a restart or a resize', () => {
    const points = memory(m => (m > 100 ? 35 : m > 30 ? 35 + (100 - m) * 0.7 : 35 + (30 - m) * 0.7));
    expect(climbBeganWith([deployed(30, true), deployed(100)], points)).toEqual(deployed(100));
    expect(climbBeganWith([deployed(30), deployed(100)], points)).toEqual(deployed(100));
  });

  it('after a restart of the same version is attributed to nothing', () => {
    const points = memory(m => (m > 60 ? 35 : 35 + (60 - m) * 0.7));
    expect(climbBeganWith([deployed(60, true)], points)).toBeUndefined();
    expect(climbBeganWith([deployed(60)], points)).toEqual(deployed(60));
  });

  it('with too little data is attributed to nothing', () => {
    expect(climbBeganWith([deployed(60)], [])).toBeUndefined();
    expect(
      climbBeganWith(
        [deployed(5)],
        memory(m => (m > 5 ? 35 : 35 + (5 - m) * 10)),
      ),
    ).toBeUndefined();
    expect(
      climbBeganWith(
        [],
        memory(m => 100 - m),
      ),
    ).toBeUndefined();
  });
});
