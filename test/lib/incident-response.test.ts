import { beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, bundles } from '../support/bundles.ts';
import { everything as config } from '../support/everything.ts';
import { actionsOf, inspect, refersTo, resources, stackOf, statementsOf, synthesise } from '../support/stack.ts';

const { template, folders, report } = stackOf(config);
const { all, one, roleOf, allowed } = inspect(template);

it('passes the checks of CDK and of cdk-nag', () => {
  expect(report.pluginReports).toEqual([]);
});

interface Kept {
  Type: string;
  DeletionPolicy?: string;
  Properties?: object;
}

describe('every store', () => {
  it('of incidents, reviews or the status page outlives the stack', () => {
    const kept = [
      one('AWS::DynamoDB::GlobalTable', 'Incidents/Table'),
      ...['Reviews/Bucket', 'StatusPage/Bucket', 'ServiceMemory/HeapDumps'].map(path => one('AWS::S3::Bucket', path)),
    ];
    for (const { path, rest } of kept)
      expect(rest, path).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    const [replica] = one('AWS::DynamoDB::GlobalTable', 'Incidents/Table').properties.Replicas;
    expect(replica).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it('that outlives the stack has no name of its own, which the next deployment would find taken', () => {
    const { Resources = {} } = template.toJSON() as { Resources?: Record<string, Kept> };
    const kept = Object.values(Resources).filter(({ DeletionPolicy = '' }) => DeletionPolicy.startsWith('Retain'));
    const named = kept.filter(({ Properties = {} }) => Object.keys(Properties).some(key => /^\w+Name$/.test(key)));
    // SES allows one list of contacts, whatever its name.
    expect(named.map(({ Type }) => Type)).toEqual(['AWS::SES::ContactList']);
    expect(kept.length).toBeGreaterThan(4);
  });

  it('in a table is encrypted, and costs nothing at rest', () => {
    for (const { path, properties } of all('AWS::DynamoDB::GlobalTable'))
      expect(properties, path).toMatchObject({
        ...{ BillingMode: 'PAY_PER_REQUEST', SSESpecification: { SSEEnabled: true } },
      });
  });

  it('in a bucket is encrypted by S3 itself, closed to the world, and reached over TLS alone', () => {
    const buckets = all('AWS::S3::Bucket');
    expect(buckets.length).toBeGreaterThanOrEqual(3);
    for (const { id, path, properties } of buckets) {
      expect(properties, path).toMatchObject({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          ...{ BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      });
      expect(properties.WebsiteConfiguration, path).toBeUndefined();
      const policy = all('AWS::S3::BucketPolicy').find(({ properties }) => refersTo(properties.Bucket).includes(id));
      for (const Condition of [
        { Bool: { 'aws:SecureTransport': 'false' } },
        { NumericLessThan: { 's3:TlsVersion': 1.2 } },
      ])
        expect(policy?.properties.PolicyDocument.Statement, path).toContainEqual(
          expect.objectContaining({ Effect: 'Deny', Condition }),
        );
    }
  });
});

it('has nothing of a vendor that is not configured, and without subscribers nothing of SES', () => {
  const statusPage = config.statusPage && { ...config.statusPage, subscribers: undefined };
  const none = { slack: undefined, pagerduty: undefined, opsgenie: undefined, statusPage };
  const bare = synthesise({ ...config, ...none }).template;
  bare.resourceCountIs('AWS::Lambda::Url', all('AWS::Lambda::Url').length - 4);
  expect(JSON.stringify(bare.toJSON())).not.toMatch(/AWS::SES|"ses:/);
  const channelsAndWebhooks = /^(Chat|Slack|Pagerduty|Opsgenie|Subscribers)/;
  const named = (from: typeof template) =>
    resources(from, 'AWS::Lambda::Function').filter(({ path }) => channelsAndWebhooks.test(path)).length;
  expect([named(template), named(bare)]).toEqual([9, 0]);
});

it('reserves invocations for public endpoints alone, and only where the configuration says so', () => {
  const reserved = (from: typeof template) =>
    resources(from, 'AWS::Lambda::Function')
      .filter(({ properties }) => properties.ReservedConcurrentExecutions === 5)
      .map(({ id }) => id);
  expect(reserved(template)).toEqual([]);
  const urls = all('AWS::Lambda::Url').flatMap(({ properties }) => refersTo(properties.TargetFunctionArn));
  expect(reserved(synthesise({ ...config, endpointConcurrency: 5 }).template).sort()).toEqual(urls.sort());
});

it('lets each secret be read by the one function that needs it', () => {
  const readers = all('AWS::Lambda::Function').flatMap(({ path, properties }) =>
    statementsOf(template, roleOf(properties.Role))
      .filter(statement => actionsOf(statement).includes('secretsmanager:GetSecretValue'))
      .map(({ Resource }) => [
        path.split('/')[0],
        String(Resource).replace(/^.*secret:mockupaws-production\/(.*)-.{6}$/, '$1'),
      ]),
  );
  expect(Object.fromEntries(readers)).toMatchObject({
    ...{ Chat: 'slack-bot-token', Slack: 'slack-signing-secret' },
    ...{ Pagerduty: 'pagerduty-routing-key', PagerdutyWebhook: 'pagerduty-webhook' },
    ...{ Opsgenie: 'opsgenie-api-key', OpsgenieWebhook: 'opsgenie-webhook' },
  });
});

describe('the functions', () => {
  const functions = all('AWS::Lambda::Function');
  let code: Map<string, Bundle>;
  beforeAll(async () => {
    code = await bundles();
  });
  const folderOf = (path: string) => folders.get(path.replace(/\/Function$/, '')) ?? '';
  const bundleOf = (path: string): Bundle => {
    const bundle = code.get(folderOf(path));
    if (!bundle) throw new Error(`${path} has no handler in lambda`);
    return bundle;
  };

  it('run on Node 24, with logs in JSON that are kept for three months', () => {
    for (const { path, properties } of functions) {
      expect(properties, path).toMatchObject({ Runtime: 'nodejs24.x', LoggingConfig: { LogFormat: 'JSON' } });
      const logs = all('AWS::Logs::LogGroup').find(({ id }) => id === refersTo(properties.LoggingConfig)[0]);
      expect(logs?.properties.RetentionInDays, path).toBe(90);
    }
  });

  it('are all deployed', () => {
    expect(functions.map(({ path }) => folderOf(path)).sort()).toEqual([...code.keys()].sort());
  });

  it('are given every environment variable that they read', () => {
    for (const { path, properties } of functions) {
      const given = Object.keys(properties.Environment?.Variables ?? {});
      expect(given, path).toEqual(expect.arrayContaining(bundleOf(path).variables));
    }
  });

  it('may do exactly what they call', () => {
    for (const { path, properties } of functions) {
      const statements = statementsOf(template, roleOf(properties.Role));
      const allowed = new Set(
        statements
          .flatMap(actionsOf)
          // AWS itself calls these in the function's name: Lambda's logs and queues, RDS's keys.
          .filter(
            action =>
              !/^(logs:(Create|Put)|sqs|kms:(Decrypt|GenerateDataKey|CreateGrant|DescribeKey)|dynamodb:(Describe|Get|List)(Stream|Records|Shard))/.test(
                action,
              ),
          ),
      );
      // Rights to queues are mostly those of Lambda itself; the others are looked at where they are given.
      const called = bundleOf(path).actions.filter(action => !action.startsWith('sqs:'));
      expect([...allowed].sort(), path).toEqual(called);
    }
  });

  const leadingKeys = (conditions: object) =>
    (conditions as Record<string, Record<string, string[]>>)['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ??
    'anything';

  it('may write only the kinds of items that are named, and only the plan function the ledger', () => {
    const writable = (path: string) =>
      allowed(path)
        .filter(statement => actionsOf(statement).some(action => /^dynamodb:(Put|Update|Delete)Item$/.test(action)))
        .flatMap(({ Condition }) => leadingKeys(Condition ?? {}));
    expect(new Set(writable('Response/Functions/Plan'))).toEqual(
      new Set(['incident/*', 'snapshot/*', 'repeated/*', 'ledger/mockupaws-production']),
    );
    expect(new Set(writable('Response/Functions/Verify'))).toEqual(new Set(['incident/*', 'snapshot/*', 'repeated/*']));
  });

  it('may read addresses where they are needed, in two of them, and nobody may read anything', () => {
    const { id } = one('AWS::DynamoDB::GlobalTable', 'Incidents/Table');
    const readers = functions.filter(({ properties }) =>
      statementsOf(template, roleOf(properties.Role))
        .filter(({ Resource }) => JSON.stringify(Resource) === JSON.stringify({ 'Fn::GetAtt': [id, 'Arn'] }))
        .filter(statement => actionsOf(statement).includes('dynamodb:GetItem'))
        .some(({ Condition }) => /anything|contacts/.test(String(leadingKeys(Condition ?? {})))),
    );
    expect(readers.map(({ path }) => path).sort()).toEqual(['PostMortem/Function', 'Subscriptions/Function']);
  });
});

describe('least privilege', () => {
  it('no role has a managed policy', () => {
    for (const { path, properties } of all('AWS::IAM::Role'))
      expect(properties.ManagedPolicyArns, path).toBeUndefined();
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });

  it('no action is a wildcard, and "*" is the resource only where IAM knows no narrower one', () => {
    const wide = all('AWS::IAM::Role').flatMap(({ id, path }) => {
      const everywhere = statementsOf(template, id).filter(({ Resource }) => [Resource].flat().includes('*'));
      return everywhere.flatMap(actionsOf).map(action => `${path} ${action}`);
    });
    expect(wide.filter(action => !/^Response\/Role (logs|xray):/.test(action)).sort()).toEqual([
      'CertificateExpiry/RequestReplacementFunction/Role acm:ListCertificates',
      'CertificateExpiry/RequestReplacementFunction/Role acm:RequestCertificate',
      'CertificateExpiry/UpdateCertificateFunction/Role acm:ListCertificates',
      'CertificateExpiry/UpdateCertificateFunction/Role elasticloadbalancing:DescribeListenerCertificates',
      'Command/Role cloudwatch:DescribeAlarms',
      'Command/Role cloudwatch:ListAlarmMuteRules',
      'Console/InvestigateFunction/Role acm:ListCertificates',
      'Console/InvestigateFunction/Role application-autoscaling:DescribeScalableTargets',
      'Console/InvestigateFunction/Role cloudwatch:GetMetricData',
      'Console/InvestigateFunction/Role ec2:DescribeSecurityGroups',
      'Console/InvestigateFunction/Role ec2:DescribeVpcs',
      'Console/InvestigateFunction/Role ecs:DescribeTaskDefinition',
      'Console/InvestigateFunction/Role ecs:ListTasks',
      'Console/InvestigateFunction/Role elasticloadbalancing:DescribeLoadBalancers',
      'Console/SmokeTestFunction/Role cloudwatch:GetMetricData',
      'DatabaseConnections/ScaleServiceFunction/Role application-autoscaling:DescribeScalableTargets',
      'Figures/Role cloudwatch:PutMetricData',
      'Intake/Role cloudwatch:PutMetricData',
      'PostMortem/Role cloudwatch:DescribeAlarms',
      'PostMortem/Role cloudwatch:GetMetricData',
      'PostMortem/Role cloudwatch:GetMetricWidgetImage',
      'Probe/Role cloudwatch:GetMetricData',
      'Probe/Role cloudwatch:PutMetricData',
      'Probe/Role ec2:DescribeSecurityGroups',
      'Probe/Role ec2:DescribeVpcs',
      'Probe/Role ecs:ListTasks',
      'Probe/Role elasticloadbalancing:DescribeLoadBalancers',
      'Publish/Role dynamodb:ListStreams',
      'RedisHealth/CheckRedis/Role ec2:DescribeSecurityGroups',
      'Response/Functions/Diagnose/Role acm:ListCertificates',
      'Response/Functions/Diagnose/Role application-autoscaling:DescribeScalableTargets',
      'Response/Functions/Diagnose/Role cloudwatch:GetMetricData',
      'Response/Functions/Diagnose/Role ec2:DescribeSecurityGroups',
      'Response/Functions/Diagnose/Role ec2:DescribeVpcs',
      'Response/Functions/Diagnose/Role ecs:DescribeTaskDefinition',
      'Response/Functions/Diagnose/Role ecs:ListTasks',
      'Response/Functions/Diagnose/Role elasticloadbalancing:DescribeLoadBalancers',
      'Response/Functions/Plan/Role cloudwatch:DescribeAlarms',
      'Response/Functions/Plan/Role cloudwatch:ListAlarmMuteRules',
      'Response/Functions/Verify/Role cloudwatch:DescribeAlarms',
      'Response/Functions/Verify/Role cloudwatch:GetMetricData',
      'ServiceHealth/MaintenanceMode/Document/Role elasticloadbalancing:DescribeRules',
      'ServiceMemory/CaptureHeapDumpFunction/Role ecs:ListTasks',
      'ServiceMemory/RaiseMemoryFunction/Role ecs:DescribeTaskDefinition',
      'ServiceMemory/RaiseMemoryFunction/Role ecs:RegisterTaskDefinition',
      'StatusPage/Role cloudwatch:GetMetricData',
      'Subscriptions/Role cloudwatch:GetMetricData',
      'Subscriptions/Role cloudwatch:PutMetricData',
      'Subscriptions/Role sns:GetSMSAttributes',
      'Subscriptions/Role sns:GetSMSSandboxAccountStatus',
      'Subscriptions/Role sns:ListOriginationNumbers',
      'Subscriptions/Role sns:ListPhoneNumbersOptedOut',
      'Subscriptions/Role sns:ListSMSSandboxPhoneNumbers',
      'Watch/Role cloudwatch:DescribeAlarms',
      'Watch/Role cloudwatch:GetMetricData',
      'Watch/Role cloudwatch:ListAlarmMuteRules',
      'Watch/Role cloudwatch:PutMetricData',
      'Watch/Role ssm:DescribeAutomationExecutions',
      'Watch/Role tag:GetResources',
    ]);
    const actions = all('AWS::IAM::Role').flatMap(({ id }) => statementsOf(template, id).flatMap(actionsOf));
    expect(actions.filter(action => action.includes('*'))).toEqual([]);
  });
});
