import { afterEach, expect, it, vi } from 'vitest';
import type { DeploymentDocument } from '../../lambda/domain/deployed.ts';
import { currentDeployment, deploy, deployedPolicyOf } from '../../lambda/store/deployments.ts';
import { DEPLOYED, useResponder } from '../support/responder.ts';

/** The schema that the function writes which stores deployments; whoever reads knows that of today. */
const written = vi.hoisted(() => ({ schema: 0 }));

vi.mock('../../lambda/domain/deployed.ts', async importOriginal => {
  const original = await importOriginal<typeof import('../../lambda/domain/deployed.ts')>();
  written.schema = original.SCHEMA;
  return {
    ...original,
    get SCHEMA() {
      return written.schema;
    },
  };
});

useResponder();

const TODAY = DEPLOYED.schema;
const titled = (title: string, schema = TODAY): DeploymentDocument => ({
  ...{ ...DEPLOYED, schema, service: 'checkout' },
  shared: { ...DEPLOYED.shared, title },
});
const requested = (document: DeploymentDocument, request: string) =>
  deploy(document, request, new AbortController().signal);
const title = async () => (await deployedPolicyOf(await currentDeployment('checkout'))).title;

afterEach(() => {
  written.schema = TODAY;
});

it('a rollback that the newer function serves leads back to what older functions can read', async () => {
  await requested(titled('one'), 'r1');
  await requested(titled('two'), 'r2');
  const before = await currentDeployment('checkout');
  written.schema = TODAY + 1;
  await requested(titled('newer', TODAY + 1), 'r3');
  await requested(titled('two'), 'r4');
  expect(await currentDeployment('checkout')).toEqual(before);
  expect(await title()).toBe('two');
  // A function that cannot read what is current goes on with what it knows; one that has just started cannot.
  expect(vi.mocked(console.error).mock.calls).toEqual([]);
});
