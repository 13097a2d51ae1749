import { Stream } from 'node:stream';
import { type Item, toWire } from './items.ts';

type Done<Result> = (error: unknown, result?: Result) => void;

/** A part of the keys, as dynalite asks its database for it. No key is `lte` itself, which ends with `~`. `limit` is -1 for all. */
export interface Range {
  gt?: string;
  gte?: string;
  lt?: string;
  lte?: string;
  reverse?: boolean;
  limit?: number;
}

const NOT_FOUND = Object.assign(new Error('there is no such item'), { name: 'NotFoundError' });

/** Items in the order of their keys, in the shape of one of dynalite's databases. */
export class OrderedItems {
  private readonly keys: string[] = [];
  private readonly items = new Map<string, Item>();

  /** Nothing waits: each request is done before the next begins. */
  lock(_key: string, run: (release: <Callback>(callback: Callback) => Callback) => void): void {
    run(callback => callback);
  }

  find(key: string): Item | undefined {
    return this.items.get(key);
  }

  get(key: string, done: Done<Item>): void {
    const item = this.find(key);
    if (item) done(null, item);
    else done(NOT_FOUND);
  }

  put(key: string, item: Item, done: Done<void>): void {
    if (!this.items.has(key)) this.keys.splice(this.indexOf(key), 0, key);
    // Dynalite gives objects of a kind that is slow to read, and names attributes in indexes that an item may lack.
    this.items.set(key, toWire(item));
    done(null);
  }

  del(key: string, done: Done<void>): void {
    if (this.items.delete(key)) this.keys.splice(this.indexOf(key), 1);
    done(null);
  }

  createValueStream({ gt, gte, lt, lte, reverse = false, limit = -1 }: Range): Stream {
    const from = gt === undefined ? this.indexOf(gte ?? '') : this.indexOf(gt, true);
    const last = lte ?? lt;
    const to = last === undefined ? this.keys.length : this.indexOf(last);
    const most = limit < 0 ? to - from : limit;
    const keys = reverse
      ? this.keys.slice(Math.max(from, to - most), to).reverse()
      : this.keys.slice(from, Math.min(to, from + most));
    return new Values(keys.map(key => this.items.get(key)));
  }

  /** The index of the first key that is not before this one, or, with `after`, that is after it. */
  private indexOf(key: string, after = false): number {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const known = this.keys[middle] ?? '';
      if (known < key || (after && known === key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Gives all values as soon as they are listened for. A `Readable` would take a turn for each, and most of the time of a query. */
class Values extends Stream {
  private over = false;

  constructor(values: readonly unknown[]) {
    super();
    process.nextTick(() => {
      for (const value of values) if (!this.over) this.emit('data', value);
      if (!this.over) this.emit('end');
    });
  }

  destroy(): void {
    this.over = true;
  }
}
