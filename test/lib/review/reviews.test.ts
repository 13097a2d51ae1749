import { describe, expect, it } from 'vitest';
import config from '../../../config/mockupaws-production.ts';
import { DatabaseConnections } from '../../../lib/playbooks/database-connections/playbook.ts';
import { everything } from '../../support/everything.ts';
import { actionsOf, refersTo, resources, statementsOf, synthesise } from '../../support/stack.ts';

const { template } = synthesise(everything, { playbooks: [new DatabaseConnections()] });
const all = (type: string) => resources(template, type);
const one = (type: string, path: string) => {
  const found = all(type).find(resource => resource.path === path);
  if (!found) throw new Error(`no ${type} ${path}`);
  return found;
};

describe('post-mortems', () => {
  const bucket = one('AWS::S3::Bucket', 'Reviews/Bucket');

  it('lie encrypted in a bucket that is closed to the world, keeps every version and outlives the stack', () => {
    expect(bucket.properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        ...{ BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    expect(JSON.stringify(bucket.properties['LifecycleConfiguration'])).not.toMatch(/Expiration/);
    expect(bucket.rest).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    const { PolicyDocument } = one('AWS::S3::BucketPolicy', 'Reviews/Bucket/Policy').properties;
    for (const Condition of [
      { Bool: { 'aws:SecureTransport': 'false' } },
      { NumericLessThan: { 's3:TlsVersion': 1.2 } },
    ])
      expect(PolicyDocument.Statement).toContainEqual(expect.objectContaining({ Effect: 'Deny', Condition }));
  });

  it('are written where they are drafted and finished, read where people ask, and nowhere else', () => {
    const may = all('AWS::IAM::Role').flatMap(({ id, path }) =>
      statementsOf(template, id)
        .filter(({ Resource }) => refersTo(Resource).includes(bucket.id))
        .flatMap(statement => actionsOf(statement).map(action => [path, action, statement] as const)),
    );
    expect(may.map(([path, action]) => `${path} ${action}`).sort()).toEqual([
      'Command/Role s3:GetObject',
      'Command/Role s3:ListBucket',
      'Command/Role s3:PutObject',
      'PostMortem/Role s3:PutObject',
    ]);
    for (const [, action, { Resource, Condition }] of may) {
      if (action === 's3:ListBucket') expect(Condition).toEqual({ StringLike: { 's3:prefix': 'reviews/*' } });
      else expect(JSON.stringify(Resource)).toMatch(/"\/reviews\/\*"/);
    }
  });
});

it('the function that tells people knows them by name alone, and whom a mail reaches', () => {
  const { Variables } = one('AWS::Lambda::Function', 'Reviewers/Function').properties['Environment'];
  expect(Variables).toMatchObject({
    PEOPLE: Object.keys(config.people).join(','),
    ...{ REVIEWERS: 'cleo,dora', REVIEW_GUESTS: 'finn,gina', STAKEHOLDERS: 'dora,emil,finn', OPERATIONS: 'operations' },
  });
  expect(JSON.stringify(Variables)).not.toMatch(/@mockupaws\.com/);
});
