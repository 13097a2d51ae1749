import { expect, test, vi } from 'vitest';
import { together } from '../../lambda/adapters/together.ts';

/** A question whose answers come when they are told to. */
function asking() {
  const answers: PromiseWithResolvers<string>[] = [];
  const asked: string[] = [];
  const ask = together(async (...question: string[]) => {
    const answer = Promise.withResolvers<string>();
    answers.push(answer);
    asked.push(question.join());
    return answer.promise;
  });
  return { ask, answers, asked };
}

test('who asks the same at the same moment gets the same answer, and what failed fails for both', async () => {
  const { ask, answers, asked } = asking();
  const both = [ask('a'), ask('a')];
  answers[0]?.resolve('one');
  expect(await Promise.all(both)).toEqual(['one', 'one']);
  const failing = [ask('a'), ask('a')];
  answers[1]?.reject(new Error('away'));
  expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(asked).toEqual(['a', 'a']);
});

test('another question is asked, and a later one too', async () => {
  const { ask, answers, asked } = asking();
  const first = [ask('a'), ask('b')];
  for (const { resolve } of answers) resolve('one');
  await Promise.all(first);
  void ask('a');
  expect(asked).toEqual(['a', 'b', 'a']);
});

test('an answer that has been under way for long is not waited for', () => {
  vi.useFakeTimers({ now: 0 });
  const { ask, asked } = asking();
  void ask('a');
  vi.setSystemTime(999);
  void ask('a');
  vi.setSystemTime(1001);
  void ask('a');
  vi.useRealTimers();
  expect(asked).toEqual(['a', 'a']);
});
