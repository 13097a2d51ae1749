import type { Account } from '../../account/account.ts';
import type { Properties } from '../../assembly/assembly.ts';
import type { Deployed } from '../../assembly/resolve.ts';
import { utf8Bytes } from '../../sizes.ts';
import { Unsupported } from '../../unsupported.ts';
import { parsed, type Queues } from '../sqs.ts';
import { fitting } from './batches.ts';
import type { Functions, Invocation } from './functions.ts';

/** The most messages of a FIFO queue in one invocation. */
const LARGEST_BATCH = 10;

interface Message {
  id: string;
  body: string;
  group: string;
  sentAt: number;
  receives: number;
  /** Until then nobody receives it. */
  hiddenUntil: number;
}

/** A queue and the function that is called with its messages. */
interface Source {
  mapping: Properties;
  queue: Deployed;
}

/**
 * Lambda's polling of FIFO queues: of each message group one batch at a time, in order. Messages that fail are out of sight for
 * the queue's time, or for as long as the function says, come again, and go to the dead letters in the end; the others of
 * their group wait behind them.
 */
export class Polling {
  private readonly account: Account;
  private readonly functions: Functions;
  private readonly queues: Queues;

  constructor(account: Account, functions: Functions, queues: Queues) {
    this.account = account;
    this.functions = functions;
    this.queues = queues;
    for (const resource of account.ofType('AWS::Lambda::EventSourceMapping')) {
      const { properties } = resource;
      const source = String(properties['EventSourceArn']);
      const queue = account.ofType('AWS::SQS::Queue').find(({ arn }) => arn === source);
      if (!queue && !source.startsWith('arn:aws:dynamodb:'))
        throw new Unsupported(`the function ${properties['FunctionName']}`, `the event source ${source}`);
      if (!queue) continue;
      this.check(properties, queue);
      const groups = new Map<string, Message[]>();
      let exists = false;
      account.whenCreated(resource, () => {
        exists = true;
        for (const waiting of groups.values()) this.deliver({ mapping: properties, queue }, waiting, this.moment());
      });
      queues.takeFrom(source, {
        take: (body, group) => {
          const waiting = groups.get(group) ?? [];
          groups.set(group, waiting);
          waiting.push(this.message(body, group));
          if (exists && waiting.length === 1) this.deliver({ mapping: properties, queue }, waiting, this.moment());
        },
        oldest: () =>
          [...groups.values()]
            .flat()
            .map(({ sentAt }) => sentAt)
            .sort((a, b) => a - b)[0],
      });
    }
  }

  private check({ FunctionName: name, BatchSize, ...mapping }: Properties, { path, arn, properties }: Deployed): void {
    if (!properties['FifoQueue']) throw new Unsupported(`the queue ${path}`, 'polling but of a FIFO queue');
    if (!(BatchSize <= LARGEST_BATCH))
      throw new Error(`a batch of the FIFO queue ${path} has at most ${LARGEST_BATCH}`);
    if (mapping['MaximumBatchingWindowInSeconds'] || mapping['FilterCriteria'])
      throw new Unsupported(`the queue ${path}`, 'a batching window or a filter');
    const { Role: role, Timeout: timeout = 3 } = this.functions.find(name).properties;
    if (timeout > visibilityOf(properties))
      throw new Error(`${name} may take ${timeout} s, longer than ${path} hides a message`);
    for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])
      if (!this.account.permissions.allows(role, action, arn))
        throw new Error(`${name} polls ${arn}, but its role does not allow ${action}`);
  }

  private message(body: unknown, group: string): Message {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    this.account.sizes.count('message of a queue', utf8Bytes(text));
    return { id: '', body: text, group, sentAt: this.account.clock.now, receives: 0, hiddenUntil: 0 };
  }

  /** The time that Lambda takes to find messages. */
  private moment(): number {
    return this.account.random.between(20, 120);
  }

  private deliver(source: Source, waiting: Message[], delay: number): void {
    const { clock } = this.account;
    clock.after(delay, async () => {
      const batch = fitting(waiting.slice(0, source.mapping['BatchSize']));
      const Records = batch.map(message => this.receive(source, message));
      const invocation = await this.functions.invoke(source.mapping['FunctionName'], { Records });
      for (const { receiptHandle } of Records) this.queues.inFlight.delete(receiptHandle);
      const kept = this.retried(source, failedOf(batch, source.mapping, invocation));
      waiting.splice(0, batch.length, ...kept);
      if (kept.length > 0)
        return this.deliver(source, waiting, Math.max(...kept.map(({ hiddenUntil }) => hiddenUntil)) - clock.now);
      if (waiting.length > 0) this.deliver(source, waiting, this.moment());
    });
  }

  /** Hides a message and gives it as Lambda does. */
  private receive({ mapping, queue }: Source, message: Message) {
    const { clock, random, region } = this.account;
    message.id ||= random.uuid();
    message.receives += 1;
    const hide = (seconds: number) => {
      message.hiddenUntil = clock.now + 1000 * seconds;
    };
    hide(visibilityOf(queue.properties));
    const receiptHandle = `${message.id}/${message.receives}`;
    this.queues.inFlight.set(receiptHandle, hide);
    return {
      messageId: message.id,
      receiptHandle,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receives),
        SentTimestamp: String(message.sentAt),
        MessageGroupId: message.group,
      },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: mapping['EventSourceArn'],
      awsRegion: region,
    };
  }

  /** The failed messages that come again; the others go to the dead letters. */
  private retried({ queue }: Source, failed: Message[]): Message[] {
    const { maxReceiveCount = Number.POSITIVE_INFINITY, deadLetterTargetArn } = queue.properties['RedrivePolicy'] ?? {};
    for (const { body } of failed.filter(({ receives }) => receives >= maxReceiveCount))
      this.queues.send(deadLetterTargetArn, parsed(body));
    return failed.filter(({ receives }) => receives < maxReceiveCount);
  }
}

const visibilityOf = (queue: Properties): number => queue['VisibilityTimeout'] ?? 30;

/** The messages that were not processed. An answer that names a message which is not in the batch fails all of it. */
function failedOf(batch: Message[], mapping: Properties, { error, payload }: Invocation): Message[] {
  if (error) return batch;
  if (!mapping['FunctionResponseTypes']?.includes('ReportBatchItemFailures')) return [];
  const { batchItemFailures } = (payload ?? {}) as { batchItemFailures?: { itemIdentifier?: string }[] | null };
  const named = (batchItemFailures ?? []).map(({ itemIdentifier }) => batch.find(({ id }) => id === itemIdentifier));
  return named.includes(undefined) ? batch : batch.filter(message => named.includes(message));
}
