import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Template } from 'aws-cdk-lib/assertions';
import { mockClient } from 'aws-sdk-client-mock';
import { matches } from 'embedded-aws';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { handler } from '../../lambda/runbooks/kill-idle-connections/handler.ts';
import type { ServiceConfig } from '../../lib/config/service-config.ts';
import { DatabaseConnections } from '../../lib/playbooks/database-connections/playbook.ts';
import { type Bundle, bundles } from '../support/bundles.ts';
import { directAccess } from '../support/direct-access.ts';
import { everything as config } from '../support/everything.ts';
import { actionsOf, refersTo, resources, type Statement, statementsOf, synthesise } from '../support/stack.ts';

const { template, folders, report } = synthesise(config, { nag: true });
const direct = synthesise(directAccess, { nag: true });
const all = (type: string) => resources(template, type);
const one = (type: string, path: string) => {
  const found = all(type).find(resource => resource.path === path);
  if (!found) throw new Error(`no ${type} ${path}, only ${all(type).map(resource => resource.path)}`);
  return found;
};
/** The role of a function, a state machine or a document. */
const roleOf = (owner: unknown) => refersTo(owner)[0] ?? '';
const may = (role: string): Statement[] => statementsOf(template, role);

it('passes the checks of CDK and of cdk-nag', () => {
  expect(report.pluginReports).toEqual([]);
});

describe('the incidents table', () => {
  it('costs nothing at rest, streams, and outlives mistakes', () => {
    const { properties, rest } = one('AWS::DynamoDB::GlobalTable', 'Incidents/Table');
    expect(rest).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      SSESpecification: { SSEEnabled: true },
      Replicas: [
        {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    });
  });

  it('has indexes of what is unfinished, of which no other item is part, by id and by month', () => {
    const { GlobalSecondaryIndexes, KeySchema } = one('AWS::DynamoDB::GlobalTable', 'Incidents/Table').properties;
    const keys = (schema: { AttributeName: string }[]) => schema.map(({ AttributeName }) => AttributeName);
    expect(keys(KeySchema)).toEqual(['slot', 'number']);
    const indexes = GlobalSecondaryIndexes as {
      IndexName: string;
      KeySchema: { AttributeName: string }[];
      Projection: object;
    }[];
    const keysOnly = { ProjectionType: 'KEYS_ONLY' };
    expect(indexes.map(({ Projection }) => Projection)).toEqual([
      keysOnly,
      keysOnly,
      { ProjectionType: 'INCLUDE', NonKeyAttributes: ['published'] },
    ]);
    expect(indexes.map(({ IndexName, KeySchema: schema }) => [IndexName, ...keys(schema)])).toEqual([
      ['unfinished', 'unfinished', 'openedAt'],
      ['byId', 'id'],
      ['byMonth', 'month', 'openedAt'],
    ]);
  });
});

