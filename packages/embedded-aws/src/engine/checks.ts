/** Checks with which the loaders read a definition, part by part. */

import { Unsupported } from '../unsupported.ts';
import { isObject, type JsonObject } from './json-path.ts';

/** An object with no field but these: a field that is not known is refused, never ignored. */
export function fields(value: unknown, where: string, names: readonly string[]): JsonObject {
  if (!isObject(value)) throw new Unsupported(where, 'not an object');
  for (const field of Object.keys(value))
    if (!names.includes(field)) throw new Unsupported(where, `the field ${field}`);
  return value;
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '')
    throw new Unsupported(where, `${JSON.stringify(value)} instead of a text`);
  return value;
}

export function flag(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw new Unsupported(where, `${JSON.stringify(value)} instead of true or false`);
  return value;
}

export function number(value: unknown, where: string, least: number, whole = true): number {
  if (typeof value !== 'number' || value < least || (whole && !Number.isInteger(value)))
    throw new Unsupported(where, `${JSON.stringify(value)} instead of a number from ${least}`);
  return value;
}

/** A list, empty when there is none. */
export function list(value: unknown, where: string): unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Unsupported(where, 'not a list');
  return value;
}
