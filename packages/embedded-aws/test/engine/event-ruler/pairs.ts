import fc from 'fast-check';

/** Prints patterns with events for Event Ruler to judge, see Verdicts.java. */

/** Few names and values, so that patterns and events meet. */
const name = fc.constantFrom('a', 'b', 'c');
const text = fc.constantFrom('x', 'xy', 'XY', 'yx', 'x*y');
const number = fc.constantFrom(0, 1, 2.5, -3, 100);
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));

const numeric = fc.oneof(
  fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), number),
  fc.tuple(fc.constantFrom('>', '>='), number, fc.constantFrom('<', '<='), number),
);
const affix = fc.oneof(text, fc.record({ 'equals-ignore-case': text }));

const list = (values: fc.Arbitrary<unknown>) => fc.oneof(values, fc.array(values, { minLength: 1, maxLength: 2 }));

const operator = fc.oneof(
  { weight: 6, arbitrary: fc.record({ exists: fc.boolean() }) },
  fc.record({ prefix: affix }),
  fc.record({ suffix: affix }),
  fc.record({ 'equals-ignore-case': text }),
  fc.record({ wildcard: fc.constantFrom('x*', '*y', 'x*y', '*', 'x\\*y', '**', 'x') }),
  fc.record({ numeric }),
  fc.record({ 'anything-but': fc.oneof(list(text), list(number)) }),
  fc.record({
    'anything-but': fc.oneof(
      fc.record({ prefix: list(text) }),
      fc.record({ suffix: list(text) }),
      fc.record({ 'equals-ignore-case': list(text) }),
      fc.record({ wildcard: list(fc.constantFrom('x*', '*y')) }),
    ),
  }),
);

const leaf = fc.array(fc.oneof(scalar, operator), { minLength: 1, maxLength: 2 });

const fields = (field: fc.Arbitrary<unknown>) => fc.dictionary(name, field, { minKeys: 1, maxKeys: 2 });
const either = fc.array(fields(leaf), { minLength: 2, maxLength: 2 });
const inner = fields(leaf);
const pattern = fc.oneof(
  { weight: 6, arbitrary: fields(fc.oneof(leaf, leaf, inner, fields(inner))) },
  fc.tuple(fields(fc.oneof(leaf, inner)), either).map(([plain, $or]) => ({ ...plain, $or })),
);

const members = (value: fc.Arbitrary<unknown>) =>
  fc.oneof(scalar, value, fc.array(fc.oneof(scalar, value), { maxLength: 3 }));
const innermost = fc.dictionary(name, members(scalar), { maxKeys: 2 });
const middle = fc.dictionary(name, members(fc.oneof(innermost, fc.array(innermost, { maxLength: 2 }))), { maxKeys: 2 });
const event = fc.dictionary(name, members(middle), { maxKeys: 3 });

/** A field that one member of an array has and another has not. */
const inArray = fc.tuple(
  fields(fields(leaf)),
  fc.dictionary(name, fc.array(innermost, { minLength: 2, maxLength: 3 })),
);

// Patterns with events that they may match or not, always the same.
for (const pair of fc.sample(fc.oneof({ weight: 3, arbitrary: fc.tuple(pattern, event) }, inArray), {
  ...{ seed: 20, numRuns: 3000 },
}))
  console.log(JSON.stringify(pair));