describe('a signal', () => {
  /** As the CloudWatch user guide documents it, with the tags that `AlarmTagsPropagation` adds. */
  const event = (alarmName: string, alarmTags?: Record<string, string>) => ({
    version: '0',
    id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '123456789012',
    time: '2019-10-02T17:04:40Z',
    region: 'us-east-1',
    resources: [`arn:aws:cloudwatch:us-east-1:123456789012:alarm:${alarmName}`],
    detail: {
      alarmName,
      state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: '2019-10-02T17:04:40.989+0000' },
      previousState: { value: 'OK', timestamp: '2019-10-02T17:03:40.989+0000' },
      ...(alarmTags && { alarmTags }),
    },
  });
  const reachesIntake = (happened: object) =>
    matches(one('AWS::Events::Rule', 'Intake/Alarms').properties.EventPattern, happened);

  it('reaches intake by the tag of the service, and by its name where CloudWatch could not read the tags', () => {
    expect(reachesIntake(event('anything', { 'incident:service': 'mockupaws-production', team: 'web' }))).toBe(true);
    for (const { properties } of all('AWS::CloudWatch::Alarm').filter(({ properties }) => properties.Tags)) {
      const tags: { Key: string; Value: string }[] = properties.Tags;
      expect(reachesIntake(event(properties.AlarmName))).toBe(true);
      expect(reachesIntake(event('renamed', Object.fromEntries(tags.map(tag => [tag.Key, tag.Value]))))).toBe(true);
    }
  });

  it('of another service, of no service, or of another kind does not', () => {
    expect(reachesIntake(event('anything', { 'incident:service': 'shop-production' }))).toBe(false);
    expect(reachesIntake(event('anything', { 'incident:playbook': 'DatabaseConnections' }))).toBe(false);
    expect(reachesIntake(event('anything'))).toBe(false);
    const name = 'mockupaws-production-database-connections-critical';
    expect(reachesIntake({ ...event(name), 'detail-type': 'CloudWatch Alarm Configuration Change' })).toBe(false);
    expect(reachesIntake({ ...event(name), source: 'custom' })).toBe(false);
  });

  it('that fires, and fires again, comes from alarms at the configured shares of the connections, by role', () => {
    const level = (suffix: string, Role: string, level: string, Threshold: number, TreatMissingData: string) => ({
      AlarmName: `mockupaws-production-database-connections${suffix}-${level}`,
      ...{ Namespace: 'AWS/RDS', MetricName: 'DatabaseConnections', Statistic: 'Average' },
      Dimensions: [
        { Name: 'DBClusterIdentifier', Value: 'mockupaws-production' },
        { Name: 'Role', Value: Role },
      ],
      ...{ Period: 60, EvaluationPeriods: 5, DatapointsToAlarm: 5, Threshold, TreatMissingData },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      ActionConfiguration: { AlarmTagsPropagation: { Enabled: true } },
      Tags: [
        { Key: 'incident:level', Value: level },
        { Key: 'incident:playbook', Value: 'DatabaseConnections' },
        { Key: 'incident:service', Value: 'mockupaws-production' },
      ],
    });
    const alarms = all('AWS::CloudWatch::Alarm').filter(({ properties }) => properties.Namespace === 'AWS/RDS');
    expect(alarms.map(({ properties }) => properties)).toMatchObject([
      level('', 'WRITER', 'warning', 1377, 'missing'),
      level('', 'WRITER', 'critical', 1635, 'missing'),
      level('-readers', 'READER', 'warning', 1377, 'notBreaching'),
      level('-readers', 'READER', 'critical', 1635, 'notBreaching'),
    ]);
  });
});

