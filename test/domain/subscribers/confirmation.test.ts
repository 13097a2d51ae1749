import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  CONFIRMATION,
  type Confirmation,
  type SignedConfirmation,
} from '../../../lambda/domain/subscribers/confirmation.ts';

const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const confirmation: fc.Arbitrary<Confirmation> = fc.record({
  email: fc.emailAddress(),
  components: fc.uniqueArray(id, { minLength: 1, maxLength: 20 }),
  expires: fc.integer({ min: 0, max: 4_000_000_000 }),
});
const mac = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Uint8Array.from(bytes));
const signed: fc.Arbitrary<SignedConfirmation> = fc
  .tuple(confirmation, mac)
  .map(([claims, code]) => ({ ...claims, mac: code }));

it('a confirmation decodes to what was encoded, and needs no escaping in a URL', () => {
  fc.assert(
    fc.property(signed, given => {
      expect(CONFIRMATION.format(given)).toMatch(/^[\w.-]+$/);
      expect(CONFIRMATION.parse(CONFIRMATION.format(given))).toEqual(given);
    }),
  );
});

it('a confirmation with one character changed, removed or added is another one or invalid', () => {
  const character = fc.constantFrom(...'aAzZ059-_.=+/ ~%');
  const changed = fc.tuple(signed, fc.nat(), character, fc.constantFrom('change', 'remove', 'add'));
  fc.assert(
    fc.property(changed, ([given, position, other, how]) => {
      const text = CONFIRMATION.format(given);
      const at = position % text.length;
      const altered = text.slice(0, at) + (how === 'remove' ? '' : other) + text.slice(at + (how === 'add' ? 0 : 1));
      fc.pre(altered !== text);
      const read = CONFIRMATION.parse(altered);
      if (!read) return;
      const same =
        Buffer.compare(read.mac, given.mac) === 0 &&
        CONFIRMATION.canonical('shop', read) === CONFIRMATION.canonical('shop', given);
      expect(same).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

it('a confirmation is signed over a text that no other one has, of this service or another', () => {
  const two = fc.tuple(fc.tuple(fc.string(), confirmation), fc.tuple(fc.string(), confirmation));
  fc.assert(
    fc.property(two, ([[service, one], [other, another]]) => {
      const same = JSON.stringify([service, one]) === JSON.stringify([other, another]);
      expect(CONFIRMATION.canonical(service, one) === CONFIRMATION.canonical(other, another)).toBe(same);
    }),
  );
});
