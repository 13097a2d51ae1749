import { describe, expect, it } from 'vitest';
import { type AwsReport, concerns } from '../../../lambda/domain/diagnosis/aws-services.ts';
import { START } from '../../support/story.ts';

const certificates = { watched: [] } as never;
const redis = { replicationGroup: 'sessions', nodes: [], serviceSecurityGroups: [], port: 6379 };

const report = (service: string, changes: Partial<AwsReport> = {}): AwsReport => ({
  issue: { arn: service, service, code: `AWS_${service}_OPERATIONAL_ISSUE`, open: true, updatedAt: START },
  region: 'us-east-1',
  own: true,
  ...changes,
});

describe('an issue of AWS', () => {
  it.each<[string, AwsReport, object, boolean]>([
    ['of the database', report('RDS'), {}, true],
    ['of what a step needs', report('DYNAMODB'), {}, true],
    ['of many services at once', report('MULTIPLE_SERVICES'), {}, true],
    ['of a service in no region', report('ROUTE53', { region: 'global' }), {}, true],
    ['of another region, delivered to a backup region', report('RDS', { region: 'eu-central-1' }), {}, false],
    ['of another account of the organization', report('RDS', { own: false }), {}, false],
    ['of a service that nobody uses', report('SAGEMAKER'), {}, false],
    ['of the cache, where there is one', report('ELASTICACHE'), { redis }, true],
    ['of the cache, where there is none', report('ELASTICACHE'), {}, false],
    ['of certificates, where they are watched', report('ACM'), { certificates }, true],
    ['of certificates, where they are not', report('ACM'), {}, false],
  ])('%s: %s', (_, reported, resources, expected) =>
    expect(concerns(reported, { region: 'us-east-1', resources })).toBe(expected),
  );
});
