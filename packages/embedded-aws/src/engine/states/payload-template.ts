/** Payload templates of the Amazon States Language: objects whose keys ending in `.$` hold paths and intrinsic functions. */

import { Unsupported } from '../../unsupported.ts';
import { isObject, type Json, type JsonObject, type Path, parsePath, select } from '../json-path.ts';
import { StatesError } from './states-error.ts';

/** The root of paths: `$` is the data, `$$` the context object. */
export type Scope = { data: Json; context: JsonObject };

/** A compiled expression: given a scope, its value. */
export type Expression = (scope: Scope) => Json;

export type ScopedPath = { text: string; definite: boolean; find: (scope: Scope) => Json | undefined };

/** A path over the data or, when it begins with `$$`, over the context object. */
export function scopedPath(text: unknown, where: string): ScopedPath {
  if (typeof text !== 'string') throw new Unsupported(where, `a path is a string, not ${JSON.stringify(text)}`);
  const ofContext = text.startsWith('$$');
  const path = parsePath(ofContext ? text.slice(1) : text, where);
  return { text, definite: path.definite, find: scope => select(path, ofContext ? scope.context : scope.data) };
}

/** InputPath and OutputPath: null discards everything, a path that finds nothing ends the execution. */
export function filterPath(value: unknown, where: string): Expression {
  if (value === undefined) return scope => scope.data;
  if (value === null) return () => ({});
  const path = scopedPath(value, where);
  return scope => found(path.find(scope), `Invalid path '${path.text}'`, 'States.Runtime');
}

/** ResultPath: undefined replaces the input, null discards the result. */
export function resultPath(value: unknown, where: string): Path | null {
  if (value === null) return null;
  if (typeof value !== 'string' || value.startsWith('$$')) throw new Unsupported(where, JSON.stringify(value));
  const path = parsePath(value, where);
  if (!path.definite) throw new Unsupported(where, `"${value}" is no reference path`);
  return path;
}

export function template(value: unknown, where: string): Expression {
  if (Array.isArray(value)) {
    const items = value.map((item, i) => template(item, `${where}[${i}]`));
    return scope => items.map(item => item(scope));
  }
  if (!isObject(value)) return () => value as Json;
  const fields = Object.entries(value).map(([key, inner]): [string, Expression] => {
    const here = `${where}.${key}`;
    if (!key.endsWith('.$')) return [key, template(inner, here)];
    if (typeof inner !== 'string')
      throw new Unsupported(here, 'a key that ends in .$ takes a path or an intrinsic function');
    return [key.slice(0, -2), dynamic(inner, here)];
  });
  const names = fields.map(([name]) => name);
  if (new Set(names).size < names.length) throw new Unsupported(where, 'the same key with and without .$');
  return scope => Object.fromEntries(fields.map(([key, expression]) => [key, expression(scope)]));
}

/** A path, or an intrinsic function. */
export function dynamic(text: string, where: string): Expression {
  if (text.startsWith('$')) return needed(scopedPath(text, where), where);
  const parser = { text, at: 0, where };
  const expression = call(parser);
  if (parser.at < text.length) throw new Unsupported(where, `"${text.slice(parser.at)}" after an intrinsic function`);
  return expression;
}

const needed =
  (path: ScopedPath, where: string): Expression =>
  scope =>
    found(
      path.find(scope),
      `The JSONPath '${path.text}' specified for '${where}' could not be found in the input`,
      'States.ParameterPathFailure',
    );

function found(value: Json | undefined, cause: string, error: string): Json {
  if (value === undefined) throw new StatesError(error, cause);
  return value;
}

// ---- intrinsic functions

type Parser = { text: string; at: number; where: string };
/** A string literal keeps its escapes, for States.Format tells `\{` from `{`. */
type Argument = { literal: string } | { expression: Expression };

function take(parser: Parser, pattern: RegExp): string | undefined {
  const match = new RegExp(`\\s*(?:${pattern.source})`, 'y');
  match.lastIndex = parser.at;
  const result = match.exec(parser.text);
  if (!result) return undefined;
  parser.at = match.lastIndex;
  return result[1] ?? result[0];
}

