import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dependencies } from '../../src/assembly/order.ts';
import { type Resource, readAssembly, World, type WorldOptions } from '../../src/index.ts';

const MINUTE = 60_000;

const resource = (Type: string, Properties: object = {}, more: Partial<Resource> = {}): Resource => ({
  ...{ Type, Properties },
  ...more,
});

const alarm = (TreatMissingData: string): Resource =>
  resource('AWS::CloudWatch::Alarm', {
    ...{ AlarmName: TreatMissingData, Namespace: 'Shop', MetricName: 'Orders', Statistic: 'Sum', Period: 60 },
    ...{ ComparisonOperator: 'LessThanThreshold', Threshold: 1, EvaluationPeriods: 2, TreatMissingData },
    ActionConfiguration: { AlarmTagsPropagation: { Enabled: false } },
  });

const RESOURCES: Record<string, Resource> = {
  Missing: alarm('missing'),
  Breaching: alarm('breaching'),
  Late: resource(
    'AWS::Events::Rule',
    { EventPattern: { source: ['aws.cloudwatch'] }, Targets: [{ Arn: { 'Fn::GetAtt': ['Letters', 'Arn'] } }] },
    { DependsOn: ['Role'] },
  ),
  Letters: resource('AWS::SQS::Queue'),
  Policy: resource('AWS::SQS::QueuePolicy', {
    Queues: [{ Ref: 'Letters' }],
    PolicyDocument: {
      Statement: [
        {
          ...{ Effect: 'Allow', Action: 'sqs:SendMessage', Principal: { Service: 'events.amazonaws.com' } },
          Resource: { 'Fn::GetAtt': ['Letters', 'Arn'] },
        },
      ],
    },
  }),
  Role: resource('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [] }, Policies: [] }),
};

function worldOf(options: WorldOptions = {}, more: Record<string, Resource> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'creation-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'Shop.json'), JSON.stringify({ Resources: { ...RESOURCES, ...more } }));
  const artifacts = { Shop: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Shop.json' } } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts }));
  const world = new World(readAssembly(directory), options);
  const alarms: string[] = [];
  world.account.listen(({ type, name, state }) => type === 'alarm' && alarms.push(`${name} ${state}`));
  return { world, alarms };
}

test('a resource waits for those that it refers to, and those that it names', () => {
  const Named = resource('AWS::SSM::Parameter', { Value: { 'Fn::Sub': '${Letters.Arn} of ${AWS::Region}' } });
  const found = dependencies({ Resources: { ...RESOURCES, Named } });
  expect(Object.fromEntries(found)).toMatchObject({
    ...{ Late: ['Letters', 'Role'], Policy: ['Letters'], Letters: [], Named: ['Letters'] },
  });
});

test('a new stack appears over minutes, and what its alarms say before there is a rule is told to nobody', async () => {
  const { world, alarms } = worldOf();
  await world.startDeploying();
  await world.clock.run(30_000);
  expect(world.account.ofType('AWS::CloudWatch::Alarm')).toHaveLength(2);
  expect(world.account.ofType('AWS::Events::Rule')).toEqual([]);
  await world.clock.run(10 * MINUTE);
  expect(world.account.ofType('AWS::Events::Rule')).toHaveLength(1);
  expect(alarms).toEqual(['breaching ALARM']);
  expect(world.queues.total).toBe(0);
});

test('a stack of yesterday is there at once, its alarms OK', async () => {
  const { world, alarms } = worldOf({ deployment: 'yesterday' });
  await world.start();
  expect(world.account.ofType('AWS::Events::Rule')).toHaveLength(1);
  await world.clock.run(10 * MINUTE);
  expect(alarms.toSorted()).toEqual(['breaching ALARM', 'missing INSUFFICIENT_DATA']);
  expect(world.queues.total).toBe(2);
});

const REFUSED: [string, Record<string, Resource>, WorldOptions, string][] = [
  [
    'a distribution, in an account that is not verified',
    {
      Page: resource('AWS::CloudFront::Distribution', {
        DistributionConfig: { Origins: [], DefaultCacheBehavior: {} },
      }),
    },
    { cloudFront: true },
    'Page: Your account must be verified before you can add new CloudFront resources',
  ],
  [
    'a rule of a priority that another rule of the listener has',
    { First: resource('AWS::ElasticLoadBalancingV2::ListenerRule', { Priority: 1, ListenerArn: 'arn:listener' }) },
    { listenerPriorities: [7] },
    "First: Priority '1' is currently in use",
  ],
];

test.each(REFUSED)('%s fails the deployment, of which nothing is left', async (_, more, further, why) => {
  const { world, alarms } = worldOf({}, more);
  await expect(world.start()).rejects.toThrow(why);
  alarms.length = 0;
  await world.clock.run(10 * MINUTE);
  expect(Object.keys(RESOURCES).filter(id => world.account.ofType(RESOURCES[id]?.Type ?? '').length > 0)).toEqual([]);
  expect(alarms).toEqual([]);
  await expect(worldOf(further, more).world.start()).resolves.toBeUndefined();
});
