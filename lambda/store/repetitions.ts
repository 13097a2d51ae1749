import { createHash } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Signal, SignalState } from '../domain/incident/signal.ts';
import type { IncidentKey } from './keys.ts';
import { pack, unpack } from './packed.ts';
import { client, type ItemKey, putVersion, TableName } from './table.ts';

/** The last change of a flapping signal, and the number of its changes since it began to flap, which no event tells. */
export type Repetition = Pick<Signal, 'state' | 'at'> & { changes: number };

/** As they are stored, by a hash of the signal's key. Every change rewrites them all, and two hundred may flap at once. */
type Stored = Record<string, [state: SignalState, at: number, since: number, changes: number]>;

/** The counted changes of an incident's flapping signals. */
export class Repetitions {
  readonly stored: Stored;

  constructor(stored: Stored) {
    this.stored = stored;
  }

  /** A later flapping, by its beginning, is counted anew. */
  of(key: string, since: string): Repetition | undefined {
    const [state, at, from, changes] = this.stored[nameOf(key)] ?? [];
    if (!state || !at || !changes || from !== Date.parse(since)) return undefined;
    return { state, at: new Date(at).toISOString(), changes };
  }

  /** Counts of the signals that flap now. Alarms that are deployed under new names would make them ever more. */
  only(keys: readonly string[]): Repetitions {
    const names = new Set(keys.map(nameOf));
    return new Repetitions(Object.fromEntries(Object.entries(this.stored).filter(([name]) => names.has(name))));
  }

  /** One that was counted before, or is older than the last, does not count. */
  with({ key, state, at, since }: RepeatedSignal): Repetitions {
    const [then, from] = [Date.parse(at), Date.parse(since)];
    const last = this.stored[nameOf(key)];
    const known = last?.[2] === from ? last : undefined;
    if (known && known[1] >= then) return this;
    return new Repetitions({ ...this.stored, [nameOf(key)]: [state, then, from, (known?.[3] ?? 0) + 1] });
  }
}

const nameOf = (key: string) => createHash('sha256').update(key).digest('base64url').slice(0, 9);

/** A change to be counted. */
export type RepeatedSignal = Signal & { since: string };

const Key = ({ slot, number }: IncidentKey): ItemKey => ({ pk: `repeated/${slot}`, sk: String(number) });

/** Writers that count at the same moment begin again, at most so often. */
const TRIES = 5;

/** The counted changes of an incident's flapping signals. */
export const readRepetitions = async (key: IncidentKey): Promise<Repetitions> => (await read(key)).repetitions;

/** Counts changes of flapping signals in one write, and keeps those of the signals that flap. */
export async function countRepetitions(
  key: IncidentKey,
  signals: readonly RepeatedSignal[],
  flapping: readonly string[],
): Promise<Repetitions> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { version, repetitions } = await read(key);
    const counted = signals.reduce((sum, signal) => sum.with(signal), repetitions);
    if (counted === repetitions || (await write(key, version, counted.only(flapping)))) return counted;
  }
  throw new Error(`the repetitions of ${key.slot} ${key.number} were changed by others ${TRIES} times in a row`);
}

async function read(key: IncidentKey): Promise<{ version: number; repetitions: Repetitions }> {
  const { Item } = await client.send(new GetCommand({ TableName: TableName(), Key: Key(key), ConsistentRead: true }));
  if (!Item) return { version: 0, repetitions: new Repetitions({}) };
  return { version: Item['version'], repetitions: new Repetitions(unpack<Stored>(Item['repetitions'])) };
}

const write = (key: IncidentKey, version: number, repetitions: Repetitions): Promise<boolean> =>
  putVersion({ ...Key(key), repetitions: pack(repetitions.stored) }, version);
