import { expect, it } from 'vitest';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, suffer } from './world.ts';

it.each([1, 2])(
  'intake dies once, in its batch %i: the batch comes again before anybody is woken for it',
  async first => {
    const died = { caller: 'intake', service: 'ssm', operation: 'GetParameters', kind: 'killed after' } as const;
    const world = await RehearsalWorld.create(assembly(), 1, { calls: [{ ...died, from: 0, first }] });
    await suffer(world, 20);
    expect(world.callFaults.struck).toEqual([1]);
    expect(world.incidents.size).toBe(1);
    expect(world.topics.messages.filter(({ subject }) => subject?.includes('signals-waiting'))).toEqual([]);
    expect(world.queues.total).toBe(0);
  },
);
