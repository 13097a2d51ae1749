import { expect, test } from 'vitest';
import type { Operation } from '../src/account/account.ts';
import { Changes } from '../src/changes.ts';
import { DEPLOYER, embeddedAccount } from './support/embedded-account.ts';

/** Makes one call of an operation that exists nowhere, and gives the changes that were noted. */
async function noted(service: string, action: string, input = {}, operation: Partial<Operation> = {}) {
  const { account, call } = embeddedAccount();
  const changes = new Changes(account, other => other.service !== 's3');
  account.provide(service, { [action]: { run: () => ({}), ...operation } });
  await call(service, action, input).catch(() => undefined);
  return changes.list;
}

test('a call that reads, and one that the filter leaves out, are not noted', async () => {
  expect(await noted('ecs', 'DescribeTaskDefinition')).toEqual([]);
  expect(await noted('s3', 'PutObject')).toEqual([]);
});

test('a call that the service refuses changed nothing', async () => {
  const run = () => {
    throw new Error('refused');
  };
  expect(await noted('tag', 'TagResources', {}, { run })).toEqual([]);
});

test('a change says when, what, on what and by whom, without the signature of a URL', async () => {
  const input = { cluster: 'shop', command: "curl -T heap 'https://bucket.example/heap?X-Amz-Signature=f00d'" };
  const resources = () => ['cluster/shop', 'task/shop/1'].map(name => `arn:aws:ecs:us-east-1:123456789012:${name}`);
  expect(await noted('ecs', 'ExecuteCommand', input, { resources })).toEqual([
    {
      ...{ at: '2026-03-02T09:00:00.000Z', service: 'ecs', action: 'ExecuteCommand', by: DEPLOYER.name },
      resource: resources().join(),
      summary: "cluster=shop command=curl -T heap 'https://bucket.example/heap?…'",
    },
  ]);
});
