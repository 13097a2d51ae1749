/**
 * EventBridge event patterns, after the comparison operators of the EventBridge user guide. An event is matched the way
 * the service does it: arrays dissolve into their members, every field of a pattern has to match, and fields that lie
 * inside one array of objects have to match within one and the same object.
 */

import { Unsupported } from '../unsupported.ts';
import { isObject, type Json, type JsonObject } from './json-path.ts';

type Test = (value: Json) => boolean;
type Leaf = { tests: Test[]; present: boolean; absent: boolean };
type Plain = { [field: string]: Plain | Leaf };

export const matches = (pattern: unknown, event: unknown): boolean => matcher(event)(pattern);

/** Tells which patterns an event matches; the event is taken apart once. */
export function matcher(event: unknown): (pattern: unknown) => boolean {
  const fields = fieldsOf(event as Json);
  return pattern => compiled(pattern).some(leaves => holds(leaves, fields));
}

type Leaves = readonly [string, Leaf][];

/** Patterns are objects of templates, which do not change. */
const known = new WeakMap<object, readonly Leaves[]>();

function compiled(pattern: unknown): readonly Leaves[] {
  const leaves = known.get(pattern as object) ?? compile(pattern).map(plain => leavesOf(plain));
  known.set(pattern as object, leaves);
  return leaves;
}

/** Throws when the service would reject the pattern, or when this engine does not know a part of it. */
export function validatePattern(pattern: unknown): void {
  compile(pattern);
}

function compile(pattern: unknown): Plain[] {
  if (!isObject(pattern)) throw new Unsupported('event pattern', 'a pattern is an object');
  const all = alternatives(pattern, '', false);
  // Event Ruler gives other answers to some of these, by rules that no document tells.
  if (all.length > 1 && all.some(plain => leavesOf(plain).some(([, { absent }]) => absent)))
    throw new Unsupported('event pattern', '$or in one with exists: false');
  return all;
}

const isLeaf = (value: Plain | Leaf): value is Leaf => Array.isArray(value.tests) && typeof value.present === 'boolean';

// ---- matching

/** A scalar of an event, with the place that it has in each array around it, by the array's number. */
interface Field {
  value: Json;
  places: ReadonlyMap<number, number>;
}

function fieldsOf(event: Json): Map<string, Field[]> {
  const fields = new Map<string, Field[]>();
  let arrays = 0;
  const visit = (value: Json, path: string, places: Field['places']) => {
    if (Array.isArray(value)) {
      const array = arrays++;
      for (const [place, member] of value.entries()) visit(member, path, new Map([...places, [array, place]]));
    } else if (isObject(value)) {
      for (const name of Object.keys(value)) visit(value[name] as Json, path === '' ? name : `${path}.${name}`, places);
    } else {
      const others = fields.get(path);
      if (others) others.push({ value, places });
      else fields.set(path, [{ value, places }]);
    }
  };
  visit(event, '', new Map());
  return fields;
}

/** The leaves of a pattern in the order in which EventBridge takes them: by their paths. */
const leavesOf = (plain: Plain, path = ''): [string, Leaf][] =>
  Object.entries(plain)
    .flatMap(([name, inner]) => {
      const here = path === '' ? name : `${path}.${name}`;
      return isLeaf(inner) ? [[here, inner] as [string, Leaf]] : leavesOf(inner, here);
    })
    .sort(([one], [other]) => (one < other ? -1 : 1));

/** A field is absent where none is at the places that the leaves before it have taken. */
function holds(
  [first, ...rest]: Leaves,
  fields: ReadonlyMap<string, Field[]>,
  taken: Field['places'] = new Map(),
): boolean {
  if (!first) return true;
  const [path, { tests, present, absent }] = first;
  const candidates = (fields.get(path) ?? []).flatMap(({ value, places }) => {
    const together = joined(taken, places);
    return together ? [{ value, together }] : [];
  });
  if (candidates.length === 0) return absent && holds(rest, fields, taken);
  return candidates.some(
    ({ value, together }) => (present || tests.some(test => test(value))) && holds(rest, fields, together),
  );
}

/** Places of two fields as one; undefined where they are in two members of one array. */
const joined = (taken: Field['places'], places: Field['places']) =>
  [...places].every(([array, place]) => (taken.get(array) ?? place) === place)
    ? new Map([...taken, ...places])
    : undefined;

// ---- compiling: $or is multiplied out, so that what remains is a conjunction

function alternatives(pattern: JsonObject, path: string, insideOr: boolean): Plain[] {
  const fields = Object.entries(pattern);
  if (fields.length === 0) throw new Unsupported(at(path), 'an empty object');
  return fields.reduce<Plain[]>(
    (all, [name, value]) => {
      const options = name === '$or' ? either(value, path) : field(name, value, path, insideOr);
      return all.flatMap(one => options.map(option => merge(one, option, path)));
    },
    [{}],
  );
}

function either(value: Json, path: string): Plain[] {
  if (!Array.isArray(value) || value.length < 2) throw new Unsupported(at(path), '$or needs a list of two or more');
  return value.flatMap(option => {
    if (!isObject(option)) throw new Unsupported(at(path), '$or takes objects only');
    return alternatives(option, path, true);
  });
}

const reserved = 'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex';

function field(name: string, value: Json, path: string, insideOr: boolean): Plain[] {
  const here = path === '' ? name : `${path}.${name}`;
  if (insideOr && reserved.split(' ').includes(name)) throw new Unsupported(here, 'an operator as a field inside $or');
  if (Array.isArray(value)) return [{ [name]: leaf(value, here) }];
  if (isObject(value)) return alternatives(value, here, insideOr).map(plain => ({ [name]: plain }));
  throw new Unsupported(here, 'a field takes an object or a list');
}

