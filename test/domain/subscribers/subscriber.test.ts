import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Preferences, preferences, wants } from '../../../lambda/domain/subscribers/subscriber.ts';

const ALL = ['api', 'website', 'editor'];
const some = fc.subarray(ALL);
const contact: fc.Arbitrary<Preferences> = fc.record({
  TopicPreferences: fc
    .array(
      fc.record({
        TopicName: fc.constantFrom(...ALL, 'gone'),
        SubscriptionStatus: fc.constantFrom('OPT_IN', 'OPT_OUT'),
      }),
    )
    .map(list => [...new Map(list.map(one => [one.TopicName, one])).values()]),
  UnsubscribeAll: fc.boolean(),
});
/** As SES keeps it. */
const kept = (of: ReturnType<typeof preferences>): Preferences => ({
  TopicPreferences: of.map(({ component, wanted }) => ({
    TopicName: component,
    SubscriptionStatus: wanted ? 'OPT_IN' : 'OPT_OUT',
  })),
  UnsubscribeAll: false,
});

it('a subscriber reads of components confirmed now or before, and of nothing else', () => {
  fc.assert(
    fc.property(contact, some, (before, confirmed) => {
      const after = kept(preferences(confirmed, ALL, before));
      for (const component of ALL)
        expect(wants(after, [component])).toBe(confirmed.includes(component) || wants(before, [component]));
    }),
  );
});

it('a subscriber who unsubscribed starts anew with what is confirmed next', () => {
  fc.assert(
    fc.property(contact, some, (before, confirmed) => {
      const after = kept(preferences(confirmed, ALL, { ...before, UnsubscribeAll: true }));
      expect(ALL.filter(component => wants(after, [component]))).toEqual(confirmed);
    }),
  );
});

it('a subscriber without components, or who unsubscribed, reads nothing', () => {
  expect(wants({}, ALL)).toBe(false);
  expect(wants({ ...kept(preferences(ALL, ALL)), UnsubscribeAll: true }, ALL)).toBe(false);
  expect(wants(kept(preferences(ALL, ALL)), [])).toBe(false);
});