describe('what fails is not lost', () => {
  const queueAlarms = all('AWS::CloudWatch::Alarm').filter(({ properties }) => properties.Namespace === 'AWS/SQS');
  const operations = one('AWS::SNS::Topic', 'Paging/Operations').id;

  it('every rule target has a dead-letter queue that EventBridge may write to', () => {
    for (const rule of all('AWS::Events::Rule')) {
      for (const target of rule.properties.Targets) {
        const [queue] = refersTo(target.DeadLetterConfig);
        const policy = all('AWS::SQS::QueuePolicy').find(({ properties }) => refersTo(properties.Queues)[0] === queue);
        expect(policy?.properties.PolicyDocument.Statement, rule.path).toContainEqual(
          expect.objectContaining({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [rule.id, 'Arn'] } } },
          }),
        );
      }
    }
  });

  it('every function that is called asynchronously has an on-failure destination that it may write to', () => {
    const called = all('AWS::Events::Rule').flatMap(({ properties }) =>
      properties.Targets.map((target: { Arn: unknown }) => refersTo(target.Arn)[0]),
    );
    for (const { id, path, properties } of all('AWS::Lambda::Function').filter(({ id }) => called.includes(id))) {
      const settings = all('AWS::Lambda::EventInvokeConfig').find(
        other => refersTo(other.properties.FunctionName)[0] === id,
      );
      const [queue = ''] = refersTo(settings?.properties.DestinationConfig.OnFailure);
      expect(queue, path).toMatch(/DeadLetters/);
      expect(sendsTo(properties.Role), path).toContain(queue);
    }
    expect(new Set(called).size).toBeGreaterThanOrEqual(3);
  });

  it('the stream is read in order, from its beginning, and what cannot be published goes aside', () => {
    const mappings = all('AWS::Lambda::EventSourceMapping');
    const [mapping, ...others] = mappings.filter(({ properties }) => properties.StartingPosition);
    expect(others).toEqual([]);
    expect(mapping?.properties).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
    });
    expect(mapping?.properties.ParallelizationFactor ?? 1).toBe(1);
    const [queue = ''] = refersTo(mapping?.properties.DestinationConfig.OnFailure);
    expect(sendsTo(one('AWS::Lambda::Function', 'Publish/Function').properties.Role)).toContain(queue);
    const pattern = JSON.parse(mapping?.properties.FilterCriteria.Filters[0].Pattern);
    const record = (item: object) => ({ dynamodb: { NewImage: item } });
    expect(matches(pattern, record({ slot: { S: 'a/b' }, id: { S: 'INC-2026-01-01-001' } }))).toBe(true);
    expect(matches(pattern, record({ slot: { S: 'automation/a' }, runs: { L: [] } }))).toBe(false);
  });

  it('every dead-letter queue has an alarm at its first message, and operations are told', () => {
    const queues = all('AWS::SQS::Queue').filter(({ properties }) => !properties.RedrivePolicy);
    expect(queues.length).toBeGreaterThan(0);
    for (const { id, path, properties } of queues) {
      expect(properties, path).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
      const alarm = queueAlarms.find(({ properties }) => refersTo(properties.Dimensions).includes(id));
      expect(alarm?.properties, path).toMatchObject({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        ...{ Threshold: 1, EvaluationPeriods: 1 },
        AlarmActions: [{ Ref: operations }],
      });
    }
  });

  it('what a channel must tell waits in order, is tried for half a day, and then is a dead letter of its own', () => {
    const queues = all('AWS::SQS::Queue').filter(({ properties }) => properties.RedrivePolicy);
    expect(queues.map(({ path, properties }) => [path, properties.VisibilityTimeout]).sort()).toEqual([
      ['Chat/Queue', 60],
      ['Opsgenie/Queue', 60],
      ['Pagerduty/Queue', 60],
      ['StatusPage/Queue', 60],
      ['Subscribers/Mail/Queue', 60],
      ['Subscribers/Subscribers/Queue', 300],
    ]);
    const aside = queues.map(({ id, path, properties }) => {
      const { VisibilityTimeout: again, RedrivePolicy: redrive } = properties;
      expect(properties, path).toMatchObject({
        ...{ FifoQueue: true, ContentBasedDeduplication: true, SqsManagedSseEnabled: true },
      });
      expect(again * redrive.maxReceiveCount, path).toBe(12 * 3600);
      const mapping = all('AWS::Lambda::EventSourceMapping').find(other =>
        refersTo(other.properties.EventSourceArn).includes(id),
      );
      expect(mapping?.properties, path).toMatchObject({ BatchSize: 1 });
      const fn = all('AWS::Lambda::Function').find(other =>
        refersTo(mapping?.properties.FunctionName).includes(other.id),
      );
      expect(fn?.properties.Timeout, path).toBeLessThan(again);
      return refersTo(properties.RedrivePolicy)[0] ?? '';
    });
    const refused = all('AWS::Events::Rule').filter(({ path }) => path.endsWith('/Refused'));
    // The status page refuses nothing for good; what SES refuses goes aside without the bus, as it has an address in it.
    const told = aside.filter(id => !/StatusPage|MailDeadLetters/.test(id));
    expect(refused.flatMap(({ properties }) => refersTo(properties.Targets[0].Arn)).sort()).toEqual(told.sort());
    for (const dead of all('AWS::SQS::Queue').filter(({ id }) => aside.includes(id)))
      expect(dead.properties, dead.path).toMatchObject({ FifoQueue: true });
  });

  it('a watch gone silent is told to the first level directly', () => {
    const { properties } = one('AWS::CloudWatch::Alarm', 'OwnAlarms/WatchSilent');
    expect(properties).toMatchObject({
      ...{ Namespace: 'AWS/Lambda', MetricName: 'Invocations', Statistic: 'Sum' },
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: one('AWS::Lambda::Function', 'Watch/Function').id } }],
      ...{ ComparisonOperator: 'LessThanThreshold', Threshold: 1, TreatMissingData: 'breaching' },
      ...{ Period: 60, EvaluationPeriods: 5 },
    });
    expect(refersTo(properties.AlarmActions)).toContain(one('AWS::SNS::Topic', 'Paging/FirstLevel').id);
    expect(one('AWS::Events::Rule', 'Watch/EveryMinute').properties.ScheduleExpression).toBe('rate(1 minute)');
  });

  function sendsTo(role: unknown): string[] {
    const sending = may(roleOf(role)).filter(statement => actionsOf(statement).includes('sqs:SendMessage'));
    return sending.flatMap(({ Resource }) => refersTo(Resource));
  }
});

