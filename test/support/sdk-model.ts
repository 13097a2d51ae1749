/**
 * What the AWS SDK knows of the services: the schemas that its clients carry. A number stands for a simple type (a list
 * of it with 64, a map of it with 128 added), an array `[schema, traits]` for a member with traits, an array that
 * begins with a kind for the rest; members of a structure begin with the required ones, whose number follows them.
 */
type Schema = unknown;
const [LIST, MAP, STRUCTURE, UNION, OPERATION] = [1, 2, 3, 4, 9];
const [LIST_OF, MAP_OF] = [64, 128];
const SIMPLE: Record<number, string> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'time',
  17: 'number',
  19: 'number',
};

export type Shape =
  | { kind: 'structure'; members: Map<string, Schema>; required: string[] }
  | { kind: 'list'; of: Schema }
  | { kind: 'map'; of: Schema }
  | { kind: 'simple'; type: string };

/** Input and output of an operation. @throws when the service has none of that name. */
export function operationOf(client: Record<string, unknown>, name: string): { input: Schema; output: Schema } {
  const schema = client[`${name}$`];
  if (!Array.isArray(schema) || schema[0] !== OPERATION) throw new Error(`there is no operation ${name}`);
  return { input: schema[4], output: schema[5] };
}

export function shapeOf(schema: Schema): Shape {
  if (typeof schema === 'function') return shapeOf(schema());
  if (typeof schema === 'number') {
    if (schema >= MAP_OF) return { kind: 'map', of: schema - MAP_OF };
    return schema >= LIST_OF
      ? { kind: 'list', of: schema - LIST_OF }
      : { kind: 'simple', type: SIMPLE[schema] ?? 'other' };
  }
  if (!Array.isArray(schema)) return { kind: 'simple', type: 'other' };
  if (schema.length === 2) return shapeOf(schema[0]);
  const [kind, , , , first, second, required = 0] = schema;
  if (kind === LIST) return { kind: 'list', of: first };
  if (kind === MAP) return { kind: 'map', of: second };
  if (kind !== STRUCTURE && kind !== UNION) return shapeOf(first);
  const names: string[] = first;
  return {
    kind: 'structure',
    members: new Map(names.map((name, i) => [name, second[i]])),
    required: names.slice(0, required),
  };
}

/** What is wrong with a value as the input, or a part of it. `typeOf`: the type of a text that stands for a value. */
export function faultsOf(
  schema: Schema,
  value: unknown,
  path: string,
  typeOf: (text: string) => string | undefined,
): string[] {
  const shape = shapeOf(schema);
  const stands = typeof value === 'string' ? typeOf(value) : undefined;
  const type = stands ?? (Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value);
  const expected = {
    structure: 'object',
    map: 'object',
    list: 'list',
    simple: shape.kind === 'simple' ? shape.type : '',
  }[shape.kind];
  if (expected === 'other' || expected === 'time') return [];
  if (type !== expected) return [`${path} is a ${type}, not a ${expected}`];
  if (stands || shape.kind === 'simple') return [];
  if (shape.kind === 'list')
    return (value as unknown[]).flatMap((item, i) => faultsOf(shape.of, item, `${path}[${i}]`, typeOf));
  const entries = Object.entries(value as object);
  if (shape.kind === 'map')
    return entries.flatMap(([name, item]) => faultsOf(shape.of, item, `${path}.${name}`, typeOf));
  const missing = shape.required.filter(name => !entries.some(([given]) => given === name));
  return [
    ...missing.map(name => `${path} lacks ${name}, which is required`),
    ...entries.flatMap(([name, item]) => {
      const member = shape.members.get(name);
      return member === undefined ? [`${path} has no ${name}`] : faultsOf(member, item, `${path}.${name}`, typeOf);
    }),
  ];
}

/** What a selector such as `$.services[0].status` picks from an output. @throws when there is nothing there. */
export function pick(schema: Schema, selector: string): Shape {
  if (!/^\$(\.\w+|\[(\d+|\*)\])+$/.test(selector)) throw new Error(`${selector} is no selector this test can follow`);
  return [...selector.matchAll(/\.(\w+)|\[/g)].reduce((from, [, name]) => {
    if (name === undefined && from.kind === 'list') return shapeOf(from.of);
    const member = from.kind === 'structure' && name ? from.members.get(name) : undefined;
    if (member === undefined) throw new Error(`${selector} picks nothing: the output has no ${name ?? 'list'} there`);
    return shapeOf(member);
  }, shapeOf(schema));
}
