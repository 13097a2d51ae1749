import type { Account } from '../../account/account.ts';
import type { Properties } from '../../assembly/assembly.ts';
import { Unsupported } from '../../unsupported.ts';
import type { Queues } from '../sqs.ts';
import type { Functions } from './functions.ts';

/**
 * Lambda's polling of FIFO queues: of each message group one message at a time, in order. One that fails is out of sight for
 * the queue's time, comes again, and goes to the dead letters in the end; the others of its group wait behind it.
 */
export class Polling {
  private readonly account: Account;
  private readonly functions: Functions;
  private readonly queues: Queues;

  constructor(account: Account, functions: Functions, queues: Queues) {
    this.account = account;
    this.functions = functions;
    this.queues = queues;
    for (const { properties } of account.ofType('AWS::Lambda::EventSourceMapping')) {
      const source = String(properties['EventSourceArn']);
      const queue = account.ofType('AWS::SQS::Queue').find(({ arn }) => arn === source);
      if (!queue && !source.startsWith('arn:aws:dynamodb:'))
        throw new Unsupported(`the function ${properties['FunctionName']}`, `the event source ${source}`);
      if (!queue) continue;
      if (!queue.properties['FifoQueue'] || properties['BatchSize'] !== 1)
        throw new Unsupported(`the queue ${queue.path}`, 'polling but of a FIFO queue, one message at a time');
      this.check(properties, source);
      const groups = new Map<string, string[]>();
      queues.takeFrom(source, (body, group) => {
        const waiting = groups.get(group) ?? [];
        groups.set(group, waiting);
        waiting.push(JSON.stringify(body));
        if (waiting.length === 1) this.deliver(properties, queue.properties, waiting, 1);
      });
    }
  }

  private check({ FunctionName: name }: Properties, queue: string): void {
    const role = this.functions.find(name).properties['Role'];
    for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])
      if (!this.account.permissions.allows(role, action, queue))
        throw new Error(`${name} polls ${queue}, but its role does not allow ${action}`);
  }

  private deliver(mapping: Properties, queue: Properties, waiting: string[], time: number): void {
    const { random, clock } = this.account;
    const delay = time === 1 ? random.between(20, 120) : 1000 * (queue['VisibilityTimeout'] ?? 30);
    clock.after(delay, async () => {
      const [body] = waiting;
      const record = {
        messageId: random.uuid(),
        body,
        eventSource: 'aws:sqs',
        eventSourceARN: mapping['EventSourceArn'],
      };
      const { error, milliseconds } = await this.functions.invoke(mapping['FunctionName'], { Records: [record] });
      const { maxReceiveCount, deadLetterTargetArn } = queue['RedrivePolicy'] ?? {};
      if (error && time < (maxReceiveCount ?? Number.POSITIVE_INFINITY))
        return this.deliver(mapping, queue, waiting, time + 1);
      if (error) this.queues.send(deadLetterTargetArn, JSON.parse(body ?? ''));
      clock.after(milliseconds, () => {
        waiting.shift();
        if (waiting.length > 0) this.deliver(mapping, queue, waiting, 1);
      });
    });
  }
}
