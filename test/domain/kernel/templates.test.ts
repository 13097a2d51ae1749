import { expect, test } from 'vitest';
import { remembering } from '../../../lambda/domain/kernel/templates.ts';

test('renders again only what differs from the last run, and forgets what that did not need', () => {
  const asked: string[] = [];
  const run = remembering((name, data) => {
    const text = `${name} ${JSON.stringify(data)}`;
    asked.push(text);
    return text;
  });
  const page = (...numbers: number[]) => {
    asked.length = 0;
    const texts = run(render => numbers.map(number => render('day', { number })));
    expect(texts).toEqual(numbers.map(number => `day {"number":${number}}`));
    return asked.length;
  };
  expect(page(1, 2, 1)).toBe(2);
  expect(page(2, 3)).toBe(1);
  expect(page(1, 3)).toBe(1);
});
