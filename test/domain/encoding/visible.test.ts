import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible } from '../../../lambda/domain/encoding/visible.ts';
import { UNSEEN, unfriendly } from '../../support/hostile.ts';

test.each([
  ['\u001b[31mred\u001b[0m \u0007bell', 'red bell'],
  ['\u001b]0;root@prod\u0007title', 'title'],
  ['\u001b]52;c;cm0gLXJmIC8=\u001b\\clipboard', 'clipboard'],
  ['\u001b]8;;https://evil.example\u001b\\runbook\u001b]8;;\u001b\\', 'runbook'],
  ['\u009b2Jclear \u009d0;title\u009c.', 'clear .'],
  ['\u001b\u001b[[2J', '2J'],
  ['all is well\r\u001b[2KP4\b\b', 'all is well\nP4'],
  ['a\u202eb\u2066c\u200ed', 'abcd'],
  ['pass\u200bword \u{e0041}tag \u00adsoft', 'password tag soft'],
  ['one\r\ntwo\rthree\u2028four', 'one\ntwo\nthree\nfour'],
  ['a\tb', 'a b'],
  ['half \ud83d\ufffe.', 'half \ufffd.'],
  ['Grüße 🔥\nzweite Zeile', 'Grüße 🔥\nzweite Zeile'],
  ['👩‍💻 1️⃣ ❤️ می\u200cخواهم', '👩‍💻 1️⃣ ❤️ می\u200cخواهم'],
])('%j is seen as %j', (text, expected) => {
  expect(visible(text)).toBe(expected);
});

test('nothing that acts or that nobody sees is left, and once is enough', () => {
  fc.assert(
    fc.property(unfriendly, text => {
      const seen = visible(text);
      expect(seen.replaceAll('\n', '')).not.toMatch(UNSEEN);
      expect(visible(seen)).toBe(seen);
      expect(seen.isWellFormed()).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
