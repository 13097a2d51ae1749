import { describe, expect, it } from 'vitest';
import { type Operation, policyFaults, resolveTemplate, Unsupported } from '../src/index.ts';
import { embeddedAccount } from './support/embedded-account.ts';

const arn = (resource: string, service = 'ecs') => `arn:aws:${service}:us-east-1:123456789012:${resource}`;
const SERVICE = arn('service/shop/web');
const DEPLOYMENT = arn('service-deployment/shop/web/1');

interface Statement {
  Effect?: 'Deny';
  Action: string | string[];
  Resource: string | string[];
  Condition?: object;
}

const worker = (statements: Statement[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: { Statement: [] },
    Policies: [{ PolicyDocument: { Statement: statements.map(one => ({ Effect: 'Allow', ...one })) } }],
  },
});

/** Makes a call in a role that has these statements, and gives the answer or the error. */
async function called(name: string, operation: Omit<Operation, 'run'>, ...statements: Statement[]): Promise<unknown> {
  const [service = '', action = ''] = name.split(':');
  const { account, call } = embeddedAccount(1, { Worker: worker(statements) });
  account.provide(service, { [action]: { ...operation, run: () => 'done' } });
  const caller = { name: 'worker', role: arn('role/Worker', 'iam').replace('us-east-1', '') };
  return call(service, action, {}, caller).catch(error => error);
}

const refusedOn = (resource: string) => ({ name: 'AccessDeniedException', message: expect.stringContaining(resource) });

