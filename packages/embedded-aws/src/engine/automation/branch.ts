/** The choices of an aws:branch step. */

import { Unsupported } from '../../unsupported.ts';
import { list, text } from '../checks.ts';
import { isObject, type Json } from '../json-path.ts';
import { soleReference, type ValueType } from './values.ts';

/** Looks a name up; undefined when a step succeeded without that output, which no operation finds true. */
export type Find = (name: string) => Json | undefined;
export type Choice = { next: string; holds: (find: Find) => boolean };

type Operation = {
  type: ValueType;
  literal: 'string' | 'number' | 'boolean';
  test: (value: Json, operand: Json) => boolean;
};

const onText = (test: (value: string, operand: string) => boolean): Operation => ({
  type: 'String',
  literal: 'string',
  test: (value, operand) => typeof value === 'string' && typeof operand === 'string' && test(value, operand),
});
const onNumber = (test: (value: number, operand: number) => boolean): Operation => ({
  type: 'Integer',
  literal: 'number',
  test: (value, operand) => typeof value === 'number' && typeof operand === 'number' && test(value, operand),
});

const operations: Record<string, Operation> = {
  StringEquals: onText((value, operand) => value === operand),
  EqualsIgnoreCase: onText((value, operand) => value.toLowerCase() === operand.toLowerCase()),
  StartsWith: onText((value, operand) => value.startsWith(operand)),
  EndsWith: onText((value, operand) => value.endsWith(operand)),
  Contains: onText((value, operand) => value.includes(operand)),
  NumericEquals: onNumber((value, operand) => value === operand),
  NumericGreater: onNumber((value, operand) => value > operand),
  NumericLesser: onNumber((value, operand) => value < operand),
  NumericGreaterOrEquals: onNumber((value, operand) => value >= operand),
  NumericLesserOrEquals: onNumber((value, operand) => value <= operand),
  BooleanEquals: { type: 'Boolean', literal: 'boolean', test: (value, operand) => value === operand },
};

/** `typeOf` tells what type a name has, by declaration. */
export function choices(value: unknown, where: string, typeOf: (name: string) => ValueType): Choice[] {
  const all = list(value, where).map((choice, i): Choice => {
    const here = `${where}[${i}]`;
    if (!isObject(choice)) throw new Unsupported(here, 'a choice is an object');
    const { NextStep, ...rule } = choice;
    return { next: text(NextStep, `${here}.NextStep`), holds: condition(rule, here, typeOf) };
  });
  if (all.length === 0) throw new Unsupported(where, 'no choices');
  return all;
}

function condition(rule: unknown, where: string, typeOf: (name: string) => ValueType): Choice['holds'] {
  if (!isObject(rule)) throw new Unsupported(where, 'a condition is an object');
  const { Variable: variable, ...rest } = rule;
  const [entry, ...others] = Object.entries(rest);
  if (!entry || others.length > 0)
    throw new Unsupported(where, `one operation a choice, not ${Object.keys(rest).join(', ') || 'none'}`);
  const [name, operand] = entry;
  if (name === 'And' || name === 'Or' || name === 'Not') {
    if (variable !== undefined) throw new Unsupported(where, `${name} beside Variable`);
    if (name === 'Not') {
      const inner = condition(operand, `${where}.Not`, typeOf);
      return find => !inner(find);
    }
    const inner = list(operand, where).map((item, i) => condition(item, `${where}.${name}[${i}]`, typeOf));
    if (inner.length === 0) throw new Unsupported(where, `${name} of nothing`);
    return name === 'And' ? find => inner.every(holds => holds(find)) : find => inner.some(holds => holds(find));
  }
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation) throw new Unsupported(where, `the operation ${name}`);
  const subject = typeof variable === 'string' ? soleReference(variable) : undefined;
  if (subject === undefined)
    throw new Unsupported(`${where}.Variable`, `${JSON.stringify(variable)} instead of one reference`);
  const object = typeof operand === 'string' ? soleReference(operand) : undefined;
  for (const used of object === undefined ? [subject] : [subject, object])
    if (typeOf(used) !== operation.type)
      throw new Unsupported(where, `${name} of "${used}", which is a ${typeOf(used)}`);
  if (object === undefined && (typeof operand !== operation.literal || String(operand).includes('{{')))
    throw new Unsupported(where, `${name}: ${JSON.stringify(operand)}`);
  return find => {
    const [left, right] = [find(subject), object === undefined ? operand : find(object)];
    return left !== undefined && right !== undefined && operation.test(left, right);
  };
}
