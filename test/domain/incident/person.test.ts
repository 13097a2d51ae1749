import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AUTOMATION, isPersonName, nameIn, TIME } from '../../../lambda/domain/incident/person.ts';

const BETWEEN = [
  '',
  ' ',
  '\u00a0',
  '\u200b',
  '\u2060',
  '\ufeff',
  '\u00ad',
  '\u3164',
  '\u2800',
  '\u202e',
  '\u0301',
  '-',
  '.',
  '\t',
];
const FULL_WIDTH = 0xfee0;
const CYRILLIC: Record<string, string> = { a: 'а', e: 'е', o: 'о', i: 'і', m: 'м', t: 'т' };

/** A letter as it may be written and is still read as that letter. */
const written = (letter: string) =>
  fc
    .constantFrom(
      letter,
      letter.toUpperCase(),
      String.fromCodePoint(letter.charCodeAt(0) + FULL_WIDTH),
      String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 97),
      CYRILLIC[letter] ?? letter,
    )
    .chain(one => fc.constantFrom(...BETWEEN).map(between => one + between));

const disguised = fc
  .constantFrom(AUTOMATION, TIME)
  .chain(name => fc.tuple(fc.constantFrom(...BETWEEN), ...[...name].map(written)))
  .map(parts => parts.join(''));

describe('the name of a person', () => {
  test('is never one by which the responder acts itself, however it is written', () => {
    fc.assert(
      fc.property(disguised, name => {
        expect(isPersonName(name)).toBe(false);
        expect(nameIn('PagerDuty', name)).toBe('somebody in PagerDuty');
      }),
    );
  });

  test.each(['ada', 'ada@example.com', 'Automation Team', 'Timea', 'Zoë', '王芳', 'Автор', '7'])('may be %s', name => {
    expect(isPersonName(name)).toBe(true);
    expect(nameIn('Opsgenie', ` ${name} `)).toBe(name);
  });

  test.each(['', ' ', '\u200b', '...', undefined, null])('is not %j', name => {
    expect(isPersonName(name ?? '')).toBe(false);
    expect(nameIn('Opsgenie', name)).toBe('somebody in Opsgenie');
  });
});
