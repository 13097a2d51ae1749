import { expect, test } from 'vitest';
import { Clock } from '../src/index.ts';

const START = '2026-03-02T09:00:00.000Z';

test('acts that wait let others go on, by their times', async () => {
  const clock = new Clock(START);
  const told: string[] = [];
  const walk = async (name: string, pace: number) => {
    for (let step = 1; step <= 3; step++) {
      await clock.wait(pace);
      told.push(`${name}${step}`);
    }
  };
  clock.after(0, () => walk('a', 20));
  clock.after(0, () => walk('b', 30));
  await clock.run(50);
  expect(told).toEqual(['a1', 'b1', 'a2']);
  await clock.run(50);
  expect(told).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
});

test('the error of an act ends the run, also one that has waited', async () => {
  const clock = new Clock(START);
  clock.after(0, async () => {
    await clock.wait(10);
    throw new Error('it broke');
  });
  await expect(clock.run(100)).rejects.toThrow('it broke');
  expect(clock.iso).toBe('2026-03-02T09:00:00.010Z');
  await clock.run(90);
});

test('an act that is taken off the agenda does not happen', async () => {
  const clock = new Clock(START);
  let happened = false;
  const cancel = clock.after(10, () => {
    happened = true;
  });
  cancel();
  await clock.run(100);
  expect(happened).toBe(false);
});

test('work from outside runs the clock for as long as it waits, and several at one time', async () => {
  const clock = new Clock(START);
  const wait = (milliseconds: number) =>
    clock.until(() => clock.wait(milliseconds).then(() => clock.iso.slice(20, 23)));
  expect(await Promise.all([wait(30), wait(10)])).toEqual(['030', '010']);
  expect(clock.iso.slice(20, 23)).toBe('030');
});

test('time stands still during work of its own', async () => {
  const clock = new Clock(START);
  const told: string[] = [];
  clock.after(0, async () => {
    await clock.standstill(() => new Promise(resolve => setTimeout(resolve, 5)));
    told.push('work');
  });
  clock.after(1, () => told.push('next'));
  await clock.run(10);
  expect(told).toEqual(['work', 'next']);
});

test('what waits for nothing that is to come is an error, and an act cannot run the clock', async () => {
  const clock = new Clock(START);
  await expect(clock.until(() => new Promise(() => undefined))).rejects.toThrow('nothing that is to come');
  clock.after(0, () => clock.run(1));
  await expect(clock.run(10)).rejects.toThrow('it can wait');
});