describe('messages to people', () => {
  const [key] = all('AWS::KMS::Key');
  const fromThisAccount = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };

  it('are encrypted with a key that CloudWatch may use, in topics that CloudWatch may publish to', () => {
    expect(key?.properties.KeyPolicy.Statement).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: fromThisAccount,
    });
    for (const { id, path, properties } of all('AWS::SNS::Topic')) {
      expect(refersTo(properties.KmsMasterKeyId), path).toEqual([key?.id]);
      const policy = all('AWS::SNS::TopicPolicy').find(({ properties }) => refersTo(properties.Topics).includes(id));
      expect(policy?.properties.PolicyDocument.Statement, path).toContainEqual(
        expect.objectContaining({
          ...{ Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: id }, Condition: fromThisAccount },
          Principal: { Service: 'cloudwatch.amazonaws.com' },
        }),
      );
    }
  });

  it('may be sent by the page function, to the levels alone, with the key that takes', () => {
    const statements = may(roleOf(one('AWS::Lambda::Function', 'Page/Function').properties.Role));
    const levels = [1, 2, 3, 4].map(level => one('AWS::SNS::Topic', `Paging/Level${level}`).id);
    const publish = statements.find(statement => actionsOf(statement).includes('sns:Publish'));
    expect(refersTo(publish?.Resource)).toEqual(levels);
    expect(
      refersTo(one('AWS::Lambda::Function', 'Page/Function').properties.Environment.Variables.LEVEL_TOPICS),
    ).toEqual(levels);
    const encrypt = statements.find(statement => actionsOf(statement).some(action => action.startsWith('kms:')));
    expect(encrypt && actionsOf(encrypt)).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
    expect(refersTo(encrypt?.Resource)).toEqual([key?.id]);
  });

  const subscriptions = (from: Template, topic: string) =>
    resources(from, 'AWS::SNS::Subscription')
      .map(({ properties }) => properties)
      .filter(({ TopicArn }) => refersTo(TopicArn).includes(topic));
  const addressesOf = ({ people }: ServiceConfig, ...names: string[]) =>
    names.flatMap(name => Object.values(people[name] ?? {}));

  it('of a level reach at both addresses whom they name, and nobody else; telephones only if they are pages', () => {
    config.escalation.forEach(({ people }, i) => {
      const subscribed = subscriptions(template, one('AWS::SNS::Topic', `Paging/Level${i + 1}`).id);
      const reached = (attributes: object) =>
        subscribed.flatMap(({ FilterPolicy, Endpoint }) => (matches(FilterPolicy, attributes) ? [Endpoint] : []));
      for (const person of Object.keys(config.people)) {
        const { email, ...telephone } = config.people[person] ?? {};
        const addresses = people.includes(person) ? [email, ...Object.values(telephone)] : [];
        expect(reached({ person, urgency: 'page' }), person).toEqual(addresses);
        expect(reached({ person, urgency: 'notice' }), person).toEqual(addresses.slice(0, 1));
      }
      expect(reached({})).toEqual([]);
    });
  });

  it('reach somebody who stands in for another too, and a person of two levels at both', () => {
    const [first, second, ...others] = config.escalation;
    const overrides = [{ person: 'cleo', from: '2026-01-31T18:00', to: '2026-02-01T09:00' }];
    const rotation = { ...(first?.rotation as NonNullable<typeof first>['rotation']), overrides };
    const standIn = synthesise({
      ...config,
      escalation: [{ ...first, rotation } as typeof first & object, second as NonNullable<typeof second>, ...others],
    }).template;
    const topics = resources(standIn, 'AWS::SNS::Topic').filter(({ path }) =>
      subscriptions(standIn, one('AWS::SNS::Topic', path).id).some(({ Endpoint }) => Endpoint === 'cleo@mockupaws.com'),
    );
    expect(topics.map(({ path }) => path)).toEqual(['Paging/Level1', 'Paging/Level2', 'Paging/Notices']);
  });

  it.each([
    ['one operator', template, config],
    ['an operator with a telephone', direct.template, directAccess],
  ])(
    'of an alarm name nobody, so no filter is in their way, and telephones of the first level ring: %s',
    (_, from, service) => {
      const alarmed = resources(from, 'AWS::CloudWatch::Alarm').flatMap(({ properties }) =>
        refersTo(properties.AlarmActions),
      );
      const reached = [...new Set(alarmed)].flatMap(topic => subscriptions(from, topic));
      expect(reached.filter(({ FilterPolicy }) => FilterPolicy)).toEqual([]);
      const telephones = service.escalation[0]?.people.map(name => service.people[name]?.sms) ?? [];
      const people = [...telephones, ...addressesOf(service, ...service.operations)];
      expect(reached.map(({ Endpoint }) => Endpoint).sort()).toEqual(people.sort());
    },
  );

  it('are looked after: every topic is listed, against all who should be subscribed to it', () => {
    const { properties } = one('AWS::Lambda::Function', 'Subscriptions/Function');
    const topics = refersTo(properties.Environment.Variables.TOPICS);
    expect(topics.toSorted()).toEqual(
      all('AWS::SNS::Topic')
        .map(({ id }) => id)
        .sort(),
    );
    const listing = may(roleOf(properties.Role)).find(s => actionsOf(s).includes('sns:ListSubscriptionsByTopic'));
    expect(refersTo(listing?.Resource).toSorted()).toEqual(topics.toSorted());
    expect(one('AWS::Events::Rule', 'Subscriptions/EveryQuarter').properties.ScheduleExpression).toBe(
      'rate(15 minutes)',
    );
    for (const name of ['SubscriptionsUnconfirmed', 'LevelWithoutAnybody'])
      expect(refersTo(one('AWS::CloudWatch::Alarm', `OwnAlarms/${name}`).properties.AlarmActions)).toContain(
        one('AWS::SNS::Topic', 'Paging/Operations').id,
      );
  });
});

