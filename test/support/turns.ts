import { AsyncLocalStorage } from 'node:async_hooks';
import { InternalServerError } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Random } from 'embedded-aws';
import type { Send, TableCommand } from './memory-table.ts';

/** The chances of a call that it never arrives, that its answer is lost, and that its writer ends before or after it. */
export interface Misfortune {
  lost: number;
  unheard: number;
  crash: number;
  /** The chance that a read which need not be consistent finds the item as it was before its last write. */
  stale: number;
}

interface Writer {
  turns: Turns;
  process: string;
  /** Ends the writer for good: it hears no answer. */
  crash(): typeof CRASHED;
}

/** The answer that a writer never hears. */
const CRASHED = Symbol('crashed');

const writers = new AsyncLocalStorage<Writer>();

/** Stands in for the table's name, by which a process knows what it remembers: writers share nothing but the table. */
export function tableName() {
  const writer = writers.getStore();
  return `${process.env['INCIDENTS_TABLE']}${writer ? `#${writer.process}` : ''}`;
}

/** Stands in for a pause: others may take their turns. */
export const pause = async (): Promise<void> => writers.getStore()?.turns.turn(async () => undefined);

/** Writers of one table, which take turns at each of its calls. Who is next, and what goes wrong, is decided by a seed. */
export class Turns {
  misfortune: Misfortune = { lost: 0, unheard: 0, crash: 0, stale: 0 };
  private readonly random: Random;
  private readonly table: Send;
  private readonly afterWrite: () => Promise<void>;
  private readonly waiting: (() => Promise<void>)[] = [];
  /** The items as they were before they were last written, by their keys. */
  private readonly earlier = new Map<string, unknown>();

  constructor(random: Random, table: Send, afterWrite: () => Promise<void>) {
    [this.random, this.afterWrite] = [random, afterWrite];
    this.table = command => {
      command.input.TableName = command.input.TableName?.split('#')[0];
      return table(command);
    };
  }

  /** Whoever is no writer reads at once. */
  readonly send: Send = command => {
    const writer = writers.getStore();
    return writer ? this.turn(() => this.call(command, writer)) : this.table(command);
  };

  /** Starts a writer in a process of that name. It ends with its result, or its error, or by a crash. */
  start<Result>(process: string, act: () => Promise<Result>): Promise<Result | 'crashed'> {
    return new Promise((resolve, reject) => {
      const crash = (): typeof CRASHED => {
        resolve('crashed');
        return CRASHED;
      };
      writers.run({ turns: this, process, crash }, () => act().then(resolve, reject));
    });
  }

  /** Gives turns until the work of all writers is done. */
  async finish(work: Promise<unknown>): Promise<void> {
    let working = true;
    const done = work.finally(() => {
      working = false;
    });
    done.catch(() => undefined);
    while (working) {
      await new Promise(setImmediate);
      const [next] = this.waiting.splice(this.random.between(0, this.waiting.length - 1), 1);
      await next?.();
    }
    await done;
  }

  turn<Result>(act: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push(() => act().then(answer => (answer === CRASHED ? undefined : resolve(answer)), reject));
    });
  }

  private async call(command: TableCommand, writer: Writer): Promise<unknown> {
    const { lost, unheard, crash } = this.misfortune;
    if (this.happens(crash)) return writer.crash();
    if (this.happens(lost)) throw failure('the call was lost');
    const answer = await this.carryOut(command);
    if (this.happens(crash)) return writer.crash();
    if (this.happens(unheard)) throw failure('the answer was lost');
    return answer;
  }

  private async carryOut(command: TableCommand): Promise<unknown> {
    if (command instanceof GetCommand && !command.input.ConsistentRead) {
      const key = JSON.stringify(command.input.Key);
      if (this.earlier.has(key) && this.happens(this.misfortune.stale)) return { Item: this.earlier.get(key) };
    }
    if (!(command instanceof PutCommand || command instanceof UpdateCommand)) return this.table(command);
    const { pk, sk } = (command instanceof PutCommand ? command.input.Item : command.input.Key) ?? {};
    const read = new GetCommand({ TableName: command.input.TableName, Key: { pk, sk }, ConsistentRead: true });
    const { Item } = (await this.table(read)) as { Item?: unknown };
    const answer = await this.table(command);
    this.earlier.set(JSON.stringify({ pk, sk }), Item);
    await this.afterWrite();
    return answer;
  }

  private happens(chance: number): boolean {
    return chance > 0 && this.random.next() < chance;
  }
}

const failure = (message: string) => new InternalServerError({ message, $metadata: {} });
