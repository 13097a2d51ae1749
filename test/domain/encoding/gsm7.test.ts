import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gsm7Length, gsm7Segments, toGsm7 } from '../../../lambda/domain/encoding/gsm7.ts';
import { hostile } from '../../support/hostile.ts';

/** The table of 3GPP TS 23.038 in its own order, sixteen characters a line; code 1B is the escape. */
const DEFAULT_ALPHABET = [
  '@£$¥èéùìòÇ\nØø\rÅå',
  'Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ',
  ' !"#¤%&\'()*+,-./',
  '0123456789:;<=>?',
  '¡ABCDEFGHIJKLMNO',
  'PQRSTUVWXYZÄÖÑÜ§',
  '¿abcdefghijklmno',
  'pqrstuvwxyzäöñüà',
].join('');
const EXTENSION = '^{}\\[~]|€';

const anyText = fc.oneof(hostile, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

describe('an SMS', () => {
  test('has no character outside its alphabet, whatever was written', () => {
    fc.assert(
      fc.property(anyText, text => {
        for (const character of toGsm7(text)) expect(DEFAULT_ALPHABET + EXTENSION).toContain(character);
      }),
    );
  });

  test('keeps every character of its alphabet, and what was encoded once', () => {
    expect(DEFAULT_ALPHABET).toHaveLength(127);
    for (const character of DEFAULT_ALPHABET.replace('\r', '') + EXTENSION) expect(toGsm7(character)).toBe(character);
    fc.assert(
      fc.property(anyText, text => {
        expect(toGsm7(toGsm7(text))).toBe(toGsm7(text));
      }),
    );
  });

  test.each([
    ['Änderung für 5 € – „später“…', 'Änderung für 5 € - "später"...'],
    ['Zażółć gęślą jaźń, crème brûlée, ça', 'Zazolc gesla jazn, crème brulée, ca'],
    ['Cafe\u0301 A\u0308rger', 'Café Ärger'],
    ['Київ Москва Αθήνα', 'Kiiv Moskva Athina'],
    ['p99 ≥ 5 s → 40 %, ½ ﬁle №1', 'p99 >= 5 s -> 40 %, 1/2 file No1'],
    ['決済 🔥 down 👩‍💻', '?? ? down ?'],
    ['a\u001b]0;title\u0007b\u200bc\u202ed\r\ne\tf', 'abcd\ne f'],
    ['fee: 5\u00a0000\u202fEUR', 'fee: 5 000 EUR'],
  ])('spells %j as %j', (text, expected) => {
    expect(toGsm7(text)).toBe(expected);
  });

  test('counts as networks do', () => {
    expect([gsm7Length(''), gsm7Length('é'), gsm7Length('5 €'), gsm7Length('[]')]).toEqual([0, 1, 4, 4]);
    const lengths = [0, 160, 161, 306, 307, 459, 460];
    expect(lengths.map(length => gsm7Segments('a'.repeat(length)))).toEqual([1, 1, 2, 2, 3, 3, 4]);
    // The escape of the 153rd character moves to the second part, with its character.
    expect(gsm7Segments(`${'a'.repeat(152)}€${'a'.repeat(151)}`)).toBe(2);
    expect(gsm7Segments(`${'a'.repeat(152)}€${'a'.repeat(152)}`)).toBe(3);
  });

  test('has as many parts as its length takes, or one more for escapes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...DEFAULT_ALPHABET, ...EXTENSION), maxLength: 700 }), text => {
        const length = gsm7Length(text);
        expect(length).toBe(text.length + Array.from(text).filter(character => EXTENSION.includes(character)).length);
        const [fewest, most] = length <= 160 ? [1, 1] : [Math.ceil(length / 153), Math.ceil(length / 152)];
        expect(gsm7Segments(text)).toBeGreaterThanOrEqual(fewest);
        expect(gsm7Segments(text)).toBeLessThanOrEqual(most);
      }),
    );
  });
});
