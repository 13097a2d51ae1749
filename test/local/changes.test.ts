import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesOfService } from '../../local/world/changes.ts';
import { embeddedAccount } from '../support/embedded-account.ts';

const PROTECTED = [
  ...['ecs', 'application-autoscaling', 'rds', 'rds-data', 'elasticache', 'elasticloadbalancing', 'acm'],
  ...['cloudfront', 'route53', 'ec2'],
];

/** Makes one call of an operation that exists nowhere, and gives what was noted of it. */
async function noted(service: string, action: string, input = {}) {
  const { account, call } = embeddedAccount();
  // AWS has no such action.
  account.permissions.refusal = () => undefined;
  const changes = changesOfService(account);
  account.provide(service, { [action]: { run: () => ({}) } });
  await call(service, action, input);
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
