import { policyFaults, resolveTemplate } from 'embedded-aws';
import { expect, it } from 'vitest';
import example from '../../config/mockupaws-production.ts';
import { everything } from '../support/everything.ts';
import { stackOf, synthesise } from '../support/stack.ts';

it.each([
  ['the example', () => synthesise(example)],
  ['every part', () => stackOf(everything)],
])('with %s, every policy says what AWS knows, and grants something', (_, made) => {
  expect(policyFaults(resolveTemplate(made().embedded))).toEqual([]);
});
