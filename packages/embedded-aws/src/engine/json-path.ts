import { Unsupported } from '../unsupported.ts';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

type Segment = { child: string } | { index: number } | { every: true } | { deep: string };

/** A compiled JSONPath. A definite path names at most one value; any other selects a list. */
export type Path = { readonly text: string; readonly segments: readonly Segment[]; readonly definite: boolean };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Gives a value as it is once it has travelled as JSON: no dates, no undefined, no shared references. */
export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null) ?? 'null');

const name = /[^.[\]()?@,:*'"\s\\]+/y;
const tokens: { pattern: RegExp; segment: (match: string) => Segment }[] = [
  { pattern: new RegExp(`\\.\\.(${name.source})`, 'y'), segment: deep => ({ deep }) },
  { pattern: new RegExp(`\\.(${name.source})`, 'y'), segment: child => ({ child }) },
  { pattern: /\['([^'\\]*)'\]/y, segment: child => ({ child }) },
  { pattern: /\["([^"\\]*)"\]/y, segment: child => ({ child }) },
  { pattern: /\[(\d+)\]/y, segment: index => ({ index: Number(index) }) },
  { pattern: /(\[\*\]|\.\*)/y, segment: () => ({ every: true }) },
];

/** Compiles the part of JSONPath that AWS documents and we use; filters, slices, unions and functions are refused. */
export function parsePath(text: string, where: string): Path {
  if (!text.startsWith('$')) throw new Unsupported(where, `"${text}" is not a JSONPath, which begins with $`);
  const segments: Segment[] = [];
  let at = 1;
  while (at < text.length) {
    const found = tokens.flatMap(({ pattern, segment }) => {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      return match ? [{ segment: segment(match[1] ?? ''), length: match[0].length }] : [];
    })[0];
    if (!found) throw new Unsupported(where, `JSONPath "${text}" from "${text.slice(at)}"`);
    segments.push(found.segment);
    at += found.length;
  }
  return { text, segments, definite: segments.every(segment => 'child' in segment || 'index' in segment) };
}

/** The value a definite path names (undefined when there is none), or the list an indefinite one selects. */
export function select(path: Path, value: Json): Json | undefined {
  const found = path.segments.reduce<Json[]>((nodes, segment) => nodes.flatMap(node => step(segment, node)), [value]);
  return path.definite ? found[0] : found;
}

function step(segment: Segment, node: Json): Json[] {
  if ('child' in segment) return isObject(node) && Object.hasOwn(node, segment.child) ? own(node, segment.child) : [];
  if ('index' in segment) return Array.isArray(node) ? node.slice(segment.index, segment.index + 1) : [];
  if ('every' in segment) return Array.isArray(node) ? node : isObject(node) ? Object.values(node) : [];
  if (Array.isArray(node)) return node.flatMap(item => step(segment, item));
  if (!isObject(node)) return [];
  const here = Object.hasOwn(node, segment.deep) ? own(node, segment.deep) : [];
  return [...here, ...Object.values(node).flatMap(item => step(segment, item))];
}

const own = (node: JsonObject, key: string): Json[] => [node[key] ?? null];

/** A copy of `target` with `value` at a definite path; undefined when something that is no container stands in the way. */
export function assign(path: Path, target: Json, value: Json): Json | undefined {
  const put = (node: Json | undefined, [head, ...rest]: readonly Segment[]): Json | undefined => {
    if (head === undefined) return value;
    if ('child' in head) {
      if (node !== undefined && !isObject(node)) return undefined;
      const had = node !== undefined && Object.hasOwn(node, head.child) ? node[head.child] : undefined;
      const inner = put(had, rest);
      return inner === undefined ? undefined : { ...node, [head.child]: inner };
    }
    if (!('index' in head) || !Array.isArray(node) || head.index >= node.length) return undefined;
    const inner = put(node[head.index], rest);
    return inner === undefined ? undefined : node.with(head.index, inner);
  };
  return put(target, path.segments);
}
