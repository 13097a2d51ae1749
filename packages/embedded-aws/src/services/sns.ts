import { type Account, type Input, ServiceError } from '../account/account.ts';
import { ACCOUNT } from '../assembly/identities.ts';
import type { Deployed } from '../assembly/resolve.ts';
import { matches } from '../engine/event-pattern.ts';
import { policyAllows } from '../iam/statements.ts';
import { utf8Bytes } from '../sizes.ts';
import { Unsupported } from '../unsupported.ts';
import type { Sms } from './sms.ts';

/** A message as somebody received it. */
export interface Message {
  channel: 'email' | 'sms';
  /** The path of the topic's construct, e.g. `Alerts`. */
  topic: string;
  /** The function that published it; absent when an alarm did. */
  by?: string;
  to: string;
  subject: string;
  body: string;
  at: string;
}

/** The state of a subscription. A telephone's needs no confirmation. */
export type SubscriptionState = 'confirmed' | 'pending' | 'deleted';

/** Milliseconds after which a subscription is gone that nobody has confirmed. */
const UNCONFIRMED = 48 * 60 * 60_000;

/** Bytes of names, types and values, which count for a message's size. */
const attributesBytes = (attributes: Input = {}): number =>
  Object.entries<Input>(attributes)
    .flatMap(([name, { DataType = '', StringValue = '' }]) => [name, DataType, StringValue])
    .reduce((sum, text) => sum + utf8Bytes(text), 0);

/** SNS: topics that deliver e-mail and SMS, with filters, encryption and policies as deployed. */
export class Topics {
  /** Every message that was delivered, in order. */
  readonly messages: Message[] = [];
  private readonly states = new Map<string, SubscriptionState>();
  private readonly account: Account;
  private readonly sms: Sms;
  /** The state in which an e-mail address is subscribed. */
  private readonly mails: 'confirmed' | 'pending';

  constructor(account: Account, sms: Sms, mails: 'confirmed' | 'pending') {
    this.account = account;
    this.sms = sms;
    this.mails = mails;
    for (const { logicalId, properties } of account.ofType('AWS::SNS::Subscription'))
      if (!['email', 'sms'].includes(properties['Protocol']))
        throw new Unsupported(`the subscription ${logicalId}`, `the protocol ${properties['Protocol']}`);
    for (const subscription of account.ofType('AWS::SNS::Subscription'))
      account.whenCreated(subscription, () => this.begin(subscription));
    account.provide('sns', {
      Publish: {
        resources: ({ TopicArn }) => [TopicArn],
        run: (input, { role, name }) => {
          const topic = this.find(input['TopicArn']);
          const key = topic.properties['KmsMasterKeyId'];
          const mayEncrypt = ['kms:GenerateDataKey', 'kms:Decrypt'].every(action =>
            account.permissions.allows(role, action, key),
          );
          if (key && !mayEncrypt)
            throw new ServiceError('KMSAccessDenied', `${role} may not use the key of ${topic.arn}`);
          return this.deliver(topic, input, name);
        },
      },
      ListSubscriptionsByTopic: {
        resources: ({ TopicArn }) => [TopicArn],
        run: ({ TopicArn }) => ({ Subscriptions: this.list(this.find(TopicArn)) }),
      },
      Subscribe: { resources: ({ TopicArn }) => [TopicArn], run: input => this.subscribe(input) },
    });
  }

  /** Changes the state of an address's subscriptions, at the topics whose construct's path contains `topicPath`. What is deleted stays so. */
  become(state: SubscriptionState, endpoint: string, topicPath = ''): void {
    for (const { logicalId, properties } of this.account.ofType('AWS::SNS::Subscription')) {
      const topic = this.find(properties['TopicArn']);
      if (this.stateOf(logicalId) === 'deleted') continue;
      if (properties['Endpoint'] === endpoint && topic.path.includes(topicPath)) this.states.set(logicalId, state);
    }
  }

  /** A deleted one is gone: SNS lists it as `Deleted` for a while, or not at all. */
  private list(topic: Deployed) {
    return this.subscriptions(topic).flatMap(subscription => {
      const { logicalId, properties } = subscription;
      if (this.stateOf(logicalId) === 'deleted') return [];
      return [
        {
          ...{ TopicArn: topic.ref, Owner: topic.arn.split(':')[4] },
          ...{ Protocol: properties['Protocol'], Endpoint: properties['Endpoint'] },
          SubscriptionArn: this.arnOf(topic, subscription) ?? 'PendingConfirmation',
        },
      ];
    });
  }

  /** Undefined until it is confirmed. */
  private arnOf(topic: Deployed, { logicalId }: Deployed): string | undefined {
    return this.stateOf(logicalId) === 'confirmed' ? `${topic.ref}:${logicalId}` : undefined;
  }

  /** Subscribes an address, or sends the confirmation again where it is subscribed. */
  private subscribe({ TopicArn, Protocol, Endpoint, Attributes = {}, ...more }: Input) {
    const [unknown] = Object.keys({ ...more, ...Attributes }).filter(name => name !== 'FilterPolicy');
    if (unknown) throw new Unsupported('Subscribe', unknown);
    const topic = this.find(TopicArn);
    const known = this.subscriptions(topic).find(
      ({ logicalId, properties }) =>
        properties['Protocol'] === Protocol &&
        properties['Endpoint'] === Endpoint &&
        this.stateOf(logicalId) !== 'deleted',
    );
    if (known) return { SubscriptionArn: this.arnOf(topic, known) ?? 'pending confirmation' };
    const type = 'AWS::SNS::Subscription';
    const logicalId = `Subscribed${this.account.ofType(type).length}`;
    const properties = {
      ...{ TopicArn, Protocol, Endpoint },
      ...(Attributes.FilterPolicy ? { FilterPolicy: JSON.parse(Attributes.FilterPolicy) } : {}),
    };
    const subscription = {
      ...{ logicalId, type, ref: logicalId, arn: logicalId, path: logicalId },
      attributes: {},
      properties,
    };
    this.account.add(subscription);
    this.begin(subscription, 'pending');
    return { SubscriptionArn: this.arnOf(topic, subscription) ?? 'pending confirmation' };
  }

