import { expect, it } from 'vitest';
import { readable } from '../../../lambda/domain/kernel/text.ts';

it.each([
  ['\u001b[31mred\u001b[0m \u0007bell', '[31mred[0m bell'],
  ['a\u202eb\u2066c', 'abc'],
  ['one\r\ntwo\rthree\u2028four', 'one\ntwo\nthree\nfour'],
  ['a\tb', 'a b'],
  ['Grüße 🔥\nzweite Zeile', 'Grüße 🔥\nzweite Zeile'],
])('%j is readable as %j', (text, expected) => {
  expect(readable(text)).toBe(expected);
});
