import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeploymentDocument, policyIn, SCHEMA } from '../../lambda/domain/deployed.ts';
import { minutesBetween } from '../../lambda/domain/kernel/time.ts';
import { saveContent } from '../../lambda/store/contents.ts';
import { currentDeployment } from '../../lambda/store/deployments.ts';
import { policyOf } from '../../lambda/store/policies.ts';
import { whole } from '../../lambda/store/policy-shape.ts';
import { DEPLOYED, deploy, useResponder } from '../support/responder.ts';
import { START } from '../support/story.ts';

useResponder();

const GOLDEN = `${import.meta.dirname}/golden/deployment-${SCHEMA}.json`;
const policy = policyIn(JSON.parse(readFileSync(GOLDEN, 'utf8')) as DeploymentDocument);

/** Without one of these, something else holds, which their types tell. */
const OPTIONAL = [
  ...['hotline', 'logGroup', 'reviewers', 'reviewTimeZone', 'statusPage', 'resolutionMinutes', 'stakeholdersMinutes'],
  ...['over', 'atLeast', 'under', 'unit', 'told', 'beside', 'customers', 'checks', 'measures', 'advice', 'symptom'],
  ...[
    'independent',
    'ownFacts',
    'internal',
    'needs',
    'unless',
    'otherwise',
    'withinMinutes',
    'approvalWaits',
    'verifiedBy',
  ],
  ...['revert', 'leaves', 'reaches', 'touches'],
];

/** Fields whose value has a shape of its own, or names that a configuration chooses. */
const OPAQUE = [...OPTIONAL, 'alarms', 'parameters'];

/** The ways to every field that must be there. */
function required(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    if (OPAQUE.includes(path.at(-1) ?? '') || path.join().match(/^playbooks,\d+,links$/)) return [];
    const here = [...path, key];
    const isOptional = OPTIONAL.includes(key) || (key === 'links' && path.length > 0);
    return [...(Array.isArray(value) || isOptional ? [] : [here]), ...required(field, here)];
  });
}

const paths = required(policy);

/** The policy with another value at that place; undefined leaves the field out. */
function changed(path: string[], value?: unknown): object {
  const copy = structuredClone(policy) as object;
  const holder = path.slice(0, -1).reduce((part, key) => Reflect.get(part, key), copy);
  if (value === undefined) Reflect.deleteProperty(holder, path.at(-1) ?? '');
  else Reflect.set(holder, path.at(-1) ?? '', value);
  return copy;
}

describe('a policy', () => {
  it('is whole as it is deployed', () => {
    expect(whole(policy)).toBe(policy);
    expect(paths.map(path => path.at(-1))).toEqual(
      expect.arrayContaining(['remindMinutes', 'updateMinutes', 'afterMinutes', 'verifyMinutes', 'responseMinutes']),
    );
  });

  it.each([...new Set(paths.map(path => path.filter(key => !/^\d+$/.test(key)).join('.')))])(
    'is not without %s',
    name => {
      for (const path of paths.filter(one => one.filter(key => !/^\d+$/.test(key)).join('.') === name))
        expect(() => whole(changed(path))).toThrow(path.at(-1));
    },
  );

  it('has numbers where something is counted, and no other values in their place', () => {
    const numbers = paths.filter(
      path => typeof path.reduce((part, key) => Reflect.get(part, key), policy as object) === 'number',
    );
    const none = fc.constantFrom(null, Number.NaN, Number.POSITIVE_INFINITY, -1, '10', {}, []);
    fc.assert(
      fc.property(fc.constantFrom(...numbers), none, (path, value) => {
        expect(() => whole(changed(path, value))).toThrow(path.at(-1));
      }),
    );
  });

  it('that is not whole is neither deployed nor read', async () => {
    const before = await currentDeployment(DEPLOYED.service);
    const { remindMinutes: _, ...shared } = DEPLOYED.shared;
    const without = 'the policy is not whole: remindMinutes must be';
    await expect(deploy({ shared: shared as typeof DEPLOYED.shared })).rejects.toThrow(without);
    expect(await currentDeployment(DEPLOYED.service)).toEqual(before);
    const hash = await saveContent('policy', SCHEMA, { ...shared, playbooks: [] });
    for (let times = 0; times < 2; times++) await expect(policyOf(hash)).rejects.toThrow(without);
  });
});

it('the time between something and no time is an error, and not a number that is never reached', () => {
  for (const none of ['', 'undefined', String(undefined), 'tomorrow']) {
    expect(() => minutesBetween(none, START)).toThrow(RangeError);
    expect(() => minutesBetween(START, none)).toThrow(RangeError);
  }
});
