import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LINK, LINK_ACTIONS, type Link, type SignedLink } from '../../../lambda/domain/messages/link.ts';

const day = fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
const link: fc.Arbitrary<Link> = fc.record(
  {
    action: fc.constantFrom(...LINK_ACTIONS),
    incident: fc
      .tuple(day, fc.integer({ min: 1, max: 99_999 }))
      .map(([date, n]) => `INC-${date.toISOString().slice(0, 10)}-${String(n).padStart(3, '0')}`),
    person: fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }),
    expires: fc.integer({ min: 0, max: 4_000_000_000 }),
    step: fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }),
  },
  { requiredKeys: ['action', 'incident', 'person', 'expires'] },
);
const mac = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Uint8Array.from(bytes));
const signed: fc.Arbitrary<SignedLink> = fc.tuple(link, mac).map(([claims, code]) => ({ ...claims, mac: code }));

it('a signed link decodes to what was encoded, and needs no escaping in a URL', () => {
  fc.assert(
    fc.property(signed, given => {
      expect(LINK.format(given)).toMatch(/^[\w.-]+$/);
      expect(LINK.parse(LINK.format(given))).toEqual(given);
    }),
  );
});

it('a signed link with one character changed, removed or added is another link or invalid', () => {
  const character = fc.constantFrom(...'aAzZ059-_.=+/ ~%');
  const changed = fc.tuple(signed, fc.nat(), character, fc.constantFrom('change', 'remove', 'add'));
  fc.assert(
    fc.property(changed, ([given, position, other, how]) => {
      const text = LINK.format(given);
      const at = position % text.length;
      const rest = text.slice(at + (how === 'add' ? 0 : 1));
      const altered = text.slice(0, at) + (how === 'remove' ? '' : other) + rest;
      fc.pre(altered !== text);
      const read = LINK.parse(altered);
      if (!read) return;
      const same =
        Buffer.compare(read.mac, given.mac) === 0 && LINK.canonical('shop', read) === LINK.canonical('shop', given);
      expect(same).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

it('a signed link is signed over a text that no other link has, of this service or another', () => {
  const two = fc.tuple(fc.tuple(fc.string(), link), fc.tuple(fc.string(), link));
  fc.assert(
    fc.property(two, ([[service, one], [other, another]]) => {
      const same = JSON.stringify([service, one]) === JSON.stringify([other, another]);
      expect(LINK.canonical(service, one) === LINK.canonical(other, another)).toBe(same);
    }),
  );
  const given = { action: 'approve', incident: 'INC-2026-01-31-001', person: 'a', expires: 1, step: 'b' } as const;
  expect(LINK.canonical('shop', given)).not.toBe(LINK.canonical('shop', { ...given, person: 'a","b' }));
});

it('fits an SMS beside the words', () => {
  const text = LINK.format({
    ...{ action: 'acknowledge', incident: 'INC-2026-01-31-001', person: 'ada', expires: 1_800_000_000 },
    mac: new Uint8Array(32),
  });
  expect(text).toMatch(/^1a\.20260131001\.\w{6}\.ada\.A{43}$/);
  expect(`https://${'x'.repeat(32)}.lambda-url.us-east-1.on.aws/${text}`.length).toBeLessThanOrEqual(140);
});
