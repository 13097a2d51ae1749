import { CachePolicy, OriginRequestPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { describe, expect, it } from 'vitest';
import { defineService, type ServiceConfig } from '../../../lib/config/service-config.ts';
import { everything as config } from '../../support/everything.ts';
import { actionsOf, inspect, refersTo, type Statement, stackOf, statementsOf } from '../../support/stack.ts';

const { template } = stackOf(config);
const { all, one, allowed } = inspect(template);
const only = (type: string) => {
  const [found, ...others] = all(type);
  if (!found || others.length > 0) throw new Error(`${others.length + 1} ${type}`);
  return found;
};
const may = (path: string): Statement[] => allowed(`Subscribers/${path}`);
const resourceOf = (path: string, action: string) =>
  may(path)
    .filter(statement => actionsOf(statement).includes(action))
    .map(({ Resource }) => Resource);

const statusPage = config.statusPage as NonNullable<ServiceConfig['statusPage']>;

describe('subscribers', () => {
  it('are in one list, with a topic a component that nobody is in who has not asked; it outlives the stack', () => {
    const { properties, rest } = only('AWS::SES::ContactList');
    expect(properties).toMatchObject({
      ContactListName: 'mockupaws-production-status',
      Topics: statusPage.components.map(({ id, name }) => ({
        ...{ TopicName: id, DisplayName: name, DefaultSubscriptionStatus: 'OPT_OUT' },
      })),
    });
    expect(rest).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  it('that cannot be reached, or complained, are not written to again', () => {
    expect(only('AWS::SES::ConfigurationSet').properties).toMatchObject({
      Name: 'mockupaws-production-status',
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    });
  });

  it('can be of at most twenty components', () => {
    const components = Array.from({ length: 21 }, (_, n) => ({ id: `c${n}`, name: `C${n}`, description: 'c' }));
    expect(() => defineService({ ...config, statusPage: { ...statusPage, components } } as never)).toThrow(
      'at most 20 components that customers can subscribe to',
    );
    const without = { ...statusPage, components, subscribers: undefined };
    expect(() => defineService({ ...config, statusPage: without } as never)).not.toThrow();
  });
});

describe('mails', () => {
  it('are sent in the configured name alone, by the endpoint and by the mail function, and by nobody else', () => {
    const senders = all('AWS::IAM::Role').filter(({ id }) =>
      statementsOf(template, id).some(statement => actionsOf(statement).includes('ses:SendEmail')),
    );
    expect(senders.map(({ path }) => path).sort()).toEqual(['Subscribers/Mail/Role', 'Subscribers/Subscribe/Role']);
    for (const path of ['Mail', 'Subscribe']) {
      const sending = may(path).find(statement => actionsOf(statement).includes('ses:SendEmail'));
      expect(sending?.Condition).toEqual({ StringEquals: { 'ses:FromAddress': 'status@mockupaws.com' } });
      const arns = JSON.stringify(sending?.Resource);
      for (const arn of [
        'identity/status@mockupaws.com',
        'identity/mockupaws.com',
        'configuration-set/mockupaws-production-status',
      ])
        expect(arns).toContain(`:${arn}"`);
    }
  });

  it('are sent two at a time: the responder needs the functions more', () => {
    const queue = one('AWS::SQS::Queue', 'Subscribers/Mail/Queue').id;
    const mapping = all('AWS::Lambda::EventSourceMapping').find(({ properties }) =>
      refersTo(properties.EventSourceArn).includes(queue),
    );
    expect(mapping?.properties.ScalingConfig).toEqual({ MaximumConcurrency: 2 });
  });

  it('are queued by the fan-out, and put aside by the mail function, into these queues alone', () => {
    const queue = one('AWS::SQS::Queue', 'Subscribers/Mail/Queue').id;
    expect(resourceOf('Subscribers', 'sqs:SendMessage').flatMap(refersTo)).toEqual([queue]);
    const aside = one('AWS::SQS::Queue', 'OwnAlarms/MailDeadLetters').id;
    expect(resourceOf('Mail', 'sqs:SendMessage').flatMap(refersTo)).toEqual([aside]);
  });

  it('are written by a function that can read no incident', () => {
    const incidents = one('AWS::DynamoDB::GlobalTable', 'Incidents/Table').id;
    const inTable = (path: string) => may(path).filter(({ Resource }) => refersTo(Resource).includes(incidents));
    expect(inTable('Mail')).toEqual([]);
    const keys = { 'dynamodb:LeadingKeys': ['service/mockupaws-production', 'deployment/*'] };
    expect(inTable('Subscribe')).toMatchObject([
      { Action: 'dynamodb:GetItem', Condition: { 'ForAllValues:StringLike': keys } },
    ]);
  });
});

describe('the public endpoint', () => {
  it('is at the host of the status page, which keeps nothing of what passes, and tells it whatever a browser says', () => {
    const { CacheBehaviors, Origins } = only('AWS::CloudFront::Distribution').properties.DistributionConfig;
    const url = all('AWS::Lambda::Url').find(({ path }) => path.startsWith('Subscribers/'))?.id ?? 'none';
    const origin = Origins.find(({ DomainName }: { DomainName: unknown }) => refersTo(DomainName).includes(url));
    for (const PathPattern of ['/subscribe', '/subscribe/*'])
      expect(CacheBehaviors).toContainEqual(
        expect.objectContaining({
          PathPattern,
          TargetOriginId: origin?.Id,
          AllowedMethods: expect.arrayContaining(['GET', 'POST']),
          CachePolicyId: CachePolicy.CACHING_DISABLED.cachePolicyId,
          OriginRequestPolicyId: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER.originRequestPolicyId,
          ViewerProtocolPolicy: 'https-only',
        }),
      );
  });

  it('has a key of its own: it cannot sign what lets people act on incidents', () => {
    const own = one('AWS::KMS::Key', 'Subscribers/Key');
    expect(own.properties).toMatchObject({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const keys = may('Subscribe')
      .filter(statement => actionsOf(statement).some(action => action.startsWith('kms:')))
      .flatMap(({ Resource }) => refersTo(Resource));
    expect(keys).toEqual([own.id]);
  });

  it('changes contacts of this list, and can list none', () => {
    const actions = may('Subscribe').flatMap(actionsOf);
    expect(actions).not.toContain('ses:ListContacts');
    expect(actions).not.toContain('lambda:InvokeFunction');
    expect(JSON.stringify(resourceOf('Subscribe', 'ses:CreateContact'))).toContain(
      ':contact-list/mockupaws-production-status"',
    );
  });
});

it('what is remembered expires, and each function reaches its own kind of it alone', () => {
  const { properties, rest, id } = one('AWS::DynamoDB::GlobalTable', 'Subscribers/Remembered/Table');
  expect(properties).toMatchObject({ TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } });
  expect(rest).toMatchObject({ DeletionPolicy: 'Delete' });
  const kinds = ['Subscribe', 'Subscribers', 'Mail'].map(path => [
    path,
    may(path)
      .filter(({ Resource }) => refersTo(Resource).join() === id)
      .map(statement => [
        actionsOf(statement).map(action => action.replace('dynamodb:', '')),
        (statement.Condition as { 'ForAllValues:StringLike': object })['ForAllValues:StringLike'],
      ]),
  ]);
  const keys = (...kinds: string[]) => ({ 'dynamodb:LeadingKeys': kinds });
  expect(JSON.parse(JSON.stringify(Object.fromEntries(kinds)))).toEqual({
    Subscribe: [
      [['UpdateItem'], keys('asked/*')],
      [['GetItem', 'PutItem'], keys('used/*')],
    ],
    Subscribers: [[['UpdateItem'], keys('letter/*')]],
    Mail: [
      [['GetItem'], keys('letter/*', 'told/*')],
      [['PutItem'], keys('told/*')],
    ],
  });
});