describe('the response workflow', () => {
  const { properties } = one('AWS::StepFunctions::StateMachine', 'Response/StateMachine');
  const text: string = properties.DefinitionString['Fn::Join'][1]
    .map((part: unknown) => (typeof part === 'string' ? part : refersTo(part)[0]))
    .join('');
  const definition = JSON.parse(text);
  const tasks: [string, { Catch?: unknown; Retry?: { ErrorEquals: string[] }[]; Type: string }][] = Object.entries<{
    Type: string;
  }>(definition.States).filter(([, { Type }]) => Type === 'Task');

  it('is logged in full, traced, bounded, and written in JSONPath', () => {
    expect(properties).toMatchObject({
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: true },
    });
    expect(definition.TimeoutSeconds).toBe(7200);
    expect(text).not.toContain('JSONata');
  });

  it('hands over to a person whatever fails, after another try', () => {
    expect(tasks.length).toBeGreaterThan(5);
    for (const [name, task] of tasks) {
      expect(
        task.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals),
        name,
      ).toContain('States.TaskFailed');
      const handsOver = { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Hand over' };
      if (name !== 'Hand over') expect(task.Catch, name).toEqual([handsOver]);
    }
  });

  it('may run exactly the runbooks of the playbooks, and pass exactly their roles', () => {
    const statements = may(roleOf(properties.RoleArn));
    const on = (action: string) => statements.filter(statement => actionsOf(statement).includes(action));
    const documents = all('AWS::SSM::Document').filter(({ path }) => !path.startsWith('Console/'));
    const startable = JSON.stringify(on('ssm:StartAutomationExecution').map(({ Resource }) => Resource));
    const names = [...startable.matchAll(/:(?:document|automation-definition)\/([^":]+)/g)].map(([, name]) => name);
    expect([...new Set(names)].sort()).toEqual(documents.map(({ properties }) => properties.Name).sort());
    const roles = documents.map(({ properties }) => roleOf(properties.Content.parameters.AutomationAssumeRole.default));
    expect(refersTo(on('iam:PassRole').map(({ Resource }) => Resource)).sort()).toEqual(roles.sort());
    expect(on('iam:PassRole')[0]?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } });
    const invoked = on('lambda:InvokeFunction').flatMap(({ Resource }) => refersTo(Resource));
    expect(invoked.every(id => text.includes(id))).toBe(true);
  });
});

describe('the runbooks', () => {
  it('have each a role of its own, for SSM in this account alone', () => {
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

  it('are named after the service and replaced in place', () => {
    for (const { properties } of all('AWS::SSM::Document')) {
      expect(properties).toMatchObject({ DocumentType: 'Automation', UpdateMethod: 'NewVersion' });
      expect(properties.Name).toMatch(/^mockupaws-production-[a-z-]+$/);
    }
  });
});

it('has nothing of a vendor that is not configured, and without subscribers nothing of SES', () => {
  const statusPage = config.statusPage && { ...config.statusPage, subscribers: undefined };
  const none = { slack: undefined, pagerduty: undefined, opsgenie: undefined, statusPage };
  const bare = synthesise({ ...config, ...none }).template;
  bare.resourceCountIs('AWS::Lambda::Url', all('AWS::Lambda::Url').length - 4);
  expect(JSON.stringify(bare.toJSON())).not.toMatch(/AWS::SES|"ses:/);
  const doorsAndChannels = /^(Chat|Slack|Pagerduty|Opsgenie|Subscribers)/;
  const named = (from: typeof template) =>
    resources(from, 'AWS::Lambda::Function').filter(({ path }) => doorsAndChannels.test(path)).length;
  expect([named(template), named(bare)]).toEqual([9, 0]);
});

it('lets each secret be read by the one function that needs it', () => {
  const readers = all('AWS::Lambda::Function').flatMap(({ path, properties }) =>
    may(roleOf(properties.Role))
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

it('has a kill switch and a maintenance window that a person can set', () => {
  const parameter = (path: string) => one('AWS::SSM::Parameter', path).properties;
  expect(parameter('Switches/Automation')).toMatchObject({
    Name: '/incident-response/mockupaws-production/automation',
    Value: 'on',
  });
  expect(parameter('Switches/Maintenance')).toMatchObject({
    Name: '/incident-response/mockupaws-production/maintenance-until',
    Value: 'none',
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
      const statements = may(roleOf(properties.Role));
      const allowed = new Set(
        statements
          .flatMap(actionsOf)
          // What AWS does in its name is no call of its own: Lambda's logs and queues, RDS's keys.
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

  it.each([
    ['the Data API', template, /^The Data API of .+ refused a statement in database mockupaws/],
    ['the VPC', direct.template, /^Cannot read the database secret arn:aws:secretsmanager:/],
  ])('that end sessions find the database in their environment, by %s', async (_, from, beyond) => {
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

  it('write the ledger and no incident with PutItem', () => {
    const statement = may(
      roleOf(one('AWS::Lambda::Function', 'Response/Functions/Plan/Function').properties.Role),
    ).find(other => actionsOf(other).includes('dynamodb:PutItem'));
    expect(statement?.Condition).toEqual({
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['automation/mockupaws-production'] },
    });
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
      const everywhere = may(id).filter(({ Resource }) => [Resource].flat().includes('*'));
      return everywhere.flatMap(actionsOf).map(action => `${path} ${action}`);
    });
    expect(wide.filter(action => !/^Response\/Role (logs|xray):/.test(action)).sort()).toEqual([
      'CertificateExpiry/RequestReplacementFunction/Role acm:ListCertificates',
      'CertificateExpiry/RequestReplacementFunction/Role acm:RequestCertificate',
      'CertificateExpiry/UpdateCertificateFunction/Role acm:ListCertificates',
      'CertificateExpiry/UpdateCertificateFunction/Role elasticloadbalancing:DescribeListenerCertificates',
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
      'PostMortem/Role cloudwatch:DescribeAlarms',
      'PostMortem/Role cloudwatch:GetMetricData',
      'PostMortem/Role cloudwatch:GetMetricWidgetImage',
      'Probe/Role cloudwatch:GetMetricData',
      'Probe/Role cloudwatch:PutMetricData',
      'Probe/Role ec2:DescribeSecurityGroups',
      'Probe/Role ec2:DescribeVpcs',
      'Probe/Role ecs:ListTasks',
      'Probe/Role elasticloadbalancing:DescribeLoadBalancers',
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
      'Response/Functions/Verify/Role cloudwatch:DescribeAlarms',
      'Response/Functions/Verify/Role cloudwatch:GetMetricData',
      'ServiceHealth/MaintenanceMode/Document/Role elasticloadbalancing:DescribeRules',
      'ServiceMemory/CaptureHeapDumpFunction/Role ecs:ListTasks',
      'ServiceMemory/RaiseMemoryFunction/Role ecs:DescribeTaskDefinition',
      'ServiceMemory/RaiseMemoryFunction/Role ecs:RegisterTaskDefinition',
      'StatusPage/Role cloudwatch:GetMetricData',
      'Subscriptions/Role cloudwatch:PutMetricData',
      'Watch/Role cloudwatch:DescribeAlarms',
      'Watch/Role cloudwatch:GetMetricData',
      'Watch/Role ssm:DescribeAutomationExecutions',
    ]);
    const actions = all('AWS::IAM::Role').flatMap(({ id }) => may(id).flatMap(actionsOf));
    expect(actions.filter(action => action.includes('*'))).toEqual([]);
  });
});

describe('with a database that is reached from within the VPC', () => {
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

  it('places the functions in its subnets, lets them reach the database, and trusts the authorities of RDS', () => {
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
      const actions = statementsOf(direct.template, roleOf(fn?.properties.Role)).flatMap(actionsOf);
      expect(actions).toEqual(expect.arrayContaining(['secretsmanager:GetSecretValue', 'ec2:CreateNetworkInterface']));
      expect(actions.filter(action => action.startsWith('rds-data:'))).toEqual([]);
    }
  });
});

describe('a playbook that cannot be honoured fails at synthesis', () => {
  const withStep = (change: (step: Record<string, unknown>) => void) => () => {
    class Broken extends DatabaseConnections {
      override bind(...given: Parameters<DatabaseConnections['bind']>) {
        const bound = super.bind(...given);
        change(bound.remedies[1]?.step as unknown as Record<string, unknown>);
        return bound;
      }
    }
    return synthesise(config, { playbooks: [new Broken()] });
  };

  it.each<[string, (step: Record<string, unknown>) => void, string]>([
    ['verification', step => Object.assign(step, { verifyMinutes: 0 }), 'verifyMinutes 0: expected 1 or more'],
    ['mode', step => Object.assign(step, { mode: 'automatic' }), 'mode "automatic": expected auto or approve'],
    ['cause', step => Object.assign(step, { causes: [] }), 'causes []: expected at least one fact that justifies it'],
    [
      'alarm as its cause',
      step => Object.assign(step, { causes: [{ fact: 'criticalSignals', atLeast: 1, means: 'an alarm' }] }),
      'stands on criticalSignals, which none of its checks and measures finds',
    ],
    [
      'parameter',
      step => Object.assign(step, { parameters: { Limt: '5' } }),
      'gives Limt, a parameter that runbooks/kill-idle-connections.yaml does not have',
    ],
    ['name', step => Object.assign(step, { name: 'scale-down' }), 'the name of an earlier step'],
    [
      'blast radius',
      step => Object.assign(step, { blastRadius: { fact: 'x', maximumShare: 2 } }),
      'maximumShare 2: expected a share over 0, at most 1',
    ],
    [
      'blast radius over its own limit',
      step => Object.assign(step, { blastRadius: { fact: 'x', touches: 0.8, maximumShare: 0.5 } }),
      'touches 0.8: expected at most maximumShare, or it could never run',
    ],
    [
      'cooldown beyond what is remembered',
      step => Object.assign(step, { cooldownMinutes: 20_000 }),
      'cooldownMinutes 20000: expected 0 to 10080',
    ],
  ])('%s', (_, change, fault) => {
    expect(withStep(change)).toThrow(fault);
    expect(withStep(change)).toThrow(/^The playbook DatabaseConnections is wrong:\n {2}step /);
  });
});
