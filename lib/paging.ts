import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, SmsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Contact, ServiceConfig } from './config.ts';
import type { ResponderFunction } from './function.ts';

/**
 * A topic for each escalation level, and one for trouble in the responder itself. Encrypted with a key of their own,
 * whose policy lets CloudWatch's alarms publish: without that grant SNS drops their messages without a word.
 */
export class Paging extends Construct {
  readonly levels: Topic[];
  readonly operations: Topic;
  /** What reaches the first level from an alarm: its e-mail, and its telephones once more, without a filter. */
  readonly onCall: Topic[];
  private readonly key: Key;

  constructor(scope: Construct, id: string, { escalation, operations, title }: ServiceConfig) {
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
    this.levels = escalation.map(({ role, contacts }, i) =>
      this.topic(`Level${i + 1}`, `${title} ${role}`, contacts, { waking: true }),
    );
    this.operations = this.topic('Operations', `${title} incident response operations`, operations);
    const telephones = (escalation[0]?.contacts ?? []).filter(contact => 'sms' in contact);
    this.onCall = [
      ...this.levels.slice(0, 1),
      ...(telephones.length > 0 ? [this.topic('Telephones', `${title} ${escalation[0]?.role}`, telephones)] : []),
    ];
  }

  /** Lets a function publish to the levels, and encrypt what it publishes. */
  grantPage(fn: ResponderFunction): void {
    const topics = this.levels.map(topic => topic.topicArn);
    fn.allow(['sns:Publish'], topics).allow(['kms:Decrypt', 'kms:GenerateDataKey'], [this.key.keyArn]);
  }

  /** Telephones of a `waking` topic ring for pages only. An alarm's message has no urgency: no filter lets it by. */
  private topic(id: string, displayName: string, contacts: Contact[], { waking = false } = {}): Topic {
    const topic = new Topic(this, id, {
      displayName: displayName.slice(0, 100),
      masterKey: this.key,
      enforceSSL: true,
    });
    const filterPolicy = waking ? { urgency: SubscriptionFilter.stringFilter({ allowlist: ['page'] }) } : undefined;
    for (const contact of contacts) {
      topic.addSubscription(
        'email' in contact ? new EmailSubscription(contact.email) : new SmsSubscription(contact.sms, { filterPolicy }),
      );
    }
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
}