function merge(left: Plain, right: Plain, path: string): Plain {
  const merged = { ...left };
  for (const [name, value] of Object.entries(right)) {
    const had = Object.hasOwn(merged, name) ? merged[name] : undefined;
    const here = path === '' ? name : `${path}.${name}`;
    if (had && (isLeaf(had) || isLeaf(value))) throw new Unsupported(here, 'the same field both beside and inside $or');
    merged[name] = had && !isLeaf(had) && !isLeaf(value) ? merge(had, value, here) : value;
  }
  return merged;
}

function leaf(options: Json[], path: string): Leaf {
  if (options.length === 0) throw new Unsupported(path, 'an empty list');
  const result: Leaf = { tests: [], present: false, absent: false };
  for (const option of options) {
    if (Array.isArray(option)) throw new Unsupported(path, 'a list inside a list');
    if (!isObject(option)) result.tests.push(value => value === option);
    else if (Object.hasOwn(option, 'exists')) {
      const { exists, ...others } = option;
      if (typeof exists !== 'boolean' || Object.keys(others).length > 0)
        throw new Unsupported(path, 'exists takes true or false');
      if (exists) result.present = true;
      else result.absent = true;
    } else result.tests.push(operator(option, path));
  }
  return result;
}

function only(object: JsonObject, path: string): [string, Json] {
  const [entry, ...others] = Object.entries(object);
  if (!entry || others.length > 0) throw new Unsupported(path, 'one operator at a time');
  return entry;
}

function operator(expression: JsonObject, path: string): Test {
  const [name, value] = only(expression, path);
  switch (name) {
    case 'anything-but':
      return anythingBut(value, path);
    case 'numeric':
      return numeric(value, path);
    case 'prefix':
    case 'suffix': {
      const [inner, text] = isObject(value) ? only(value, path) : [undefined, value];
      if (inner !== undefined && inner !== 'equals-ignore-case') throw new Unsupported(path, `${name} with ${inner}`);
      return textual(inner ? `${name} ${inner}` : name, text, path);
    }
    case 'equals-ignore-case':
    case 'wildcard':
      return textual(name, value, path);
    default:
      throw new Unsupported(path, `the operator ${name}`);
  }
}

function textual(name: string, text: Json, path: string): Test {
  if (typeof text !== 'string') throw new Unsupported(path, `${name} takes a string`);
  const lower = text.toLowerCase();
  const test = ((): ((value: string) => boolean) => {
    switch (name) {
      case 'prefix':
        return value => value.startsWith(text);
      case 'suffix':
        return value => value.endsWith(text);
      case 'prefix equals-ignore-case':
        return value => value.toLowerCase().startsWith(lower);
      case 'suffix equals-ignore-case':
        return value => value.toLowerCase().endsWith(lower);
      case 'equals-ignore-case':
        return value => value.toLowerCase() === lower;
      default: {
        const expression = wildcard(text, path);
        return value => expression.test(value);
      }
    }
  })();
  return value => typeof value === 'string' && test(value);
}

/** `*` stands for any text, `\*` for an asterisk, `\\` for a backslash; two in a row are an error. */
function wildcard(text: string, path: string): RegExp {
  const parts = text.match(/\\[*\\]|[^\\]/gsu) ?? [];
  if (parts.join('') !== text) throw new Unsupported(path, 'a backslash that escapes neither * nor \\');
  if (parts.some((part, i) => part === '*' && parts[i + 1] === '*')) throw new Unsupported(path, 'two * in a row');
  const source = parts.map(part => (part === '*' ? '.*' : literal(part)));
  return new RegExp(`^${source.join('')}$`, 'su');
}

const literal = (part: string) =>
  (part.length > 1 && part.startsWith('\\') ? part.slice(1) : part).replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');

function anythingBut(value: Json, path: string): Test {
  if (isObject(value)) {
    const [name, texts] = only(value, path);
    if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name))
      throw new Unsupported(path, `anything-but ${name}`);
    const affix = name === 'prefix' || name === 'suffix';
    const none = (Array.isArray(texts) ? texts : [texts]).map(text => {
      if (affix && text === '') throw new Unsupported(path, `anything-but with an empty ${name}`);
      return textual(name, text, path);
    });
    if (none.length === 0) throw new Unsupported(path, 'anything-but with an empty list');
    return scalar => !none.some(test => test(scalar));
  }
  const values = Array.isArray(value) ? value : [value];
  const types = new Set(values.map(item => typeof item));
  if (types.size !== 1 || !(types.has('string') || types.has('number')))
    throw new Unsupported(path, 'anything-but takes strings only or numbers only');
  return scalar => !values.includes(scalar);
}

function numeric(value: Json, path: string): Test {
  const [first, bound, second, limit, ...others] = Array.isArray(value) ? value : [];
  const range = (first === '>' || first === '>=') && (second === '<' || second === '<=') && typeof limit === 'number';
  const known = typeof first === 'string' && ['=', '<', '<=', '>', '>='].includes(first) && typeof bound === 'number';
  if (!known || others.length > 0 || !(second === undefined || range))
    throw new Unsupported(path, `numeric ${JSON.stringify(value)}`);
  if (range && typeof limit === 'number' && bound >= limit)
    throw new Unsupported(path, 'numeric whose bottom is not below its top');
  const compare = (operator: string, left: number, right: number) =>
    operator === '='
      ? left === right
      : operator === '<'
        ? left < right
        : operator === '<='
          ? left <= right
          : operator === '>'
            ? left > right
            : left >= right;
  return scalar =>
    typeof scalar === 'number' &&
    compare(first, scalar, bound) &&
    (!range || compare(String(second), scalar, Number(limit)));
}

const at = (path: string) => (path === '' ? 'event pattern' : path);
