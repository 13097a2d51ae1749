import { PutCommand, paginateQuery, QueryCommand, type QueryCommandOutput, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { AppliedCommand } from '../domain/incident/applied.ts';
import type { IncidentEvent } from '../domain/incident/events.ts';
import { evolve } from '../domain/incident/evolve.ts';
import { historyOf, type IncidentHistory } from '../domain/incident/history.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { indexed, relist, updateIndexed } from './incident-index.ts';
import { commitOf, type IncidentKey, incidentOf, keyOf, streamOf } from './keys.ts';
import { type Packed, pack, unpack } from './packed.ts';
import { savePolicy } from './policies.ts';
import { COMMITS_APART, readSnapshot, writeSnapshot } from './snapshots.ts';
import { fromStored, type StoredEvent, toStored } from './stored-event.ts';
import { ALONE, client, type ItemKey, TableName, written } from './table.ts';

/** An incident as it was read. */
export interface StoredIncident {
  incident: Incident;
  /** The commits since the snapshot when it was first read: more than usual where a snapshot was lost, or is of older code. */
  behind: number;
}

/** The stored events cannot be read by this code. Other incidents, and a new one beside it, are not affected. */
export class UnreadableIncident extends Error {
  override name = 'UnreadableIncident';
  readonly key: IncidentKey;

  constructor(key: IncidentKey, cause: unknown) {
    super(`incident ${key.slot} ${key.number} cannot be read: ${(cause as Error).message}`, { cause });
    this.key = key;
  }
}

/** The incident, read consistently; undefined when it does not exist. @throws UnreadableIncident */
export const load = async (key: IncidentKey): Promise<Incident | undefined> => (await read(key))?.incident;

/**
 * The incident to write to: as this process knew it last, or else its snapshot, and every commit since. Commits never change, so
 * that what was read once stays true. @throws UnreadableIncident
 */
export async function read(key: IncidentKey): Promise<StoredIncident | undefined> {
  const known = remembered.get(nameOf(key));
  if (known) return advance(key, known);
  const snapshot = await fromSnapshot(key);
  const stored = await advance(key, snapshot);
  const behind = (stored?.incident.commits ?? 0) - (snapshot?.incident.commits ?? 0);
  return stored && remember(key, { ...stored, behind });
}

/** The incident as this process knows it, if the last commit is one that it knows. */
function knownWith(key: IncidentKey, lastCommit: Packed<StoredEvent[]>): StoredIncident | undefined {
  const known = remembered.get(nameOf(key));
  return known && known.incident.version === Number(unpack(lastCommit).at(-1)?.meta.seq) + 1 ? known : undefined;
}

async function fromSnapshot(key: IncidentKey): Promise<StoredIncident | undefined> {
  const snapshot = await readSnapshot(key).catch(ignoreSnapshot(key));
  return snapshot && { incident: snapshot, behind: 0 };
}

/** Incidents that this process has read, the last ones at the end. */
const remembered = new Map<string, StoredIncident>();

/** At most so many are remembered: there are rarely more open ones. */
const REMEMBERED = 50;

const nameOf = ({ slot, number }: IncidentKey) => `${TableName()} ${slot} ${number}`;

function remember(key: IncidentKey, stored: StoredIncident): StoredIncident {
  const name = nameOf(key);
  remembered.delete(name);
  remembered.set(name, stored);
  const [oldest] = remembered.keys();
  if (oldest !== undefined && remembered.size > REMEMBERED) remembered.delete(oldest);
  return stored;
}

/** The incident with what others have committed since it was read. @throws UnreadableIncident */
export async function advance(
  key: IncidentKey,
  known: StoredIncident | undefined,
): Promise<StoredIncident | undefined> {
  const events = await eventsSince(key, known?.incident.version ?? 0);
  const incident = await readable(key, () => events.reduce<Incident | undefined>(evolve, known?.incident));
  return incident && remember(key, { incident, behind: known?.behind ?? 0 });
}

/** The incident with all its events: as many as it has. @throws UnreadableIncident */
export async function loadHistory(key: IncidentKey): Promise<IncidentHistory | undefined> {
  const events = await eventsSince(key, 0);
  return events.length > 0 ? readable(key, () => historyOf(events)) : undefined;
}

/** The commit that holds an event, and every later one, as their events. */
export async function eventsFrom(key: IncidentKey, seq: number): Promise<IncidentEvent[]> {
  const [containing] = await commits({ ...between(key, 0, seq), ScanIndexForward: false, Limit: 1 });
  const from = containing ? unpack(containing)[0]?.meta.seq : undefined;
  return (await eventsSince(key, from ?? seq)).filter(event => event.seq >= seq);
}

/** The events of one command, which are one commit. @throws UnreadableIncident */
export async function eventsOf(key: IncidentKey, { seq, events }: AppliedCommand): Promise<IncidentEvent[]> {
  const found = await commits(between(key, seq, seq));
  const commit = await readable(key, () => Promise.all(found.flatMap(item => unpack(item)).map(fromStored)));
  return commit.slice(0, events);
}

/** The last events of an incident, at most so many. */
export async function lastEvents({ slot, number }: IncidentKey, limit: number): Promise<IncidentEvent[]> {
  const latest = await commits({ ...between({ slot, number }, 0), ScanIndexForward: false, Limit: limit });
  const events = latest.reverse().flatMap(commit => unpack(commit));
  return Promise.all(events.slice(-limit).map(fromStored));
}

/**
 * The last incident of a slot, which is the only one that can be open. `unreadable` says that there is one, and that this code
 * cannot read it.
 */
export async function latest(
  slot: string,
): Promise<{ number: number; stored?: StoredIncident | undefined; unreadable?: UnreadableIncident }> {
  const query = {
    ...{ TableName: TableName(), ConsistentRead: true, ScanIndexForward: false, Limit: 1 },
    ...{ KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': streamOf(slot) } },
  };
  const { Items = [] } = await client.send(new QueryCommand(query));
  if (!Items[0]) return { number: 0 };
  const { events, ...item } = Items[0];
  const { number } = incidentOf(item as ItemKey);
  const key = { slot, number };
  try {
    return { number, stored: (await readable(key, () => knownWith(key, events))) ?? (await read(key)) };
  } catch (error) {
    if (error instanceof UnreadableIncident) return { number, unreadable: error };
    throw error;
  }
}

/** The next `INC-YYYY-MM-DD-XXX` of the day. An id is not reused when another writer opens the incident first. */
export async function nextId(): Promise<string> {
  const day = new Date().toISOString().slice(0, 10);
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: TableName(),
      Key: { pk: `ids/${day}`, sk: ALONE },
      UpdateExpression: 'ADD issued :one',
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return `INC-${day}-${String(Attributes?.['issued']).padStart(3, '0')}`;
}

/**
 * Commits events by one conditional write: an item of their own, whose key is the number of the first. Returns false when
 * another writer came first. The attributes of the index and the snapshot follow; the watch repairs the former, and the next
 * commit the latter, if the writer ends in between.
 */
export async function append(
  before: StoredIncident | undefined,
  incident: Incident,
  events: readonly IncidentEvent[],
): Promise<boolean> {
  const [first] = events;
  if (!first) return true;
  const key = keyOf(incident);
  const opening = first.seq === 0;
  const policyHash = await savePolicy(incident.policy);
  const { id, service, playbook, title, severity, status } = incident;
  const item = {
    ...{ pk: streamOf(key.slot), sk: commitOf(key.number, first.seq) },
    events: pack(events.map(event => toStored(event, policyHash))),
    incident: { id, service, playbook, title, severity, status },
    ...(opening ? indexed(incident) : {}),
  };
  if (before && !opening) await relist(before.incident, incident);
  const isFirst = await written(
    client.send(
      new PutCommand({ TableName: TableName(), Item: item, ConditionExpression: 'attribute_not_exists(pk)' }),
    ),
  );
  if (!isFirst) return false;
  const { behind } = remember(key, { incident, behind: before?.behind ?? 0 });
  if (!opening) await updateIndexed(before?.incident, incident).catch(leftFor('the watch', key));
  if (incident.commits % COMMITS_APART === 0 || behind > 2 * COMMITS_APART)
    await writeSnapshot(key, incident).then(
      () => remember(key, { incident, behind: 0 }),
      leftFor('a later commit', key),
    );
  return true;
}

/** A commit stands: a person who is told that it failed would do it again. */
const leftFor =
  (other: string, { slot, number }: IncidentKey) =>
  (error: Error) => {
    const message = `${slot} ${number} is committed, and what follows is left for ${other}: ${error.message}`;
    console.error({ message, error: error.name });
  };

/** The events whose number is at least `seq`, which begins a commit. */
async function eventsSince(key: IncidentKey, seq: number): Promise<IncidentEvent[]> {
  const found = await commits(between(key, seq));
  return readable(key, () => Promise.all(found.flatMap(commit => unpack(commit)).map(fromStored)));
}

/** The commits of an incident whose first event has a number from `from` to `to`. */
const between = ({ slot, number }: IncidentKey, from: number, to = 999_999_999) => ({
  TableName: TableName(),
  ConsistentRead: true,
  KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
  ExpressionAttributeValues: {
    ':pk': streamOf(slot),
    ':from': commitOf(number, from),
    ':to': commitOf(number, to),
  },
});

async function commits(query: QueryCommand['input']): Promise<Packed<StoredEvent[]>[]> {
  const eventsOf = (Items: QueryCommandOutput['Items'] = []) =>
    Items.map(item => item['events'] as Packed<StoredEvent[]>);
  if (query.Limit) return eventsOf((await client.send(new QueryCommand(query))).Items);
  const found: Packed<StoredEvent[]>[] = [];
  for await (const { Items } of paginateQuery({ client }, query)) found.push(...eventsOf(Items));
  return found;
}

async function readable<Result>(key: IncidentKey, act: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw isTransient(error) ? error : new UnreadableIncident(key, error);
  }
}

/** An error of the SDK says nothing about what is stored. */
const isTransient = (error: unknown) => typeof error === 'object' && error !== null && '$metadata' in error;

/** A snapshot only saves time: without one the events are folded from the first. */
const ignoreSnapshot = (key: IncidentKey) => (error: Error) => {
  if (isTransient(error)) throw error;
  console.error({ message: `the snapshot of ${key.slot} ${key.number} is ignored: ${error.message}` });
  return undefined;
};
