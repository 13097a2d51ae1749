/** Values of SSM Automation: their types, the parameters an execution starts with, and `{{ references }}`. */

import { Unsupported } from '../../unsupported.ts';
import { isObject, type Json } from '../json-path.ts';

export const valueTypes = ['String', 'StringList', 'Integer', 'Boolean', 'StringMap', 'MapList'] as const;
export type ValueType = (typeof valueTypes)[number];

/** StartAutomationExecution fails with this when the parameters do not fit the document: nothing is started. */
export class InvalidParameters extends Error {
  override readonly name = 'InvalidAutomationExecutionParametersException';
}

const isScalar = (value: Json) => ['string', 'number', 'boolean'].includes(typeof value);

/** `value` as a `type`, by the conversions the user guide lists; undefined when it cannot be one. */
export function convert(value: Json, type: ValueType): Json | undefined {
  if (type === 'StringMap') return isObject(value) ? value : undefined;
  if (type === 'MapList') return Array.isArray(value) && value.every(isObject) ? value : undefined;
  if (type === 'StringList') {
    const items = Array.isArray(value) ? value : [value];
    return items.every(isScalar) ? items.map(String) : undefined;
  }
  const [only, ...others] = Array.isArray(value) ? value : [value];
  if (only === undefined || others.length > 0 || !isScalar(only)) return undefined;
  if (type === 'String') return String(only);
  if (type === 'Boolean')
    return /^true$/i.test(String(only)) ? true : /^false$/i.test(String(only)) ? false : undefined;
  return typeof only !== 'boolean' && /^-?\d+$/.test(String(only)) ? Number(only) : undefined;
}

/** A value as the API reports it: always a list of strings. */
export function asStrings(value: Json): string[] {
  const items = Array.isArray(value) ? value : [value];
  return items.map(item => (typeof item === 'string' ? item : JSON.stringify(item)));
}

// ---- parameters

export type Parameter = {
  type: ValueType;
  default: Json | undefined;
  allowedValues: string[] | undefined;
  allowedPattern: RegExp | undefined;
  minItems?: number;
  maxItems?: number;
  minChars?: number;
  maxChars?: number;
};

/** The values of all parameters of a document, from what StartAutomationExecution was given and the defaults. */
export function resolveParameters(
  parameters: ReadonlyMap<string, Parameter>,
  given: Record<string, string[]>,
): Map<string, Json> {
  for (const name of Object.keys(given))
    if (!parameters.has(name)) throw new InvalidParameters(`Parameter "${name}" is not defined in the document.`);
  return new Map(
    [...parameters].map(([name, parameter]): [string, Json] => {
      const values = Object.hasOwn(given, name) ? given[name] : undefined;
      if (values !== undefined) return [name, accepted(name, parameter, values)];
      if (parameter.default === undefined)
        throw new InvalidParameters(`Parameter "${name}" is required and was not given.`);
      return [name, parameter.default];
    }),
  );
}

function accepted(name: string, parameter: Parameter, values: string[]): Json {
  const refuse = (why: string): never => {
    throw new InvalidParameters(`Parameter "${name}" ${why}.`);
  };
  const { type, allowedValues, allowedPattern, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = parameter;
  const { minChars = 0, maxChars = Number.POSITIVE_INFINITY } = parameter;
  if (!Array.isArray(values) || !values.every(value => typeof value === 'string'))
    return refuse('is not a list of strings');
  const value = parsed(values, type);
  if (value === undefined) return refuse(`is not a ${type}: ${JSON.stringify(values)}`);
  const items = Array.isArray(value) ? value : [value];
  if (items.length < minItems || items.length > maxItems) return refuse(`has ${items.length} items`);
  for (const item of items) {
    const text = typeof item === 'string' ? item : JSON.stringify(item);
    if (allowedValues && !allowedValues.includes(text))
      return refuse(`is "${text}", which is not among ${allowedValues.join(', ')}`);
    if (allowedPattern && !allowedPattern.test(text))
      return refuse(`is "${text}", which does not match ${allowedPattern.source}`);
    if (text.length < minChars || text.length > maxChars) return refuse(`has ${text.length} characters`);
  }
  return value;
}

function parsed(values: string[], type: ValueType): Json | undefined {
  if (type === 'StringList') return values;
  if (type !== 'MapList' && values.length !== 1) return undefined;
  if (type !== 'MapList' && type !== 'StringMap') return convert(values, type);
  try {
    const maps = values.map((value): Json => JSON.parse(value));
    return convert(type === 'MapList' ? maps : (maps[0] ?? null), type);
  } catch {
    return undefined;
  }
}

// ---- references

const reference = /\{\{\s*([^{}\s]+)\s*\}\}/g;

/** Every name that is referred to anywhere inside a value. */
export function referencesIn(value: unknown, where: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => referencesIn(item, `${where}[${i}]`));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => referencesIn(item, `${where}.${key}`));
  if (typeof value !== 'string') return [];
  if (value.replace(reference, '').includes('{{')) throw new Unsupported(where, `the reference in "${value}"`);
  return [...value.matchAll(reference)].map(match => match[1] ?? '');
}

/** The name that a text consists of wholly. */
export const soleReference = (text: string): string | undefined => /^\{\{\s*([^{}\s]+)\s*\}\}$/.exec(text.trim())?.[1];

/**
 * `value` with its references replaced. A text that is one reference takes the type of what it refers to, a list inside
 * a list is laid open, and in the midst of a text everything is text.
 */
export function interpolate(value: Json, lookUp: (name: string) => Json): Json {
  if (Array.isArray(value))
    return value.flatMap(item =>
      typeof item === 'string' && soleReference(item) ? interpolate(item, lookUp) : [interpolate(item, lookUp)],
    );
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolate(item, lookUp)]));
  if (typeof value !== 'string') return value;
  const sole = soleReference(value);
  if (sole !== undefined) return lookUp(sole);
  return value.replace(reference, (_, name: string) => {
    const found = lookUp(name);
    return typeof found === 'string' ? found : JSON.stringify(found);
  });
}
