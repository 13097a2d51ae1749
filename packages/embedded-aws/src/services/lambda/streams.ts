import type { Account } from '../../account/account.ts';
import type { Properties } from '../../assembly/assembly.ts';
import { matcher } from '../../engine/event-pattern.ts';
import type { StreamRecord, Tables } from '../dynamodb/tables.ts';
import type { Queues } from '../sqs.ts';
import { fitting } from './batches.ts';
import type { Functions } from './functions.ts';

/** Delivers a table's changes to the functions mapped to its stream: in order, again until they are taken, then aside. */
export class Streams {
  private readonly account: Account;
  private readonly functions: Functions;
  private readonly queues: Queues;

  constructor(account: Account, tables: Tables, functions: Functions, queues: Queues) {
    this.account = account;
    this.functions = functions;
    this.queues = queues;
    for (const resource of account.ofType('AWS::Lambda::EventSourceMapping')) {
      const { properties } = resource;
      const patterns = patternsOf(properties);
      const waiting: ReturnType<typeof toRecord>[] = [];
      let exists = false;
      account.whenCreated(resource, () => {
        exists = true;
        if (waiting.length > 0) this.deliver(properties, waiting, 0);
      });
      tables.onRecord(record => {
        if (!String(properties['EventSourceArn']).startsWith(`${record.tableArn}/stream/`)) return;
        const shaped = toRecord(record, account);
        if (patterns.length > 0 && !patterns.some(matcher(shaped))) return;
        if (!exists && properties['StartingPosition'] !== 'TRIM_HORIZON') return;
        waiting.push(shaped);
        if (exists && waiting.length === 1) this.deliver(properties, waiting, 0, windowOf(properties));
      });
    }
  }

  /** @param window milliseconds for which Lambda gathers records, even if there is a whole batch before */
  private deliver(mapping: Properties, waiting: ReturnType<typeof toRecord>[], failures: number, window = 0): void {
    const pause = failures === 0 ? this.account.random.between(80, 350) : Math.min(60_000, 1000 * 2 ** failures);
    this.account.clock.after(pause + window, async () => {
      const batch = fitting(waiting.slice(0, sizeOf(mapping)));
      const { payload, error } = await this.functions.invoke(mapping['FunctionName'], { Records: batch });
      const refused =
        (payload as { batchItemFailures?: { itemIdentifier: string }[] } | undefined)?.batchItemFailures ?? [];
      const first = batch.findIndex(({ dynamodb }) =>
        refused.some(({ itemIdentifier }) => itemIdentifier === dynamodb.SequenceNumber),
      );
      const taken = error ? 0 : first === -1 ? batch.length : first;
      waiting.splice(0, taken);
      if (taken === 0 && failures >= (mapping['MaximumRetryAttempts'] ?? 10_000)) {
        const destination = mapping['DestinationConfig']?.['OnFailure']?.['Destination'];
        if (destination) this.queues.send(destination, waiting[0]);
        waiting.shift();
      }
      if (waiting.length === 0) return;
      if (taken === 0) this.deliver(mapping, waiting, failures + 1);
      else this.deliver(mapping, waiting, 0, waiting.length < sizeOf(mapping) ? windowOf(mapping) : 0);
    });
  }
}

const sizeOf = (mapping: Properties): number => mapping['BatchSize'] ?? 100;
const windowOf = (mapping: Properties): number => 1000 * (mapping['MaximumBatchingWindowInSeconds'] ?? 0);

function toRecord({ tableArn, sequence, keys, before, after }: StreamRecord, { clock, region }: Account) {
  return {
    eventID: sequence,
    eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    eventSourceARN: `${tableArn}/stream/2026-01-01T00:00:00.000`,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(clock.now / 1000),
      Keys: keys,
      NewImage: after,
      OldImage: before,
      SequenceNumber: sequence,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}

const patternsOf = (mapping: Properties): object[] =>
  ((mapping['FilterCriteria']?.['Filters'] ?? []) as { Pattern: string }[]).map(({ Pattern }) => JSON.parse(Pattern));
