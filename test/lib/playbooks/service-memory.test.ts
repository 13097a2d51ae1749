import { describe, expect, it } from 'vitest';
import example from '../../../config/mockupaws-production.ts';
import { defineService } from '../../../lib/config/service-config.ts';
import { ServiceMemory } from '../../../lib/playbooks/service-memory/playbook.ts';
import { actionsOf, inspect, refersTo, resources, statementsOf, synthesise } from '../../support/stack.ts';

// The status page has a bucket of its own.
const config = { ...example, statusPage: undefined };
const { template } = synthesise(config, { playbooks: [new ServiceMemory()] });
const all = (type: string, from = template) => resources(from, type);
const named = (from = template) =>
  all('AWS::SSM::Document', from).map(({ properties }) => properties.Name.replace('mockupaws-production-', ''));
const { allowed } = inspect(template);

const isDumps = ({ path }: { path: string }) => path.startsWith('ServiceMemory/HeapDumps');

describe('heap dumps', () => {
  it('are kept for two weeks', () => {
    const [bucket, ...others] = all('AWS::S3::Bucket').filter(isDumps);
    expect(others).toEqual([]);
    expect(bucket?.properties.LifecycleConfiguration.Rules).toContainEqual(
      expect.objectContaining({ ExpirationInDays: 14, Status: 'Enabled' }),
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
    const statements = allowed('ServiceMemory/CaptureHeapDumpFunction');
    const exec = statements.find(statement => actionsOf(statement).includes('ecs:ExecuteCommand'));
    expect(exec?.Condition).toEqual({ StringEquals: { 'ecs:container-name': 'backend' } });
  });
});

it('only the roles of the task can be passed on, and to tasks alone', () => {
  const statements = allowed('ServiceMemory/RaiseMemoryFunction');
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