  /** An e-mail address is asked to confirm, and its subscription is gone when it has not. */
  private begin({ logicalId, properties }: Deployed, mails = this.mails): void {
    if (properties['Protocol'] !== 'email' || mails === 'confirmed') return;
    this.states.set(logicalId, 'pending');
    this.account.clock.after(UNCONFIRMED, () => {
      if (this.stateOf(logicalId) === 'pending') this.states.set(logicalId, 'deleted');
    });
  }

  private subscriptions(topic: Deployed): Deployed[] {
    return this.account
      .ofType('AWS::SNS::Subscription')
      .filter(({ properties }) => properties['TopicArn'] === topic.ref);
  }

  private stateOf(logicalId: string): SubscriptionState {
    return this.states.get(logicalId) ?? 'confirmed';
  }

  /**
   * Publishes as an alarm's action. Where topic or key do not let CloudWatch in, SNS drops the message silently; here,
   * listeners hear of it.
   */
  publishFromAlarm(topicArn: string, subject: string, body: string): void {
    const topic = this.find(topicArn);
    const context = { 'aws:SourceAccount': ACCOUNT, 'aws:SecureTransport': 'true' };
    const policies = this.account
      .ofType('AWS::SNS::TopicPolicy')
      .filter(({ properties }) => properties['Topics'].includes(topicArn));
    const statements = policies.flatMap(({ properties }) => properties['PolicyDocument'].Statement);
    const key = this.account.ofType('AWS::KMS::Key').find(({ arn }) => arn === topic.properties['KmsMasterKeyId']);
    const keyStatements = key?.properties['KeyPolicy'].Statement ?? [];
    const cloudwatch = 'cloudwatch.amazonaws.com';
    // A topic without a policy has SNS's default one, which lets the account's own alarms in.
    const mayPublish = policies.length === 0 || policyAllows(statements, cloudwatch, 'sns:Publish', topicArn, context);
    const mayEncrypt = ['kms:GenerateDataKey', 'kms:Decrypt'].every(action =>
      policyAllows(keyStatements, cloudwatch, action, key?.arn ?? '', context),
    );
    if (!mayPublish || (key && !mayEncrypt)) {
      this.account.emit('dropped', {
        topic: topic.path,
        subject,
        reason: mayPublish ? 'the key does not let CloudWatch in' : 'the topic does not let CloudWatch in',
      });
      return;
    }
    this.deliver(topic, { Subject: subject, Message: body });
  }

  private deliver(topic: Deployed, { Subject, Message, MessageStructure, MessageAttributes }: Input, by?: string) {
    const { random } = this.account;
    const parts = MessageStructure === 'json' ? JSON.parse(Message) : { default: Message };
    if (parts.default === undefined)
      throw new ServiceError(
        'InvalidParameterException',
        'Invalid parameter: Message Structure - No default entry in JSON message body',
      );
    if (Subject && !/^[\x21-\x7e][\x20-\x7e]*$/.test(Subject))
      throw new ServiceError('InvalidParameterException', 'Invalid parameter: Subject');
    this.account.measure('subject of a message', Subject?.length ?? 0);
    this.account.measure('message of a topic', utf8Bytes(Message) + attributesBytes(MessageAttributes));
    const attributes = Object.fromEntries(
      Object.entries<Input>(MessageAttributes ?? {}).map(([name, { DataType, StringValue }]) => [
        name,
        DataType === 'String.Array' ? JSON.parse(StringValue) : StringValue,
      ]),
    );
    for (const { logicalId, properties } of this.subscriptions(topic)) {
      const { Protocol, Endpoint, FilterPolicy } = properties;
      if (this.stateOf(logicalId) !== 'confirmed' || (FilterPolicy && !matches(FilterPolicy, attributes))) continue;
      const { DisplayName, TopicName = topic.arn.split(':').at(-1) } = topic.properties;
      const text = parts[Protocol] ?? parts.default;
      const body = Protocol === 'sms' && DisplayName ? `${DisplayName}> ${text}` : text;
      const lost = Protocol === 'sms' ? this.sms.send(Endpoint, body, TopicName) : undefined;
      if (lost) {
        this.account.emit('dropped', { topic: topic.path, to: Endpoint, subject: Subject ?? '', reason: lost });
        continue;
      }
      this.account.clock.after(random.between(300, 2200), () => {
        const { iso: at } = this.account.clock;
        const message = {
          ...{ channel: Protocol, topic: topic.path, to: Endpoint, subject: Subject ?? '', body, at },
          ...(by ? { by } : {}),
        };
        this.messages.push(message);
        this.account.emit('message', {
          channel: Protocol,
          to: Endpoint,
          subject: message.subject,
          topic: topic.properties['DisplayName'],
        });
      });
    }
    return { MessageId: random.uuid() };
  }

  private find(arn: string): Deployed {
    const topic = this.account.ofType('AWS::SNS::Topic').find(({ ref }) => ref === arn);
    if (!topic) throw new ServiceError('NotFoundException', 'Topic does not exist');
    return topic;
  }
}