function call(parser: Parser): Expression {
  const name = take(parser, /(States\.\w+)\(/);
  if (name === undefined)
    throw new Unsupported(parser.where, `"${parser.text}" is neither a path nor an intrinsic function`);
  const args: Argument[] = [];
  if (take(parser, /\)/) === undefined) {
    do args.push(argument(parser));
    while (take(parser, /,/) !== undefined);
    if (take(parser, /\)/) === undefined)
      throw new Unsupported(parser.where, `"${parser.text}" lacks a closing parenthesis`);
  }
  return intrinsic(name, args, parser.where);
}

function argument(parser: Parser): Argument {
  const text = take(parser, /'((?:[^'\\]|\\['{}\\])*)'/);
  if (text !== undefined) return { literal: text };
  const number = take(parser, /(-?\d+(?:\.\d+)?)(?=[,)\s])/);
  if (number !== undefined) return { expression: () => Number(number) };
  if (take(parser, /(null)(?=[,)\s])/) !== undefined) return { expression: () => null };
  const path = take(parser, /(\$(?:\['[^']*'\]|[^,()\s'])*)/);
  if (path !== undefined) return { expression: needed(scopedPath(path, parser.where), parser.where) };
  return { expression: call(parser) };
}

const unescaped = (text: string) => text.replace(/\\(.)/gs, '$1');
const valued = (arg: Argument): Expression => ('literal' in arg ? () => unescaped(arg.literal) : arg.expression);
const fail = (cause: string): never => {
  throw new StatesError('States.IntrinsicFailure', cause);
};

function intrinsic(name: string, args: Argument[], where: string): Expression {
  const [first, second] = args.map(valued);
  const takes = (n: number) => {
    if (args.length !== n) throw new Unsupported(where, `${name} with ${args.length} arguments instead of ${n}`);
  };
  const missing: Expression = () => fail(`${name} lacks an argument`);
  const a = first ?? missing;
  const b = second ?? missing;
  switch (name) {
    case 'States.Array': {
      const items = args.map(valued);
      return scope => items.map(item => item(scope));
    }
    case 'States.ArrayLength':
      takes(1);
      return scope => {
        const list = a(scope);
        return Array.isArray(list) ? list.length : fail('States.ArrayLength takes an array');
      };
    case 'States.MathAdd':
      takes(2);
      return scope => {
        const [left, right] = [a(scope), b(scope)];
        if (typeof left !== 'number' || typeof right !== 'number') return fail('States.MathAdd takes two numbers');
        return Math.round(left) + Math.round(right);
      };
    case 'States.JsonToString':
      takes(1);
      return scope => JSON.stringify(a(scope));
    case 'States.StringToJson':
      takes(1);
      return scope => parsed(a(scope));
    case 'States.Format':
      return format(args, where);
    default:
      throw new Unsupported(where, `the intrinsic function ${name}`);
  }
}

function parsed(text: Json): Json {
  if (typeof text !== 'string') return fail('States.StringToJson takes a string');
  try {
    return JSON.parse(text);
  } catch {
    return fail('States.StringToJson takes a string of JSON');
  }
}

function format([pattern, ...rest]: Argument[], where: string): Expression {
  if (!pattern || !('literal' in pattern)) throw new Unsupported(where, 'States.Format without a literal template');
  const parts = pattern.literal.match(/\\.|\{\}|[^\\{}]+/gs) ?? [];
  if (parts.join('') !== pattern.literal) throw new Unsupported(where, 'States.Format with an unescapedd brace');
  if (parts.filter(part => part === '{}').length !== rest.length)
    throw new Unsupported(where, 'States.Format whose {} and arguments differ in number');
  const values = rest.map(valued);
  return scope => {
    const texts = values.map(value => printed(value(scope))).values();
    return parts.map(part => (part === '{}' ? texts.next().value : unescaped(part))).join('');
  };
}

const printed = (value: Json): string =>
  typeof value === 'object' && value !== null ? fail('States.Format takes no objects and no arrays') : String(value);
