import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Assembly, type Resource, readAssembly, Unsupported, World } from '../src/index.ts';

const stack = (Resources: Record<string, Resource>): Assembly => ({
  ...{ name: 'Shop', directory: '', region: 'eu-west-1', template: { Resources } },
});

const role = (Statement: object[]): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: { Statement: [] }, Policies: [{ PolicyDocument: { Statement } }] },
});

const parameter: Resource = {
  Type: 'AWS::SSM::Parameter',
  Properties: { Name: '/shop/open', Type: 'String', Value: { 'Fn::Sub': '${AWS::StackName} in ${AWS::Region}' } },
};

const table: Resource = {
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
};

/** An assembly directory whose stacks have one role each. */
function assemblyOf(...names: string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'assembly-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const artifacts = names.map(name => {
    writeFileSync(join(directory, `${name}.json`), JSON.stringify({ Resources: { [`${name}Role`]: role([]) } }));
    const environment = name === 'Shop' ? 'aws://1/eu-west-1' : 'aws://unknown-account/unknown-region';
    return [name, { type: 'aws:cloudformation:stack', environment, properties: { templateFile: `${name}.json` } }];
  });
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts: Object.fromEntries(artifacts) }));
  return directory;
}

describe('an assembly', () => {
  test('with one stack is deployed as it is, in us-east-1 where it is bound to no region', async () => {
    const world = await World.deploy(assemblyOf('Other'));
    expect(world.account.region).toBe('us-east-1');
    expect(world.clock.iso).toMatch(/^2026-01-01T00:00:/);
  });

  test('with several stacks needs to be told which is the main one, and deploys all', () => {
    const directory = assemblyOf('Shop', 'Certificate');
    expect(() => readAssembly(directory)).toThrow('found 2 (Shop, Certificate)');
    const assembly = readAssembly(directory, ({ name }) => name === 'Shop');
    expect(assembly).toMatchObject({ name: 'Shop', region: 'eu-west-1' });
    expect(Object.keys(assembly.template.Resources)).toEqual(['ShopRole', 'CertificateRole']);
  });

  test.each<[string, Record<string, Resource>]>([
    ['AWS::RDS::DBCluster Orders: this type of resource', { Orders: { Type: 'AWS::RDS::DBCluster', Properties: {} } }],
    ['AWS::SSM::Parameter Open: a condition', { Open: { ...parameter, Condition: 'IsProduction' } }],
    [
      'the protocol lambda',
      {
        Subscription: {
          Type: 'AWS::SNS::Subscription',
          Properties: { Protocol: 'lambda', Endpoint: 'arn:aws:lambda' },
        },
      },
    ],
    ['NotAction', { Role: role([{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }]) }],
    [
      'the managed policy arn:aws:iam::aws:policy/AdministratorAccess',
      {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: { Statement: [] },
            ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
          },
        },
      },
    ],
  ])('that cannot be executed faithfully is refused: %s', (message, resources) => {
    const deploy = () => new World(stack(resources));
    expect(deploy).toThrow(Unsupported);
    expect(deploy).toThrow(message);
  });
});

describe('a client', () => {
  const reads = role([
    { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: 'arn:aws:ssm:eu-west-1:123456789012:parameter/shop/open' },
  ]);

  test('acts as an administrator', async () => {
    const world = await World.deploy(stack({ parameter }));
    const { Parameter } = await world.client(SSMClient).send(new GetParameterCommand({ Name: '/shop/open' }));
    expect(Parameter?.Value).toBe('Shop in eu-west-1');
  });

  test('acts in a role, and is refused what the role does not allow', async () => {
    const world = await World.deploy(stack({ parameter, Reader: reads }));
    const client = world.client(SSMClient, world.account.find('AWS::IAM::Role', 'Reader')?.arn);
    expect(await client.send(new GetParameterCommand({ Name: '/shop/open' }))).toHaveProperty('Parameter');
    const refused = client.send(new GetParameterCommand({ Name: '/shop/secret' }));
    await expect(refused).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('of DynamoDB writes and reads tables', async () => {
    const world = await World.deploy(stack({ Orders: table }));
    const client = world.client(DynamoDBClient);
    await client.send(new PutItemCommand({ TableName: 'Orders', Item: { id: { S: '1' }, sum: { N: '3' } } }));
    const { Item } = await client.send(new GetItemCommand({ TableName: 'Orders', Key: { id: { S: '1' } } }));
    expect(Item).toEqual({ id: { S: '1' }, sum: { N: '3' } });
  });

  test('of a service that nobody simulates is refused, and answered once somebody does', async () => {
    const world = await World.deploy(stack({}));
    const describeServices = () => world.client(ECSClient).send(new DescribeServicesCommand({ services: ['shop'] }));
    await expect(describeServices()).rejects.toThrow(Unsupported);
    world.account.provide('ecs', { DescribeServices: { run: () => ({ services: [{ runningCount: 3 }] }) } });
    expect((await describeServices()).services).toEqual([{ runningCount: 3 }]);
  });

  test('of a service that the account does not know is refused', async () => {
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const world = await World.deploy(stack({}));
    await expect(world.client(STSClient).send(new GetCallerIdentityCommand({}))).rejects.toThrow('the client of STS');
  });
});

test('a service that is away answers with errors, for its time and its operations alone', async () => {
  const away = [
    { service: 'dynamodb', from: 10, to: 20 },
    { service: 'dynamodb', from: 30, to: 40, operations: ['PutItem'] },
  ];
  const world = await World.deploy(stack({ Orders: table }), { warmUpMinutes: 5, faults: { away } });
  const client = world.client(DynamoDBClient);
  const [TableName, Item] = ['Orders', { id: { S: '1' } }];
  const fails = async (command: { send: () => Promise<unknown> }) =>
    command.send().then(
      () => false,
      ({ name }: Error) => name === 'ServiceUnavailable',
    );
  const failing = async () => [
    await fails({ send: () => client.send(new PutItemCommand({ TableName, Item })) }),
    await fails({ send: () => client.send(new GetItemCommand({ TableName, Key: Item })) }),
  ];
  const seen: boolean[][] = [];
  for (let minutes = 0; minutes < 50; minutes += 10) {
    seen.push(await failing());
    await world.clock.run(10 * 60_000);
  }
  expect(seen).toEqual([
    [false, false],
    [true, true],
    [false, false],
    [true, false],
    [false, false],
  ]);
});
