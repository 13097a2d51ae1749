/** The rules of a Choice state (Amazon States Language, JSONPath): compiled at load, asked at run time. */

import { Unsupported } from '../../unsupported.ts';
import { flag } from '../checks.ts';
import { isObject, type Json } from '../json-path.ts';
import { type Scope, scopedPath } from './payload-template.ts';
import { StatesError } from './states-error.ts';

export type Rule = (scope: Scope) => boolean;

type Kind = 'string' | 'number' | 'boolean';
type Comparison = { type: Kind; timestamp?: true; test: (order: number) => boolean };

const orders: Record<string, (order: number) => boolean> = {
  Equals: order => order === 0,
  LessThan: order => order < 0,
  GreaterThan: order => order > 0,
  LessThanEquals: order => order <= 0,
  GreaterThanEquals: order => order >= 0,
};

const comparisons = new Map<string, Comparison>(
  Object.entries(orders).flatMap(([name, test]): [string, Comparison][] => [
    [`String${name}`, { type: 'string', test }],
    [`Numeric${name}`, { type: 'number', test }],
    [`Timestamp${name}`, { type: 'string', timestamp: true, test }],
    ...(name === 'Equals' ? [[`Boolean${name}`, { type: 'boolean', test }] satisfies [string, Comparison]] : []),
  ]),
);

const types: Record<string, (value: Json) => boolean> = {
  IsNull: value => value === null,
  IsNumeric: value => typeof value === 'number',
  IsString: value => typeof value === 'string',
  IsBoolean: value => typeof value === 'boolean',
  IsTimestamp: value => typeof value === 'string' && !Number.isNaN(instant(value)),
};

/** RFC 3339 in the form the Amazon States Language asks for: an upper-case T, and Z or an offset. */
export const instant = (text: string): number =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;

/** `rule` without its Next. */
export function choiceRule(rule: unknown, where: string): Rule {
  if (!isObject(rule)) throw new Unsupported(where, 'a rule is an object');
  const { Comment: _, ...fields } = rule;
  const { Variable: variable, ...operators } = fields;
  const [entry, ...others] = Object.entries(operators);
  if (!entry || others.length > 0)
    throw new Unsupported(where, `one operator a rule, not ${Object.keys(operators).join(', ') || 'none'}`);
  const [name, operand] = entry;
  if (name === 'And' || name === 'Or' || name === 'Not') {
    if (variable !== undefined) throw new Unsupported(where, `${name} beside Variable`);
    if (name === 'Not') {
      const inner = choiceRule(operand, `${where}.Not`);
      return scope => !inner(scope);
    }
    if (!Array.isArray(operand) || operand.length === 0) throw new Unsupported(where, `${name} takes a list of rules`);
    const rules = operand.map((inner, i) => choiceRule(inner, `${where}.${name}[${i}]`));
    return name === 'And' ? scope => rules.every(inner => inner(scope)) : scope => rules.some(inner => inner(scope));
  }
  return dataTest(variable, name, operand, where);
}

function dataTest(variable: unknown, name: string, operand: Json, where: string): Rule {
  const path = scopedPath(variable, `${where}.Variable`);
  const value = (scope: Scope): Json => required(path.find(scope), path.text);
  if (name === 'IsPresent') {
    if (!path.definite) throw new Unsupported(where, `IsPresent of "${path.text}", which selects a list`);
    const expected = flag(operand, `${where}.${name}`);
    return scope => (path.find(scope) !== undefined) === expected;
  }
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (type) {
    const expected = flag(operand, `${where}.${name}`);
    return scope => type(value(scope)) === expected;
  }
  if (name === 'StringMatches') {
    const pattern = wildcards(operand, `${where}.${name}`);
    return scope => {
      const text = value(scope);
      return typeof text === 'string' && pattern.test(text);
    };
  }
  const byPath = name.endsWith('Path');
  const comparison = comparisons.get(byPath ? name.slice(0, -4) : name);
  if (!comparison) throw new Unsupported(where, `the operator ${name}`);
  if (byPath) {
    const other = scopedPath(operand, `${where}.${name}`);
    return scope => compare(comparison, value(scope), required(other.find(scope), other.text));
  }
  if (typeof operand !== comparison.type || (comparison.timestamp && Number.isNaN(instant(String(operand)))))
    throw new Unsupported(`${where}.${name}`, JSON.stringify(operand));
  return scope => compare(comparison, value(scope), operand);
}

/** Values of another type than the operator's match nothing. */
function compare({ type, timestamp, test }: Comparison, left: Json, right: Json): boolean {
  if (typeof left !== type || typeof right !== type) return false;
  const [a, b] = timestamp ? [instant(String(left)), instant(String(right))] : [left ?? '', right ?? ''];
  if (Number.isNaN(a) || Number.isNaN(b)) return false;
  return test(a < b ? -1 : a > b ? 1 : 0);
}

function required(value: Json | undefined, path: string): Json {
  if (value === undefined)
    throw new StatesError(
      'States.Runtime',
      `Invalid path '${path}': The choice state's condition path references an invalid value.`,
    );
  return value;
}

/** `*` stands for any text, `\*` for an asterisk, `\\` for a backslash. */
function wildcards(operand: Json, where: string): RegExp {
  const parts = typeof operand === 'string' ? operand.match(/\\[*\\]|[^\\]/gs) : undefined;
  if (typeof operand !== 'string' || (parts ?? []).join('') !== operand)
    throw new Unsupported(where, JSON.stringify(operand));
  const source = (parts ?? []).map(part =>
    part === '*' ? '.*' : part.slice(-1).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`, 's');
}
