import { deflateSync, inflateSync } from 'node:zlib';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Signal } from '../domain/incident/signal.ts';
import type { IncidentKey } from './keys.ts';
import { client, type ItemKey, putVersion, TableName } from './table.ts';

/** The changes of a flapping signal since it began to flap, which no event tells. */
export interface Repetition extends Pick<Signal, 'state' | 'level' | 'summary' | 'at'> {
  /** Since when the signal flaps; a later flapping is counted anew. */
  since: string;
  changes: number;
}

export type Repetitions = Record<string, Repetition>;

/** A change to be counted. */
export type RepeatedSignal = Signal & { since: string };

const Key = ({ slot, number }: IncidentKey): ItemKey => ({ pk: `repeated/${slot}`, sk: String(number) });

/** Writers that count at the same moment begin again, at most so often. */
const TRIES = 5;

/** The counted changes of an incident's flapping signals, by their keys. */
export const readRepetitions = async (key: IncidentKey): Promise<Repetitions> => (await read(key)).repetitions;

/** Counts changes of flapping signals in one write; one that was counted before, or is older than the last, does not count. */
export async function countRepetitions(key: IncidentKey, signals: readonly RepeatedSignal[]): Promise<Repetitions> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { version, repetitions } = await read(key);
    const counted = signals.reduce(withChange, repetitions);
    if (counted === repetitions || (await write(key, version, counted))) return counted;
  }
  throw new Error(`the repetitions of ${key.slot} ${key.number} were changed by others ${TRIES} times in a row`);
}

function withChange(repetitions: Repetitions, { key, state, level, summary, at, since }: RepeatedSignal): Repetitions {
  const known = repetitions[key]?.since === since ? repetitions[key] : undefined;
  if (known && known.at >= at) return repetitions;
  return { ...repetitions, [key]: { state, level, summary, at, since, changes: (known?.changes ?? 0) + 1 } };
}

async function read(key: IncidentKey): Promise<{ version: number; repetitions: Repetitions }> {
  const { Item } = await client.send(new GetCommand({ TableName: TableName(), Key: Key(key), ConsistentRead: true }));
  if (!Item) return { version: 0, repetitions: {} };
  return { version: Item['version'], repetitions: JSON.parse(inflateSync(Item['repetitions']).toString()) };
}

const write = (key: IncidentKey, version: number, repetitions: Repetitions): Promise<boolean> =>
  putVersion({ ...Key(key), repetitions: deflateSync(JSON.stringify(repetitions)) }, version);
