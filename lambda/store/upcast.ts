import { type ContentKind, SCHEMA } from '../domain/deployed.ts';

/** Makes a content of one version of the schema one of the next. */
// biome-ignore lint/suspicious/noExplicitAny: old versions have no types any more
type Upcast = (old: any) => object;

/** The steps from version to version, the first from 1 to 2. A kind that a step leaves out has the same shape in both. */
export const STEPS: readonly Partial<Record<ContentKind, Upcast>>[] = [];

/** The content in today's shape. @throws when it was written by later code, as after a rollback */
export function upcast(kind: ContentKind, schema: number, content: object): object {
  if (schema > SCHEMA)
    throw new Error(`a ${kind} of schema ${schema} cannot be read: this code knows ${SCHEMA} at most`);
  return STEPS.slice(schema - 1).reduce((old, step) => step[kind]?.(old) ?? old, content);
}
