import { isDeepStrictEqual } from 'node:util';
import { paginateQuery, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isPublic } from '../domain/communication/updates.ts';
import type { Status } from '../domain/incident/events.ts';
import { type Incident, isOpen } from '../domain/incident/incident.ts';
import type { Severity } from '../domain/kernel/severity.ts';
import { isUnderReview } from '../domain/review/review.ts';
import { firstItem, type IncidentKey, incidentOf, keyOf } from './keys.ts';
import { client, type ItemKey, TableName, written } from './table.ts';

/**
 * The attributes by which incidents are found and listed. They stand on the item of the first commit, so that an incident
 * is in the indexes from the moment at which it exists, and follow the later commits.
 */
export interface IndexedIncident {
  id: string;
  title: string;
  severity: Severity;
  status: Status;
  startedAt: string;
  openedAt: string;
  /** `YYYY-MM` of the opening. */
  month: string;
  resolvedAt?: string | undefined;
  commander?: string | undefined;
  drill?: boolean | undefined;
  cancelled?: boolean | undefined;
  /** The id of the incident that it was merged into. */
  mergedInto?: string | undefined;
  published?: true | undefined;
  /** Absent when nothing is left to do. */
  unfinished?: 'open' | 'review' | undefined;
}

/** The attributes as they are stored, with the version of the incident at which they were true. */
type Indexed = IndexedIncident & { version: number };

export const indexed = (incident: Incident): Indexed => {
  const {
    id,
    title,
    severity,
    status,
    startedAt,
    openedAt,
    resolvedAt,
    commander,
    drill,
    cancelled,
    mergedInto,
    version,
  } = incident;
  return {
    ...{ id, title, severity, status, startedAt, openedAt, resolvedAt, commander, version },
    month: openedAt.slice(0, 7),
    drill: drill || undefined,
    cancelled: cancelled || undefined,
    mergedInto: mergedInto?.id,
    published: isPublic(incident) || undefined,
    unfinished: isOpen(incident) ? 'open' : isUnderReview(incident) ? 'review' : undefined,
  };
};

/**
 * Lists an incident that was finished as unfinished, before the commit that makes it so: if the writer ended after the commit, nobody
 * would find it again. The watch repairs what was listed in vain.
 */
export async function relist(before: Incident, incident: Incident): Promise<void> {
  const { unfinished } = indexed(incident);
  if (!unfinished || indexed(before).unfinished) return;
  await update(firstItem(keyOf(incident)), { unfinished, version: before.version }, '<=');
}

/** Updates the attributes that a commit has changed, unless those of a later version are stored already. */
export async function updateIndexed(before: Incident | undefined, incident: Incident): Promise<void> {
  const now = indexed(incident);
  const then = before && indexed(before);
  if (isDeepStrictEqual({ ...now, version: then?.version }, then)) return;
  await update(firstItem(keyOf(incident)), now, '<');
}

/** Writes the attributes of a stale incident anew. */
export const reindex = (incident: Incident): Promise<void> =>
  update(firstItem(keyOf(incident)), indexed(incident), '<=');

async function update(key: ItemKey, attributes: Partial<Indexed>, isNewer: '<' | '<='): Promise<void> {
  const names = Object.keys(attributes) as (keyof Indexed)[];
  const set = names.filter(name => attributes[name] !== undefined);
  const removed = names.filter(name => attributes[name] === undefined);
  await written(
    client.send(
      new UpdateCommand({
        TableName: TableName(),
        Key: key,
        UpdateExpression: [
          `SET ${set.map(name => `#${name} = :${name}`).join(', ')}`,
          removed.length > 0 ? ` REMOVE ${removed.map(name => `#${name}`).join(', ')}` : '',
        ].join(''),
        ConditionExpression: `attribute_exists(pk) AND #version ${isNewer} :version`,
        ExpressionAttributeNames: Object.fromEntries(names.map(name => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(set.map(name => [`:${name}`, attributes[name]])),
      }),
    ),
  );
}

/** The attributes of an incident as the index holds them are not, or not any more, those of its state. */
export const isStale = ({ slot: _, number: __, ...item }: ListedIncident, incident: Incident): boolean => {
  const { version: ___, ...now } = indexed(incident);
  return !isDeepStrictEqual(item, withoutUndefined(now));
};

export type ListedIncident = IncidentKey & IndexedIncident;

/** The unfinished incidents, from an index that lags by moments. */
export const unfinished = (state: 'open' | 'review') => listed('unfinished', 'unfinished', state);

/** The incidents opened in a month, `YYYY-MM`, in the order of their opening. */
export const incidentsOfMonth = (month: string) => listed('byMonth', 'month', month);

async function listed(IndexName: string, attribute: string, value: string): Promise<ListedIncident[]> {
  const query = {
    TableName: TableName(),
    IndexName,
    KeyConditionExpression: '#attribute = :value',
    ExpressionAttributeNames: { '#attribute': attribute },
    ExpressionAttributeValues: { ':value': value },
  };
  const found: ListedIncident[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, query))
    for (const { pk, sk, ...item } of Items) found.push({ ...incidentOf({ pk, sk }), ...(item as IndexedIncident) });
  return found;
}

const withoutUndefined = (record: object) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

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
  return Items[0] && incidentOf(Items[0] as ItemKey);
}
