import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, vi } from 'vitest';
import { handler } from '../../../lambda/runbooks/kill-idle-connections/handler.ts';
import { directAccess } from '../../support/direct-access.ts';
import { everything } from '../../support/everything.ts';
import { actionsOf, refersTo, resources, stackOf, statementsOf } from '../../support/stack.ts';

const direct = stackOf(directAccess);

it.each([
  ['the Data API', stackOf(everything).template, /^The Data API of .+ refused a statement in database mockupaws/],
  ['the VPC', direct.template, /^Cannot read the database secret arn:aws:secretsmanager:/],
])('the function that ends sessions finds the database in its environment, by %s', async (_, from, beyond) => {
  const kill = resources(from, 'AWS::Lambda::Function').find(({ path }) => path.includes('KillIdleConnections'));
  const variables = Object.entries(kill?.properties.Environment.Variables ?? {});
  for (const [name, value] of variables) vi.stubEnv(name, typeof value === 'string' ? value : JSON.stringify(value));
  mockClient(RDSDataClient).rejects(new Error('AccessDenied'));
  mockClient(SecretsManagerClient).rejects(new Error('AccessDenied'));
  const event = { dryRun: true, idleSeconds: 300, idleInTransactionSeconds: 900, limit: 100 };
  const { verdict, reason } = await handler(event, {} as never);
  expect([verdict, reason]).toEqual(['failed', expect.stringMatching(beyond)]);
  vi.unstubAllEnvs();
});

describe('where the database is reached from within the VPC, a function that asks it', () => {
  const within = (type: string) => resources(direct.template, type);
  const asking = ['KillIdleConnections', 'WriterState'].map(name => {
    const called = ({ path }: { path: string }) => path.includes(`${name}Function`);
    const found = (type: string) => within(type).filter(called);
    const [fn] = found('AWS::Lambda::Function');
    return { fn, groups: found('AWS::EC2::SecurityGroup'), rules: found('AWS::EC2::SecurityGroupIngress') };
  });

  it('passes the checks of CDK and of cdk-nag, without a warning', () => {
    expect(direct.report.pluginReports).toEqual([]);
  });

  it('is in its subnets, may reach the database, and trusts the authorities of RDS', () => {
    expect(within('AWS::EC2::SecurityGroup')).toHaveLength(asking.length);
    expect(within('AWS::EC2::SecurityGroupIngress')).toHaveLength(asking.length);
    for (const { fn, groups, rules } of asking) {
      const [[group], [rule]] = [groups, rules];
      expect(group?.properties.VpcId).toBe('vpc-0a1b2c3d');
      expect(fn?.properties.VpcConfig).toEqual({
        SubnetIds: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'],
        SecurityGroupIds: [{ 'Fn::GetAtt': [group?.id, 'GroupId'] }],
      });
      expect(fn?.properties.Environment.Variables).toEqual(
        expect.objectContaining({
          DATABASE_ACCESS: 'direct',
          DATABASE_HOST: 'mockupaws-production.cluster-abc.us-east-1.rds.amazonaws.com',
          DATABASE_PORT: '5432',
          NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
        }),
      );
      expect(rule?.properties).toMatchObject({
        GroupId: 'sg-0a1b2c3d',
        SourceSecurityGroupId: { 'Fn::GetAtt': [group?.id, 'GroupId'] },
        ...{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 },
      });
    }
  });

  it('needs no Data API, and network interfaces instead', () => {
    for (const { fn } of asking) {
      const actions = statementsOf(direct.template, refersTo(fn?.properties.Role)[0] ?? '').flatMap(actionsOf);
      expect(actions).toEqual(expect.arrayContaining(['secretsmanager:GetSecretValue', 'ec2:CreateNetworkInterface']));
      expect(actions.filter(action => action.startsWith('rds-data:'))).toEqual([]);
    }
  });
});
