import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, SmsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { senderOf } from '../../../lambda/domain/messages/page-text.ts';
import { filterOf, type Subscriber, type TopicSubscribers } from '../../../lambda/domain/on-call/subscriptions.ts';
import { onLevel } from '../../config/people.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import type { ResponderFunction } from '../../platform/responder-function.ts';

/**
 * The topics through which people are notified. Each escalation level has one to which everybody who may be called there is
 * subscribed; filters let a message reach only the people it names. Alarms name nobody, so two topics have no filters: one for
 * trouble in the responder, one that rings the first level when the responder itself is silent. The topics have a key of their
 * own whose policy lets CloudWatch alarms publish: without that grant SNS drops their messages without a word.
 */
export class Paging extends Construct {
  readonly levels: Topic[];
  readonly operations: Topic;
  /** Reaches by e-mail whomever of all people a message names: stakeholders, reviewers, owners of action items. */
  readonly notices: Topic;
  /** Reaches each of the first level once, by telephone if they have one: whoever is on call, an alarm cannot know. */
  readonly firstLevel: Topic;
  /** The subscribers that each topic should have, in the order of `topicArns`. */
  readonly subscribers: TopicSubscribers[] = [];
  private readonly topics: Topic[] = [];
  private readonly key: Key;

  constructor(scope: Construct, id: string, { people, escalation, operations, title }: ServiceConfig) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Incident messages of ${title}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const addresses = (names: string[]) =>
      names.flatMap((person): Subscriber[] => {
        const { email, sms } = people[person] ?? {};
        return [
          ...(email ? [{ person, protocol: 'email' as const, endpoint: email }] : []),
          ...(sms ? [{ person, protocol: 'sms' as const, endpoint: sms }] : []),
        ];
      });
    this.levels = escalation.map((level, i) => {
      const topic = this.topic(`Level${i + 1}`, senderOf(title));
      return this.subscribe(topic, `level ${i + 1}`, addresses(onLevel(level)));
    });
    const [first] = escalation;
    const loudest = (first ? onLevel(first) : []).flatMap(person => addresses([person]).slice(-1));
    this.firstLevel = this.subscribe(this.topic('FirstLevel', senderOf(title)), 'first level', loudest);
    const readers = addresses(Object.keys(people)).filter(({ protocol }) => protocol === 'email');
    this.notices = this.subscribe(this.topic('Notices', `${title} incidents`), 'notices', readers);
    const operators = addresses(operations);
    this.operations = this.subscribe(this.topic('Operations', senderOf(title)), 'operations', operators);
  }

  /** Lets a function page the people of every level. */
  grantPage(fn: ResponderFunction): void {
    this.grantPublish(fn, this.levels);
  }

  /** Lets a function send notices. */
  grantNotices(fn: ResponderFunction): void {
    this.grantPublish(fn, [this.notices]);
  }

  /** Lets a function see who is subscribed, and subscribe people anew. */
  grantSubscribe(fn: ResponderFunction): void {
    fn.addToRolePolicy({ actions: ['sns:ListSubscriptionsByTopic', 'sns:Subscribe'], resources: this.topicArns });
  }

  /** Lets a function see how the account stands with SMS. */
  grantReadSms(fn: ResponderFunction): void {
    fn.addUnscopedReads(
      ...['sns:GetSMSSandboxAccountStatus', 'sns:ListSMSSandboxPhoneNumbers', 'sns:ListPhoneNumbersOptedOut'],
      ...['sns:ListOriginationNumbers', 'sns:GetSMSAttributes', 'cloudwatch:GetMetricData'],
    );
  }

  private grantPublish(fn: ResponderFunction, topics: Topic[]): void {
    fn.addToRolePolicy(
      { actions: ['sns:Publish'], resources: topics.map(topic => topic.topicArn) },
      { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.key.keyArn] },
    );
  }

  /** The ARNs of the levels' topics, the first level first, for an environment variable. */
  get topicsOfLevels(): string {
    return this.levels.map(topic => topic.topicArn).join(',');
  }

  get topicArns(): string[] {
    return this.topics.map(topic => topic.topicArn);
  }

  private topic(id: string, displayName: string): Topic {
    const topic = new Topic(this, id, {
      displayName: displayName.slice(0, 100),
      masterKey: this.key,
      enforceSSL: true,
    });
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    return topic;
  }

  private subscribe(topic: Topic, name: string, subscribers: Subscriber[]): Topic {
    for (const subscriber of subscribers) {
      const { protocol, endpoint } = subscriber;
      const filter = Object.entries(filterOf(name, subscriber) ?? {}).map(
        ([attribute, allowlist]) => [attribute, SubscriptionFilter.stringFilter({ allowlist })] as const,
      );
      const filterPolicy = filter.length > 0 ? { filterPolicy: Object.fromEntries(filter) } : {};
      topic.addSubscription(
        protocol === 'email'
          ? new EmailSubscription(endpoint, filterPolicy)
          : new SmsSubscription(endpoint, filterPolicy),
      );
    }
    this.topics.push(topic);
    this.subscribers.push({ topic: name, subscribers });
    return topic;
  }
}
