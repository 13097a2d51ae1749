import type { Account } from './account.ts';
import type { Metrics } from './metrics.ts';

/** SQS, as far as dead letters need it. */
export class Queues {
  private readonly account: Account;
  private readonly messages = new Map<string, unknown[]>();

  constructor(account: Account) {
    this.account = account;
    for (const { arn } of account.ofType('AWS::SQS::Queue')) this.messages.set(arn, []);
  }

  send(arn: string, body: unknown): void {
    const messages = this.messages.get(arn);
    if (!messages) throw new Error(`there is no queue ${arn}`);
    messages.push(body);
    this.account.emit('dead letter', { queue: arn.split(':').at(-1), body });
  }

  /** Messages waiting in all queues. */
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
