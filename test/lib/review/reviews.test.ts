import { describe, expect, it } from 'vitest';
import config from '../../../config/mockupaws-production.ts';
import { everything } from '../../support/everything.ts';
import { actionsOf, inspect, refersTo, stackOf, statementsOf } from '../../support/stack.ts';

const { template } = stackOf(everything);
const { all, one } = inspect(template);

describe('post-mortems', () => {
  const bucket = one('AWS::S3::Bucket', 'Reviews/Bucket');

  it('keep every version, for good', () => {
    expect(bucket.properties).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' } });
    expect(JSON.stringify(bucket.properties['LifecycleConfiguration'])).not.toMatch(/Expiration/);
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

it('the function that notifies people knows them by name alone, and no address', () => {
  const { Variables } = one('AWS::Lambda::Function', 'Reviewers/Function').properties['Environment'];
  expect(Variables).toMatchObject({
    PEOPLE: Object.keys(config.people).join(','),
    ...{ REVIEWERS: 'cleo,dora', REVIEW_GUESTS: 'finn,gina', STAKEHOLDERS: 'dora,emil,finn', OPERATIONS: 'operations' },
  });
  expect(JSON.stringify(Variables)).not.toMatch(/@mockupaws\.com/);
});
