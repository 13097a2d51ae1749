import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Operation } from '../../packages/embedded-aws/src/account/account.ts';
import { Changes } from '../../packages/embedded-aws/src/account/changes.ts';
import { embeddedAccount, RESPONDER } from '../../packages/embedded-aws/test/support/embedded-account.ts';

const PROTECTED = [
  ...['ecs', 'application-autoscaling', 'rds', 'rds-data', 'elasticache', 'elasticloadbalancing', 'acm'],
  ...['cloudfront', 'route53', 'ec2'],
];

/** Makes one call of an operation that exists nowhere, and gives what was noted of it. */
async function noted(service: string, action: string, input = {}, operation: Partial<Operation> = {}) {
  const { account, call } = embeddedAccount();
  const changes = new Changes(account);
  account.provide(service, { [action]: { run: () => ({}), ...operation } });
  await call(service, action, input).catch(() => undefined);
  return changes.list;
}

const name = fc.stringMatching(/^[A-Z][a-z]{2,8}[A-Z][a-z]{2,8}$/);

test('a call on a protected service counts as changing it, unless its name says that it reads', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PROTECTED), name, async (service, action) => {
      const reads = /^(Describe|List|Get)[A-Z]/.test(action);
      expect((await noted(service, action)).map(change => change.action)).toEqual(reads ? [] : [action]);
      for (const verb of ['Describe', 'List', 'Get']) expect(await noted(service, `${verb}${action}`)).toEqual([]);
    }),
  );
});

test('what the responder does elsewhere changes nothing of the service', async () => {
  for (const [service, action] of [
    ['dynamodb', 'PutItem'],
    ['sns', 'Publish'],
    ['s3', 'PutObject'],
    ['cloudwatch', 'PutMetricData'],
    ['ssm', 'StartAutomationExecution'],
  ] as const)
    expect(await noted(service, action)).toEqual([]);
});

test('of the parameters, the circuit breaker alone is read by the service', async () => {
  const put = (Name: string) => noted('ssm', 'PutParameter', { Name, Value: 'open' });
  expect(await put('/incident-response/shop/circuit-breakers/redis')).toMatchObject([
    { service: 'ssm', summary: 'Name=/incident-response/shop/circuit-breakers/redis Value=open' },
  ]);
  expect(await put('/incident-response/shop/automation')).toEqual([]);
});

test('a call that the service refuses changed nothing', async () => {
  const run = () => {
    throw new Error('refused');
  };
  expect(await noted('ecs', 'UpdateService', {}, { run })).toEqual([]);
});

test('it says when, what, on what and by whom, without the signature of a URL', async () => {
  const input = { cluster: 'shop', command: "curl -T heap 'https://bucket.example/heap?X-Amz-Signature=f00d'" };
  const resources = () => ['arn:aws:ecs:us-east-1:123456789012:task/shop/1'];
  expect(await noted('ecs', 'ExecuteCommand', input, { resources })).toEqual([
    {
      ...{ at: '2026-03-02T09:00:00.000Z', service: 'ecs', action: 'ExecuteCommand', by: RESPONDER.name },
      resource: 'arn:aws:ecs:us-east-1:123456789012:task/shop/1',
      summary: "cluster=shop command=curl -T heap 'https://bucket.example/heap?…'",
    },
  ]);
});
