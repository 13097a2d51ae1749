import type { ContentKind } from '../domain/deployed.ts';

/** Makes a content of one version of the schema one of the next. */
// biome-ignore lint/suspicious/noExplicitAny: old versions have no types any more
type Upcast = (old: any) => object;

/** The step from each version of the schema to the next, the first from 1 to 2. Kinds that it leaves out keep their shape. */
type Steps = readonly Partial<Record<ContentKind, Upcast>>[];

export const STEPS: Steps = [
  {
    // A policy had one playbook, and a deployment named one for each.
    policy: ({ playbook, ...shared }) => ({ ...shared, playbooks: [playbook] }),
    deployment: deployment => ({ ...deployment, policies: Object.values(deployment.policies) }),
  },
];

/** The content in today's shape. @throws when it was written by later code, as after a rollback */
export function upcast(kind: ContentKind, schema: number, content: object, steps = STEPS): object {
  const newest = steps.length + 1;
  if (schema > newest)
    throw new Error(`a ${kind} of schema ${schema} cannot be read: this code knows ${newest} at most`);
  return steps.slice(schema - 1).reduce((old, step) => step[kind]?.(old) ?? old, content);
}
