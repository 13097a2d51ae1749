import { SCHEMA } from '../domain/deployed.ts';
import type { Policy } from '../domain/incident/policy.ts';
import { readContent, saveContent } from './contents.ts';
import { whole } from './policy-shape.ts';

/** The hash of each policy that was read or saved. One that was upcast has another content than its item. */
const hashes = new WeakMap<Policy, string>();

/** Stores a policy, unless it comes from the table, and returns its hash. */
export async function savePolicy(policy: Policy): Promise<string> {
  const hash = hashes.get(policy) ?? (await saveContent('policy', SCHEMA, policy));
  hashes.set(policy, hash);
  return hash;
}

/** The policy with that hash. @throws Error when there is none, or when it is not whole */
export async function policyOf(hash: string): Promise<Policy> {
  const content = await readContent('policy', hash);
  if (hashes.has(content as Policy)) return content as Policy;
  const policy = whole(content);
  hashes.set(policy, hash);
  return policy;
}

/** The hash of a policy that was read or saved. */
export function hashOf(policy: Policy): string {
  const hash = hashes.get(policy);
  if (hash === undefined) throw new Error(`the policy of ${policy.service} is not stored`);
  return hash;
}
