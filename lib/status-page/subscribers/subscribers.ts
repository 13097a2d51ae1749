import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
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
import { customerUpdateSamples, subscribeSamples } from '../../../templates/samples/customers.ts';
import { type ChannelParts, NotificationChannel } from '../../channels/notification-channel.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { PublicEndpoint } from '../../platform/public-endpoint.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { RetryQueue } from '../../platform/retry-queue.ts';
import { SubscribersTable } from './subscribers-table.ts';

type StatusPage = NonNullable<ServiceConfig['statusPage']>;

export interface SubscribersProps extends NonNullable<StatusPage['subscribers']> {
  responder: ChannelParts;
  /** The status page's distribution: customers subscribe at its host. */
  distribution: Distribution;
}

/** Time to read the whole list and queue a mail for each subscriber: some hundred thousand. */
const FAN_OUT = Duration.minutes(5);
/** A mail that SES did not take is tried again after this time. */
const MAIL_RETRY = Duration.minutes(1);
/**
 * Mails sent at a time: about as many a second as SES lets a new account send, and no more of the account's concurrent
 * functions, which the response needs more.
 */
const AT_A_TIME = 2;

/** Customers subscribe at the status page's host, and are notified by e-mail. */
export class Subscribers extends Construct {
  private readonly responder: ChannelParts;
  private readonly from: string;
  private readonly table: SubscribersTable;

  constructor(scope: Construct, id: string, { from, responder, distribution }: SubscribersProps) {
    super(scope, id);
    this.responder = responder;
    this.from = from;
    this.table = new SubscribersTable(this, 'Remembered');
    this.addContactList(responder.config.statusPage?.components ?? []);
    const endpoint = this.addEndpoint();
    this.addFanOut(this.addMailer());
    // Every header of the browser is forwarded but the host: Lambda routes its URLs by that.
    const origin = new FunctionUrlOrigin(endpoint.functionUrl);
    for (const path of [SUBSCRIBE_PATH, `${SUBSCRIBE_PATH}/*`])
      distribution.addBehavior(path, origin, {
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      });
  }

  /**
   * AWS allows one list in an account and region: a second one fails to deploy. It outlives the stack, and a configuration without
   * subscribers, because nobody could bring back who is on it.
   */
  private addContactList(components: StatusPage['components']): void {
    const { title } = this.responder.config;
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
      // People who cannot be reached, or have complained, are never written to again.
      suppressionOptions: { suppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    });
  }

  /** The endpoint's key is its own: with the key of the links, an endpoint for everybody could sign links that let people act on incidents. */
  private addEndpoint(): PublicEndpoint {
    const { config, incidents } = this.responder;
    const key = new Key(this, 'Key', {
      description: `Confirmations of subscribers to ${config.title}`,
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const endpoint = new PublicEndpoint(this, 'Subscribe', {
      folder: 'functions/subscribe',
      description: 'Where customers subscribe to the status page, and confirm it',
      environment: {
        ...{ CONFIRMATIONS_KEY: key.keyArn, CONTACT_LIST: this.name },
        ...incidents.environment,
        ...this.environment,
      },
      templates: this.responder.templates.for(subscribeSamples()),
    });
    endpoint.addToRolePolicy({ actions: ['kms:GenerateMac', 'kms:VerifyMac'], resources: [key.keyArn] });
    endpoint.addToRolePolicy({
      actions: ['ses:CreateContact', 'ses:GetContact', 'ses:UpdateContact'],
      resources: [this.arn('contact-list', this.name)],
    });
    this.grantSend(endpoint);
    incidents.grantReadDeployed(endpoint, ['deployment']);
    this.table.grantItems(endpoint, ['UpdateItem'], 'asked');
    this.table.grantItems(endpoint, ['GetItem', 'PutItem'], 'used');
    return endpoint;
  }

  /** Sends one mail after the other; a mail that SES refuses for good becomes a dead letter. Gives the queue of the mails. */
  private addMailer(): RetryQueue {
    const deadLetters = this.responder.ownAlarms.addDeadLetterQueue('Mail', 'Mails that subscribers did not get', {
      fifo: true,
    });
    const mail = new ResponderFunction(this, 'Mail', {
      folder: 'functions/mail',
      description: 'Tells a subscriber the latest of an incident',
      environment: { CONTACT_LIST: this.name, MAIL_DEAD_LETTERS: deadLetters.queueUrl, ...this.environment },
      timeout: MAIL_RETRY.minus(Duration.seconds(5)),
    });
    const queue = new RetryQueue(mail, 'Queue', { deadLetters, retryAfter: MAIL_RETRY });
    mail.function.addEventSource(new SqsEventSource(queue, { batchSize: 1, maxConcurrency: AT_A_TIME }));
    mail.addToRolePolicy({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] });
    this.grantSend(mail);
    this.table.grantItems(mail, ['GetItem'], 'letter', 'told');
    this.table.grantItems(mail, ['PutItem'], 'told');
    return queue;
  }

  private addFanOut(mails: RetryQueue): void {
    const subscribers = new NotificationChannel(this, 'Subscribers', {
      folder: 'functions/subscribers',
      name: 'subscribers',
      description: 'Queues a mail for each subscriber of what an incident affects',
      eventTypes: ['UpdatePosted', 'PostMortemDone'],
      deadLetterDescription: 'Updates that subscribers were not told of',
      retryAfter: FAN_OUT,
      environment: {
        CONTACT_LIST: this.name,
        MAIL_QUEUE: mails.queueUrl,
        SUBSCRIBERS_TABLE: this.table.table.tableName,
      },
      templates: this.responder.templates.for(customerUpdateSamples()),
      responder: this.responder,
    });
    subscribers.addToRolePolicy({ actions: ['ses:ListContacts'], resources: [this.arn('contact-list', this.name)] });
    subscribers.addToRolePolicy({ actions: ['sqs:SendMessage'], resources: [mails.queueArn] });
    this.table.grantItems(subscribers, ['UpdateItem'], 'letter');
  }

  /** Lets a function send in the configured name alone. The identity is the address itself or its domain, whichever is verified. */
  private grantSend(fn: ResponderFunction): void {
    const identities = [this.from, this.from.split('@')[1] ?? ''].map(name => this.arn('identity', name));
    fn.addToRolePolicy({
      actions: ['ses:SendEmail'],
      resources: [...identities, this.arn('configuration-set', this.name)],
      conditions: {
        StringEquals: { 'ses:FromAddress': this.from },
      },
    });
  }

  private get environment(): Record<string, string> {
    return { CONFIGURATION_SET: this.name, MAIL_FROM: this.from, SUBSCRIBERS_TABLE: this.table.table.tableName };
  }

  /** The name of both the contact list and the configuration set. */
  private get name(): string {
    return `${this.responder.config.service}-status`;
  }

  private arn(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({
      ...{ service: 'ses', resource, resourceName },
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }
}
