import type { Account } from './account.ts';
import type { Metrics } from './metrics.ts';

/** SQS: queues of dead letters, and those that somebody takes from (see `polling.ts`). */
export class Queues {
  private readonly account: Account;
  private readonly messages = new Map<string, unknown[]>();
  private readonly takers = new Map<string, (body: unknown) => void>();

  constructor(account: Account) {
    this.account = account;
    for (const { arn } of account.ofType('AWS::SQS::Queue')) this.messages.set(arn, []);
  }

  send(arn: string, body: unknown): void {
    const taker = this.takers.get(arn);
    if (taker) {
      taker(body);
      return;
    }
    const messages = this.messages.get(arn);
    if (!messages) throw new Error(`there is no queue ${arn}`);
    messages.push(body);
    this.account.emit('dead letter', { queue: arn.split(':').at(-1), body });
  }

  /** Whoever takes from a queue: what is sent there is no dead letter. */
  takeFrom(arn: string, taker: (body: unknown) => void): void {
    this.takers.set(arn, taker);
  }

  /** Dead letters in all queues. */
  get total(): number {
    return [...this.messages.values()].reduce((sum, messages) => sum + messages.length, 0);
  }

  /** How many messages wait in each queue, as a metric. */
  measure(metrics: Metrics): void {
    for (const { arn, properties } of this.account.ofType('AWS::SQS::Queue')) {
      const QueueName = properties['QueueName'] ?? arn.split(':').at(-1);
      metrics.put('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName }, this.messages.get(arn)?.length ?? 0);
    }
  }
}
