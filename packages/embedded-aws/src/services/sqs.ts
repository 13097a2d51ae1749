import { createHash } from 'node:crypto';
import { type Account, type Input, ServiceError } from '../account/account.ts';
import type { Deployed } from '../assembly/resolve.ts';
import { utf8Bytes } from '../sizes.ts';
import type { Metrics } from './cloudwatch/metrics.ts';

/** Milliseconds for which a FIFO queue knows what it was sent. */
const DEDUPLICATION = 5 * 60_000;

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

  constructor(account: Account) {
    this.account = account;
    for (const { arn } of account.ofType('AWS::SQS::Queue')) this.messages.set(arn, []);
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

  /** Puts the metrics of each queue: how many messages stay in it, and for how many seconds the oldest waits to be taken. */
  measure(metrics: Metrics): void {
    for (const { arn, properties } of this.account.ofType('AWS::SQS::Queue')) {
      const QueueName = properties['QueueName'] ?? arn.split(':').at(-1);
      metrics.put('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName }, this.messages.get(arn)?.length ?? 0);
      const { now } = this.account.clock;
      const age = (now - (this.takers.get(arn)?.oldest() ?? now)) / 1000;
      metrics.put('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName }, age);
    }
  }
}
