import { describe, expect, it } from 'vitest';
import example from '../../../config/mockupaws-production.ts';
import { defineService } from '../../../lib/config/service-config.ts';
import { ServiceMemory } from '../../../lib/playbooks/service-memory/playbook.ts';
import { actionsOf, refersTo, resources, statementsOf, synthesise } from '../../support/stack.ts';

// The status page has a bucket of its own.
const config = { ...example, statusPage: undefined };
const { template } = synthesise(config, { playbooks: [new ServiceMemory()] });
const all = (type: string, from = template) => resources(from, type);
const named = (from = template) =>
  all('AWS::SSM::Document', from).map(({ properties }) => properties.Name.replace('mockupaws-production-', ''));
const roleOf = (path: string) => {
  const fn = all('AWS::Lambda::Function').find(other => other.path === path);
  return refersTo(fn?.properties.Role)[0] ?? '';
};

it('alarms when memory is high, a task was killed or tasks keep ending; without data nobody knows', () => {
  const alarms = all('AWS::CloudWatch::Alarm').filter(({ properties }) =>
    /ServiceMemory/.test(JSON.stringify(properties.Tags)),
  );
  const rules = alarms.map(({ properties: p }) => [
    p.AlarmName.replace('mockupaws-production-', ''),
    p.Tags.find(({ Key }: { Key: string }) => Key === 'incident:level').Value,
    `${p.Statistic} ${p.Namespace} ${p.MetricName} ${p.ComparisonOperator} ${p.Threshold}`,
    `${p.DatapointsToAlarm} of ${p.EvaluationPeriods} × ${p.Period}`,
    p.TreatMissingData,
  ]);
  const atLeast = (metric: string, threshold: number) => `${metric} GreaterThanOrEqualToThreshold ${threshold}`;
  expect(rules).toEqual([
    ['memory-warning', 'warning', atLeast('Average AWS/ECS MemoryUtilization', 80), '5 of 5 × 60', 'missing'],
    ['memory-critical', 'critical', atLeast('Average AWS/ECS MemoryUtilization', 90), '5 of 5 × 60', 'missing'],
    ['oom-kills', 'warning', atLeast('Maximum IncidentResponse OutOfMemoryKills', 1), '1 of 1 × 60', 'missing'],
    ['task-restarts', 'warning', atLeast('Maximum IncidentResponse TaskRestarts', 3), '5 of 5 × 60', 'missing'],
  ]);
});

const isDumps = ({ path }: { path: string }) => path.startsWith('ServiceMemory/HeapDumps');

describe('heap dumps', () => {
  it('lie encrypted in a bucket that is closed to the world and keeps them two weeks', () => {
    const [bucket, ...others] = all('AWS::S3::Bucket').filter(isDumps);
    expect(others).toEqual([]);
    expect(bucket?.properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        ...{ BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 14, Status: 'Enabled' }] },
    });
    expect(bucket?.rest).toMatchObject({ DeletionPolicy: 'Retain' });
    const [policy] = all('AWS::S3::BucketPolicy').filter(isDumps);
    expect(policy?.properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  it('can be written and counted by the function, and read by none', () => {
    const roles = all('AWS::IAM::Role').map(({ id, path }) => ({ path, statements: statementsOf(template, id) }));
    const dumps = all('AWS::S3::Bucket').find(isDumps)?.id ?? '';
    const s3 = roles.flatMap(({ path, statements }) =>
      statements
        .filter(({ Resource }) => refersTo(Resource).includes(dumps))
        .flatMap(actionsOf)
        .filter(action => action.startsWith('s3:'))
        .map(action => `${path} ${action}`),
    );
    const owner = 'ServiceMemory/CaptureHeapDumpFunction/Role';
    expect(s3.sort()).toEqual([`${owner} s3:ListBucket`, `${owner} s3:PutObject`]);
  });

  it('come of a command in the one container', () => {
    const statements = statementsOf(template, roleOf('ServiceMemory/CaptureHeapDumpFunction/Function'));
    const exec = statements.find(statement => actionsOf(statement).includes('ecs:ExecuteCommand'));
    expect(exec?.Condition).toEqual({ StringEquals: { 'ecs:container-name': 'backend' } });
  });
});

it('only the roles of the task can be passed on, and to tasks alone', () => {
  const statements = statementsOf(template, roleOf('ServiceMemory/RaiseMemoryFunction/Function'));
  const pass = statements.find(statement => actionsOf(statement).includes('iam:PassRole'));
  expect(pass).toMatchObject({
    Resource: config.serviceMemory.taskRoles?.toSorted(),
    Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
});

it('what is not configured is not there', () => {
  const bare = synthesise(defineService({ ...config, serviceMemory: {} }), {
    playbooks: [new ServiceMemory()],
    nag: true,
  });
  const gone = named().filter(name => !named(bare.template).includes(name));
  expect(gone).toEqual(['capture-heap-dump', 'raise-memory']);
  expect(resources(bare.template, 'AWS::S3::Bucket').filter(isDumps)).toEqual([]);
  expect(JSON.stringify(bare.template)).not.toMatch(
    /ecs:RegisterTaskDefinition|ecs-tasks\.amazonaws|ecs:ExecuteCommand/,
  );
  expect(bare.report.pluginReports).toEqual([]);
});
