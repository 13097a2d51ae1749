import { describe, expect, it } from 'vitest';
import { everything } from '../../support/everything.ts';
import { inspect, stackOf } from '../../support/stack.ts';

const { all, roleOf } = inspect(stackOf(everything).template);

describe('every SSM document', () => {
  it('has a role of its own, for SSM in this account alone', () => {
    const documents = all('AWS::SSM::Document');
    const roles = documents.map(({ properties }) => roleOf(properties.Content.parameters.AutomationAssumeRole.default));
    expect(new Set(roles).size).toBe(documents.length);
    for (const role of all('AWS::IAM::Role').filter(({ id }) => roles.includes(id))) {
      expect(role.properties.AssumeRolePolicyDocument.Statement).toEqual([
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'ssm.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'aws:SourceArn': expect.anything() },
          },
        },
      ]);
    }
  });

  it('is named after the service and replaced in place', () => {
    for (const { properties } of all('AWS::SSM::Document')) {
      expect(properties).toMatchObject({ DocumentType: 'Automation', UpdateMethod: 'NewVersion' });
      expect(properties.Name).toMatch(/^mockupaws-production-[a-z-]+$/);
    }
  });
});
