import fc from 'fast-check';
import { expect } from 'vitest';

type Mac = { mac: Uint8Array<ArrayBuffer> };

/** A text that is written into a link with its signature: what it may say, and how it is written, read and signed. */
export interface SignedText<Said> {
  said: fc.Arbitrary<Said>;
  format(signed: Said & Mac): string;
  parse(text: string): (Said & { mac: Uint8Array }) | undefined;
  canonical(service: string, said: Said): string;
}

const signed = <Said>({ said }: SignedText<Said>): fc.Arbitrary<Said & Mac> =>
  fc
    .tuple(
      said,
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Uint8Array.from(bytes)),
    )
    .map(([what, mac]) => ({ ...what, mac }));

export function expectReadAsWritten<Said>(text: SignedText<Said>): void {
  fc.assert(
    fc.property(signed(text), given => {
      expect(text.format(given)).toMatch(/^[\w.-]+$/);
      expect(text.parse(text.format(given))).toEqual(given);
    }),
  );
}

/** One character that is changed, removed or added makes another text, or none. */
export function expectNoneWithOneCharacterOff<Said>(text: SignedText<Said>): void {
  const character = fc.constantFrom(...'aAzZ059-_.=+/ ~%');
  const changed = fc.tuple(signed(text), fc.nat(), character, fc.constantFrom('change', 'remove', 'add'));
  fc.assert(
    fc.property(changed, ([given, position, other, how]) => {
      const written = text.format(given);
      const at = position % written.length;
      const rest = written.slice(at + (how === 'add' ? 0 : 1));
      const altered = written.slice(0, at) + (how === 'remove' ? '' : other) + rest;
      fc.pre(altered !== written);
      const read = text.parse(altered);
      if (!read) return;
      const sameMac = Buffer.compare(read.mac, given.mac) === 0;
      expect(sameMac && text.canonical('shop', read) === text.canonical('shop', given)).toBe(false);
    }),
    { numRuns: 2000 },
  );
}

/** Two services, or two things said, are never signed over the same text. */
export function expectSignedUnambiguously<Said>({ said, canonical }: SignedText<Said>): void {
  const two = fc.tuple(fc.tuple(fc.string(), said), fc.tuple(fc.string(), said));
  fc.assert(
    fc.property(two, ([[service, one], [other, another]]) => {
      const same = JSON.stringify([service, one]) === JSON.stringify([other, another]);
      expect(canonical(service, one) === canonical(other, another)).toBe(same);
    }),
  );
}

/** Paths of a link with one character changed, from this position on. */
export const oneCharacterOff = (path: string, from: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: from, max: path.length - 1 }), fc.constantFrom(...'aZ09-_.'))
    .filter(([at, other]) => path[at] !== other)
    .map(([at, other]) => path.slice(0, at) + other + path.slice(at + 1));
