import { createHash } from 'node:crypto';
import { type Account, type Input, ServiceError } from '../account/account.ts';
import type { Deployed } from '../assembly/resolve.ts';
import type { Random } from '../random.ts';
import { utf8Bytes } from '../sizes.ts';
import type { Metrics } from './cloudwatch/metrics.ts';

/** Milliseconds for which a FIFO queue knows what it was sent. */
const DEDUPLICATION = 5 * 60_000;

const HOUR = 60 * 60_000;

/** Milliseconds without a message or a request after which a queue counts as inactive, and has no metrics. */
const AWAKE = 6 * HOUR;

/** The most milliseconds by which metrics are late that begin again. */
const WAKING = 15 * 60_000;

/** A message's body as an object, or as text where it is no JSON. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** The most bytes of a message that a queue takes, where it has a limit of its own. */
const mostOf = ({ properties }: Deployed): number | undefined => properties['MaximumMessageSize'];

/** Gets each message of a queue at once, and knows since when the oldest waits. */
interface Taker {
  take: (body: unknown, group: string) => void;
  oldest: () => number | undefined;
}

/** SQS: queues that functions poll (see `lambda/polling.ts`), and queues in which messages stay. */
export class Queues {
  private readonly account: Account;
  private readonly messages = new Map<string, unknown[]>();
  private readonly takers = new Map<string, Taker>();
  /** By its receipt handle, hides a message that is being processed for so many seconds. */
  readonly inFlight = new Map<string, (seconds: number) => void>();
  private readonly sent = new Map<string, number>();
  /** When something last happened in a queue; none in those that were there long before. */
  private readonly active = new Map<string, number>();
  /** The moment from which a queue that woke up has metrics again. */
  private readonly measuredFrom = new Map<string, number>();
  private readonly random: Random;

  /** @param isNew true where queues are created in time, and are active from then on */
  constructor(account: Account, isNew = false) {
    this.account = account;
    this.random = account.random.of('metrics of queues');
    for (const queue of account.ofType('AWS::SQS::Queue')) {
      this.messages.set(queue.arn, []);
      if (isNew) account.whenCreated(queue, () => this.active.set(queue.arn, account.clock.now));
    }
    const resources = ({ QueueUrl }: Input) => [this.find(QueueUrl).arn];
    account.provide('sqs', {
      SendMessage: { resources, run: input => this.accept(this.find(input['QueueUrl']), input) },
      ChangeMessageVisibilityBatch: {
        ...{ action: 'ChangeMessageVisibility', resources },
        run: ({ Entries }) => ({ Successful: (Entries as Input[]).map(entry => this.hide(entry)), Failed: [] }),
      },
      SendMessageBatch: {
        ...{ action: 'SendMessage', resources },
        run: ({ QueueUrl, Entries }) => {
          const queue = this.find(QueueUrl);
          if (Entries.length > 10)
            throw new ServiceError('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
          const size = (Entries as Input[]).reduce((sum, { MessageBody }) => sum + utf8Bytes(MessageBody), 0);
          account.measure('messages of a request', size, mostOf(queue));
          return {
            Successful: (Entries as Input[]).map(entry => ({ Id: entry['Id'], ...this.accept(queue, entry) })),
            Failed: [],
          };
        },
      },
    });
  }

  /** Sends a message. `group` is that of a FIFO queue; all that EventBridge sends is of one group. */
  send(arn: string, body: unknown, group = ''): void {
    this.touch(arn);
    const taker = this.takers.get(arn);
    if (taker) {
      taker.take(body, group);
      return;
    }
    const messages = this.messages.get(arn);
    if (!messages) throw new Error(`there is no queue ${arn}`);
    messages.push(body);
    this.account.emit('dead letter', { queue: arn.split(':').at(-1), body });
  }

  /** Notes that something happens in a queue, by which it becomes active. */
  private touch(arn: string): void {
    const { now } = this.account.clock;
    if (!this.isAwake(arn)) this.measuredFrom.set(arn, now + this.random.between(0, WAKING));
    this.active.set(arn, now);
  }

  /** Functions poll a queue all the time. */
  private isAwake(arn: string): boolean {
    if (this.takers.has(arn) || this.messages.get(arn)?.length) return true;
    return this.account.clock.now - (this.active.get(arn) ?? Number.NEGATIVE_INFINITY) < AWAKE;
  }

  takeFrom(arn: string, taker: Taker): void {
    this.takers.set(arn, taker);
  }

  private accept(queue: Deployed, { MessageBody, MessageGroupId }: Input) {
    const { arn, properties } = queue;
    this.account.measure('message of a queue', utf8Bytes(MessageBody), mostOf(queue));
    if (!properties['FifoQueue'] || !properties['ContentBasedDeduplication'] || !MessageGroupId)
      throw new ServiceError(
        'InvalidParameterValue',
        `${arn} takes messages of a group, and knows them by their content`,
      );
    const { now } = this.account.clock;
    const answer = { MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
    const known = `${arn} ${MessageBody}`;
    const before = this.sent.get(known);
    if (before !== undefined && now - before < DEDUPLICATION) return answer;
    this.sent.set(known, now);
    this.send(arn, parsed(MessageBody), MessageGroupId);
    return answer;
  }

  private hide({ Id, ReceiptHandle, VisibilityTimeout }: Input) {
    const hide = this.inFlight.get(ReceiptHandle);
    if (!hide)
      throw new ServiceError('ReceiptHandleIsInvalid', `The input receipt handle ${ReceiptHandle} is invalid.`);
    if (!(VisibilityTimeout >= 0 && VisibilityTimeout <= 43_200))
      throw new ServiceError('InvalidParameterValue', `VisibilityTimeout ${VisibilityTimeout} is not from 0 to 43200`);
    hide(VisibilityTimeout);
    return { Id };
  }

  private find(url: string): Deployed {
    const queue = this.account.ofType('AWS::SQS::Queue').find(({ ref }) => ref === url);
    if (!queue) throw new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  /** The number of messages that stay in all queues. */
  get total(): number {
    return [...this.messages.values()].reduce((sum, messages) => sum + messages.length, 0);
  }

  /**
   * Puts the metrics of each active queue: how many messages stay in it, and for how many seconds the oldest waits to be taken, if
   * there is one. Those of a queue that has just become active come late.
   */
  measure(metrics: Metrics): void {
    const { now } = this.account.clock;
    for (const { arn, properties } of this.account.ofType('AWS::SQS::Queue')) {
      if (!this.isAwake(arn) || now < (this.measuredFrom.get(arn) ?? 0)) continue;
      const QueueName = properties['QueueName'] ?? arn.split(':').at(-1);
      metrics.put('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName }, this.messages.get(arn)?.length ?? 0);
      const oldest = this.takers.get(arn)?.oldest();
      if (oldest !== undefined)
        metrics.put('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName }, (now - oldest) / 1000);
    }
  }
}
