import { GetCommand, paginateQuery, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isPublic } from '../domain/communication/updates.ts';
import type { IncidentEvent } from '../domain/incident/events.ts';
import { fold } from '../domain/incident/evolve.ts';
import { type Incident, isOpen } from '../domain/incident/incident.ts';
import { isUnderReview } from '../domain/review/review.ts';
import { ALONE, client, type ItemKey, isConflict, TableName } from './table.ts';

/**
 * The key of an incident: a partition for each service and playbook, the "slot", and a number in it. Only the last one can be
 * open.
 */
export interface IncidentKey {
  slot: string;
  number: number;
}

export const slotOf = (service: string, playbook: string) => `${service}/${playbook}`;

export const keyOf = ({ service, playbook, number }: Incident): IncidentKey => ({
  slot: slotOf(service, playbook),
  number,
});

const partitionOf = (slot: string) => `incident/${slot}`;

const itemKey = ({ slot, number }: IncidentKey): ItemKey => ({
  pk: partitionOf(slot),
  sk: String(number).padStart(6, '0'),
});

const incidentKey = ({ pk, sk }: ItemKey): IncidentKey => ({ slot: pk.slice('incident/'.length), number: Number(sk) });

/** The incident, read consistently; undefined when it does not exist. */
export async function load(key: IncidentKey): Promise<Incident | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: TableName(), Key: itemKey(key), ConsistentRead: true }),
  );
  return Item && fold(Item['timeline']);
}

/** All open incidents, from an index that lags by moments: the watch finds in its next minute what it missed. */
export const openIncidents = async (): Promise<Incident[]> =>
  (await indexed('unfinished', 'unfinished', 'open')).filter(isOpen);

/** The resolved incidents whose post-mortem or action items are still to be done. */
export const incidentsUnderReview = async (): Promise<Incident[]> =>
  (await indexed('unfinished', 'unfinished', 'review')).filter(isUnderReview);

/** All incidents opened in a month, `YYYY-MM`, in the order of their opening. */
export const incidentsOfMonth = (month: string): Promise<Incident[]> => indexed('byMonth', 'month', month);

/**
 * The published incidents that were opened in one of these months or are still open. The indexes lag by moments, so the caller
 * also gives the incidents that are known to have changed; they are read from the table.
 */
export async function publicIncidents(months: readonly string[], changed: readonly IncidentKey[]): Promise<Incident[]> {
  const [open, ...ofMonths] = await Promise.all([
    listed('unfinished', 'unfinished', 'open'),
    ...months.map(month => listed('byMonth', 'month', month)),
  ]);
  const published = ofMonths.flat().filter(item => item['published']);
  const known = new Map([...changed, ...open, ...published].map(key => [`${key.slot}/${key.number}`, key]));
  const found = await loadAll([...known.values()]);
  return found.filter(isPublic);
}

const indexed = async (index: string, attribute: string, value: string): Promise<Incident[]> =>
  loadAll(await listed(index, attribute, value));

async function loadAll(keys: readonly IncidentKey[]): Promise<Incident[]> {
  const loaded = await Promise.all(keys.map(({ slot, number }) => load({ slot, number })));
  return loaded.filter(incident => incident !== undefined);
}

/** The items of an index with that value: the keys of incidents, and the projected attributes. */
async function listed(IndexName: string, attribute: string, value: string): Promise<IndexedItem[]> {
  const query = {
    TableName: TableName(),
    IndexName,
    KeyConditionExpression: '#attribute = :value',
    ExpressionAttributeNames: { '#attribute': attribute },
    ExpressionAttributeValues: { ':value': value },
  };
  const found: IndexedItem[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, query))
    found.push(...Items.map(({ pk, sk, published }) => ({ ...incidentKey({ pk, sk }), published })));
  return found;
}

type IndexedItem = IncidentKey & { published?: true };

/** The key of the incident with that id, from an index that lags by moments; undefined when it does not exist. */
export async function findKey(id: string): Promise<IncidentKey | undefined> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: TableName(),
      IndexName: 'byId',
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': id },
      Limit: 1,
    }),
  );
  return Items[0] && incidentKey(Items[0] as ItemKey);
}

/** The last incident of a slot, which is the only one that can be open. */
export async function latestIncident(slot: string): Promise<Incident | undefined> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: TableName(),
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': partitionOf(slot) },
      ScanIndexForward: false,
      Limit: 1,
      ConsistentRead: true,
    }),
  );
  return Items[0] && fold(Items[0]['timeline']);
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
 * Appends events and updates the indexed attributes in one conditional write; the version is the length of the timeline before
 * it. Returns false when another writer came first.
 */
export async function append(incident: Incident, events: IncidentEvent[]): Promise<boolean> {
  const { id, severity, status, openedAt, timeline } = incident;
  const version = timeline.length - events.length;
  const opening = version === 0;
  const unfinished = isOpen(incident) ? 'open' : isUnderReview(incident) ? 'review' : undefined;
  try {
    await client.send(
      new UpdateCommand({
        TableName: TableName(),
        Key: itemKey(keyOf(incident)),
        UpdateExpression: [
          'SET id = :id, severity = :severity, #status = :status, openedAt = :openedAt, #month = :month, version = :next',
          ', timeline = list_append(if_not_exists(timeline, :none), :entries)',
          isPublic(incident) ? ', published = :published' : '',
          unfinished ? ', unfinished = :unfinished' : ' REMOVE unfinished',
        ].join(''),
        ConditionExpression: opening ? 'attribute_not_exists(pk)' : 'version = :version',
        ExpressionAttributeNames: { '#status': 'status', '#month': 'month' },
        ExpressionAttributeValues: {
          ':id': id,
          ':severity': severity,
          ':status': status,
          ':openedAt': openedAt,
          ':month': openedAt.slice(0, 7),
          ':next': timeline.length,
          ':entries': events,
          ':none': [],
          ...(opening ? {} : { ':version': version }),
          ...(isPublic(incident) ? { ':published': true } : {}),
          ...(unfinished ? { ':unfinished': unfinished } : {}),
        },
      }),
    );
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}
