import { describe, expect, test } from 'vitest';
import { provideAutoScaling } from '../../../local/service/apis/auto-scaling.ts';
import { embeddedService } from '../../support/embedded-service.ts';

const TARGET = {
  ...{ ServiceNamespace: 'ecs', ResourceId: 'service/shop/web', ScalableDimension: 'ecs:service:DesiredCount' },
};

function scaled() {
  const embedded = embeddedService();
  const { account, call, service } = embedded;
  provideAutoScaling(account, service);
  const register = (input: object) =>
    call('application-autoscaling', 'RegisterScalableTarget', { ...TARGET, ...input });
  const describe = async (input = {}) => {
    const answer = await call('application-autoscaling', 'DescribeScalableTargets', {
      ServiceNamespace: 'ecs',
      ...input,
    });
    return answer['ScalableTargets'];
  };
  return { ...embedded, ...service, register, describe };
}

describe('RegisterScalableTarget', () => {
  test('changes no parameter that is not specified', async () => {
    const { register, describe, scaling } = scaled();
    scaling.suspend({ ScheduledScalingSuspended: true });
    await register({ SuspendedState: { DynamicScalingInSuspended: true } });
    await register({ MaxCapacity: 25 });
    expect(await describe({ ResourceIds: [TARGET.ResourceId] })).toMatchObject([
      {
        ...{ ...TARGET, MinCapacity: 4, MaxCapacity: 25 },
        SuspendedState: {
          DynamicScalingInSuspended: true,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: true,
        },
      },
    ]);
    expect(await describe({ ResourceIds: ['service/shop/other'] })).toEqual([]);
  });

  test('needs both capacities for a new target, and brings the capacity into their range', async () => {
    const { register, describe, scaling, tasks } = scaled();
    scaling.bounds = undefined;
    expect(await describe()).toEqual([]);
    await expect(register({ MinCapacity: 2 })).rejects.toThrow('required');
    await expect(register({ MinCapacity: 9, MaxCapacity: 8 })).rejects.toThrow('less than minimum');
    await register({ MinCapacity: 2, MaxCapacity: 8 });
    expect(tasks.desired).toBe(8);
  });

  test('takes booleans, as the service model has them, and no text', async () => {
    const { register } = scaled();
    await expect(register({ SuspendedState: { DynamicScalingInSuspended: 'true' } })).rejects.toThrow('boolean');
  });

  test('what a person had suspended is well; what somebody else suspends or resumes beside is not', async () => {
    const { register, scaling, service } = scaled();
    scaling.suspend({ DynamicScalingInSuspended: true });
    expect(service.healthy).toBe(true);
    await register({ SuspendedState: { DynamicScalingOutSuspended: true } });
    expect(service.healthy).toBe(false);
    await register({ SuspendedState: { DynamicScalingOutSuspended: false } });
    expect(service.healthy).toBe(true);
    await register({ SuspendedState: { DynamicScalingInSuspended: false } });
    expect(service.healthy).toBe(false);
  });
});

describe('target tracking', () => {
  /** The usual load has tasks at 35 %. */
  async function loaded(load: number, prepare: (world: ReturnType<typeof scaled>) => void = () => undefined) {
    const world = scaled();
    world.scaling.track(38);
    prepare(world);
    world.tasks.load = load;
    await world.pass(40);
    return world.tasks.desired;
  }

  test('leaves a service at its target as it is, and adds and removes tasks when it is not', async () => {
    expect(await loaded(1)).toBe(10);
    expect(await loaded(2)).toBeGreaterThanOrEqual(18);
    expect(await loaded(0.5)).toBeLessThan(8);
  });

  test('stays within the minimum and maximum capacity', async () => {
    expect(await loaded(2, ({ scaling }) => scaling.register({ min: 4, max: 12 }))).toBe(12);
    expect(await loaded(0.1, ({ scaling }) => scaling.register({ min: 8, max: 12 }))).toBe(8);
  });

  test('each suspension holds back what it names, and nothing else', async () => {
    const without = (flag: string) => (world: ReturnType<typeof scaled>) => world.scaling.suspend({ [flag]: true });
    expect(await loaded(2, without('DynamicScalingOutSuspended'))).toBe(10);
    expect(await loaded(0.5, without('DynamicScalingOutSuspended'))).toBeLessThan(8);
    expect(await loaded(0.5, without('DynamicScalingInSuspended'))).toBe(10);
    expect(await loaded(2, without('DynamicScalingInSuspended'))).toBeGreaterThan(10);
  });

  test('a service with fewer tasks than usual because they are not needed is healthy', async () => {
    const world = scaled();
    world.scaling.track(38);
    world.tasks.load = 0.5;
    await world.pass(40);
    expect(world.service.healthy).toBe(true);
  });

  test('a count that somebody sets is changed again, where nothing is suspended', async () => {
    const world = scaled();
    world.scaling.track(38);
    world.tasks.desired = 5;
    await world.pass(20);
    expect(world.tasks.desired).toBeGreaterThan(8);
  });
});

test('a scheduled action changes the bounds when it is due, and never where it was suspended then', async () => {
  for (const [suspended, desired] of [
    [false, 14],
    [true, 10],
  ] as const) {
    const { clock, scaling, tasks, pass } = scaled();
    scaling.suspend({ ScheduledScalingSuspended: suspended });
    scaling.schedule(clock.now + 5 * 60_000, { min: 14, max: 20 });
    await pass(6);
    scaling.suspend({ ScheduledScalingSuspended: false });
    await pass(6);
    expect(tasks.desired).toBe(desired);
  }
});
