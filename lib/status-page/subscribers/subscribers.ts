import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AllowedMethods,
  CachePolicy,
  type Distribution,
  OriginRequestPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { FunctionUrlOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { CfnConfigurationSet, CfnContactList } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { SUBSCRIBE_PATH } from '../../../lambda/domain/subscribers/subscribe-page.ts';
import { customerTemplates, subscribeTemplates } from '../../../templates/samples/customers.ts';
import { Channel, type ChannelParts } from '../../channels/notification-channel.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { OpenDoor } from '../../platform/public-endpoint.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { PatientQueue } from '../../platform/retry-queue.ts';
import { SubscribersTable } from './subscribers-table.ts';

type StatusPage = NonNullable<ServiceConfig['statusPage']>;

interface SubscribersParts extends ChannelParts {
  /** Of the status page: at its host customers subscribe. */
  distribution: Distribution;
}

/** Customers who subscribed to the status page hear by e-mail. */
export function addSubscribers(
  scope: Construct,
  { from }: NonNullable<StatusPage['subscribers']>,
  { distribution, ...parts }: SubscribersParts,
): void {
  const { door } = new Subscribers(scope, 'Subscribers', { from, parts });
  // What is forwarded is what a browser sends, but for the host: Lambda knows its URLs by that.
  const origin = new FunctionUrlOrigin(door.functionUrl);
  for (const path of [SUBSCRIBE_PATH, `${SUBSCRIBE_PATH}/*`])
    distribution.addBehavior(path, origin, {
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    });
}

/** Seconds for reading the whole list and queueing a mail for each: some hundred thousand. */
const FAN_OUT = 300;
/** Seconds after which a mail that SES did not take is tried again. */
const AGAIN = 60;
/**
 * Mails sent at a time: about as many a second as SES lets a new account send, and no more of the account's functions at once
 * than that, which the response needs more.
 */
const AT_A_TIME = 2;

class Subscribers extends Construct {
  readonly door: OpenDoor;
  private readonly parts: ChannelParts;
  private readonly from: string;
  private readonly table: SubscribersTable;

  constructor(scope: Construct, id: string, { from, parts }: { from: string; parts: ChannelParts }) {
    super(scope, id);
    this.parts = parts;
    this.from = from;
    this.table = new SubscribersTable(this, 'Remembered');
    this.list(parts.config.statusPage?.components ?? []);
    this.door = this.createDoor();
    this.fanOut(this.mail());
  }

  /**
   * AWS allows one list in an account and region: a second one fails to deploy. It outlives the stack, and a configuration without
   * subscribers, because nobody could bring back who is on it.
   */
  private list(components: StatusPage['components']): void {
    const { title } = this.parts.config;
    const list = new CfnContactList(this, 'List', {
      contactListName: this.name,
      description: `Customers who hear of disruptions of ${title}`,
      topics: components.map(({ id, name, description }) => ({
        topicName: id,
        displayName: name,
        ...(description ? { description } : {}),
        defaultSubscriptionStatus: 'OPT_OUT',
      })),
    });
    list.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    new CfnConfigurationSet(this, 'Sending', {
      name: this.name,
      // Who cannot be reached, or has complained, is never written to again.
      suppressionOptions: { suppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    });
  }

  private createDoor(): OpenDoor {
    const { title } = this.parts.config;
    // Its own: with the key of the links, a door for everybody could sign what lets people act on incidents.
    const key = new Key(this, 'Key', {
      description: `Confirmations of subscribers to ${title}`,
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const door = new OpenDoor(this, 'Subscribe', {
      folder: 'functions/subscribe',
      description: 'Where customers subscribe to the status page, and confirm it',
      environment: { CONFIRMATIONS_KEY: key.keyArn, CONTACT_LIST: this.name, ...this.environment },
      deployed: this.parts.deployed,
      templates: subscribeTemplates(),
    });
    door.allow(['kms:GenerateMac', 'kms:VerifyMac'], [key.keyArn]);
    door.allow(['ses:CreateContact', 'ses:GetContact', 'ses:UpdateContact'], [this.arn('contact-list', this.name)]);
    this.grantSend(door);
    this.table.allow(door, ['UpdateItem'], 'asked');
    this.table.allow(door, ['GetItem', 'PutItem'], 'used');
    return door;
  }

  /** Sends one mail after the other; what SES refuses for good is put aside. */
  private mail() {
    const deadLetters = this.parts.ownAlarms.deadLetters('Mail', 'Mails that subscribers did not get', { fifo: true });
    const mail = new ResponderFunction(this, 'Mail', {
      folder: 'functions/mail',
      description: 'Tells a subscriber the latest of an incident',
      environment: { CONTACT_LIST: this.name, MAIL_DEAD_LETTERS: deadLetters.queueUrl, ...this.environment },
      timeout: AGAIN - 5,
    });
    const queue = new PatientQueue(mail, 'Queue', { deadLetters, again: AGAIN });
    mail.function.addEventSource(new SqsEventSource(queue, { batchSize: 1, maxConcurrency: AT_A_TIME }));
    mail.allow(['sqs:SendMessage'], [deadLetters.queueArn]);
    this.grantSend(mail);
    this.table.allow(mail, ['GetItem'], 'letter', 'told');
    this.table.allow(mail, ['PutItem'], 'told');
    return queue;
  }

  private fanOut(mails: PatientQueue): void {
    const subscribers = new Channel(this, 'Subscribers', {
      folder: 'functions/subscribers',
      name: 'subscribers',
      description: 'Queues a mail for each subscriber of what an incident affects',
      entries: ['UpdatePosted', 'PostMortemDone'],
      lost: 'Updates that subscribers were not told of',
      again: FAN_OUT,
      environment: {
        CONTACT_LIST: this.name,
        MAIL_QUEUE: mails.queueUrl,
        SUBSCRIBERS_TABLE: this.table.table.tableName,
      },
      templates: customerTemplates(),
      parts: this.parts,
    });
    subscribers.allow(['ses:ListContacts'], [this.arn('contact-list', this.name)]);
    subscribers.allow(['sqs:SendMessage'], [mails.queueArn]);
    this.table.allow(subscribers, ['PutItem'], 'letter');
  }

  /** In that name alone. The identity is the address itself or its domain, whichever is verified. */
  private grantSend(fn: ResponderFunction): void {
    const identities = [this.from, this.from.split('@')[1] ?? ''].map(name => this.arn('identity', name));
    fn.allow(['ses:SendEmail'], [...identities, this.arn('configuration-set', this.name)], {
      StringEquals: { 'ses:FromAddress': this.from },
    });
  }

  private get environment(): Record<string, string> {
    return { CONFIGURATION_SET: this.name, MAIL_FROM: this.from, SUBSCRIBERS_TABLE: this.table.table.tableName };
  }

  /** Of the contact list, and of the configuration set. */
  private get name(): string {
    return `${this.parts.config.service}-status`;
  }

  private arn(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({
      ...{ service: 'ses', resource, resourceName },
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }
}
