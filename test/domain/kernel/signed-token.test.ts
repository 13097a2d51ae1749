import { expect, it } from 'vitest';
import { tokenFormat } from '../../../lambda/domain/kernel/signed-token.ts';

const format = (name: string) =>
  tokenFormat<{ text: string }>({
    name,
    values: ({ text }) => [text],
    write: ({ text }) => [text],
    read: ([text = '']) => ({ text }),
  });
const mac = new Uint8Array(32);

it('signs the same claims of two kinds of token, and of two services, over different texts', () => {
  const texts = ['link', 'subscription'].flatMap(name =>
    ['shop', 'mail'].map(service => format(name).canonical(service, { text: 'a' })),
  );
  expect(new Set(texts).size).toBe(4);
});

it('refuses another version, and a MAC that is too short or too long', () => {
  const text = format('link').format({ text: 'a', mac });
  expect(format('link').parse(text)).toEqual({ text: 'a', mac });
  expect(format('link').parse(text.replace(/^1/, '2'))).toBeUndefined();
  for (const length of [0, 31, 33])
    expect(format('link').parse(format('link').format({ text: 'a', mac: new Uint8Array(length) }))).toBeUndefined();
});