describe('a call', () => {
  it('needs a resource of each type that AWS requires', async () => {
    const stop = (...Resource: string[]) =>
      called(
        'ecs:StopServiceDeployment',
        { resources: () => [DEPLOYMENT, SERVICE] },
        { Action: 'ecs:StopServiceDeployment', Resource },
      );
    expect(await stop(arn('service-deployment/shop/web/*'), SERVICE)).toBe('done');
    expect(await stop(arn('service-deployment/shop/web/*'))).toMatchObject(refusedOn(SERVICE));
    expect(await stop(SERVICE)).toMatchObject(refusedOn(DEPLOYMENT));
  });

  it('may have one of several types that are alternatives', async () => {
    const listener = arn('listener/app/shop/1/2', 'elasticloadbalancing');
    const [name, resources] = ['elasticloadbalancing:ModifyListener', () => [listener]];
    expect(await called(name, { resources }, { Action: name, Resource: listener })).toBe('done');
  });

  it('that AWS judges by no resource needs all of them', async () => {
    const name = 'ecs:DescribeTaskDefinition';
    expect(await called(name, {}, { Action: name, Resource: '*' })).toBe('done');
    const [Resource, resources] = [arn('task-definition/web:*'), () => [arn('task-definition/web:1')]];
    expect(await called(name, {}, { Action: name, Resource })).toMatchObject(refusedOn('*'));
    expect(await called(name, { resources }, { Action: name, Resource })).toBeInstanceOf(Unsupported);
  });

  it('is refused where what it needs besides is not allowed', async () => {
    const [name, role] = ['ecs:UpdateService', 'arn:aws:iam::123456789012:role/task'];
    const needs = () => [
      { action: 'iam:PassRole', resources: [role], context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    ];
    const update = (...more: Statement[]) =>
      called(name, { resources: () => [SERVICE], needs }, { Action: name, Resource: SERVICE }, ...more);
    const passing = (service: string) => ({
      ...{ Action: 'iam:PassRole', Resource: role },
      Condition: { StringEquals: { 'iam:PassedToService': service } },
    });
    expect(await update()).toMatchObject(refusedOn(role));
    expect(await update(passing('ssm.amazonaws.com'))).toMatchObject(refusedOn(role));
    expect(await update(passing('ecs-tasks.amazonaws.com'))).toBe('done');
  });

  it('carries no condition key that AWS does not name for it', async () => {
    const condition = (key: string) => ({ StringEquals: { [key]: 'web' } });
    const exec = (key: string) =>
      called(
        'ecs:ExecuteCommand',
        { resources: () => [arn('cluster/shop'), arn('task/shop/1')], context: () => ({ [key]: 'web' }) },
        { Action: 'ecs:ExecuteCommand', Resource: '*', Condition: condition(key) },
      );
    expect(await exec('ecs:container-name')).toBe('done');
    expect(await exec('ecs:task-cpu')).toMatchObject({ name: 'AccessDeniedException' });
  });

  it('is refused where a statement denies one of its resources', async () => {
    const name = 'ecs:StopServiceDeployment';
    const denied = { Effect: 'Deny' as const, Action: 'ecs:Stop*', Resource: SERVICE };
    const resources = () => [DEPLOYMENT, SERVICE];
    expect(await called(name, { resources }, { Action: name, Resource: '*' }, denied)).toMatchObject(
      refusedOn(SERVICE),
    );
  });

  it.each<[string, string, Omit<Operation, 'run'>]>([
    ['lacks a resource by which AWS judges it', 'ecs:StopServiceDeployment', { resources: () => [DEPLOYMENT] }],
    ['names none', 'ecs:UpdateService', {}],
    ['names one of another type', 'ecs:UpdateService', { resources: () => [SERVICE, arn('cluster/shop')] }],
    ['is none of AWS', 'ecs:DescribeService', {}],
  ])('that %s is not answered', async (_, name, operation) => {
    expect(await called(name, operation, { Action: name, Resource: '*' })).toBeInstanceOf(Unsupported);
  });
});

it('tells what the roles may do and no call has needed', async () => {
  const Condition = { StringEquals: { 'ecs:cluster': arn('cluster/shop') } };
  const resources = {
    Worker: worker([
      { Action: ['ecs:UpdateService', 'ecs:DescribeServices'], Resource: SERVICE },
      { Action: 'ecs:ListTasks', Resource: '*', Condition },
    ]),
  };
  const { account } = embeddedAccount(1, resources);
  const worked = () => account.permissions.unused.filter(({ role }) => role === 'Worker').map(({ action }) => action);
  expect(worked()).toEqual(['ecs:UpdateService', 'ecs:DescribeServices', 'ecs:ListTasks']);
  expect(account.permissions.refusal('arn:aws:iam::123456789012:role/Worker', 'ecs:UpdateService', [SERVICE])).toBe(
    undefined,
  );
  account.permissions.refusal('arn:aws:iam::123456789012:role/Worker', 'ecs:ListTasks', [
    arn('container-instance/shop/*'),
  ]);
  expect(worked()).toEqual(['ecs:DescribeServices', 'ecs:ListTasks']);
  expect([...account.permissions.refused]).toEqual([expect.stringContaining('ecs:ListTasks')]);
});

describe('the faults of a template’s policies', () => {
  const faultsOf = (...statements: Statement[]) => {
    const template = { Resources: { Worker: worker(statements) } };
    return policyFaults(resolveTemplate({ name: 'Shop', directory: '', region: 'us-east-1', template }));
  };

  it('are none where each says what AWS knows', () => {
    expect(
      faultsOf(
        { Action: 'ecs:Describe*', Resource: '*' },
        { Action: 'ecs:UpdateService', Resource: arn('serv*/web') },
        { Action: 's3:ListBucket', Resource: 'arn:aws:s3:::shop', Condition: { StringLike: { 's3:prefix': 'a/*' } } },
        { Action: 'logs:PutLogEvents', Resource: arn('log-group:/shop:*', 'logs') },
      ),
    ).toEqual([]);
  });

  it.each<[Statement, string]>([
    [{ Action: 'ecs:DescribeService', Resource: '*' }, 'AWS has no action ecs:DescribeService'],
    [{ Action: 'ecs:UpdateService', Resource: arn('cluster/*') }, 'AWS judges it by service'],
    [{ Action: 'ec2:DescribeVpcs', Resource: arn('vpc/1', 'ec2') }, 'AWS judges it by "*" alone'],
    [{ Action: 's3:ListBucket', Resource: 'arn:aws:s3:::shop/*' }, 'AWS judges it by accesspoint, bucket'],
    [
      { Action: 'ecs:ListTasks', Resource: '*', Condition: { StringEquals: { 'ecs:service': 'web' } } },
      'no request of it carries ecs:service',
    ],
    [{ Action: 'ecs:StopServiceDeployment', Resource: DEPLOYMENT }, 'is allowed on no service'],
  ])('name the role, and %j', (statement, fault) => {
    expect(faultsOf(statement)).toContainEqual(expect.stringMatching(/^Worker: /));
    expect(faultsOf(statement).join()).toContain(fault);
  });
});
