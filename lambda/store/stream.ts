import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Incident } from '../domain/incident/incident.ts';
import { type IncidentKey, incidentOf } from './keys.ts';
import { unpack } from './packed.ts';
import type { StoredEvent } from './stored-event.ts';

/** A commit as the stream carries it: its events, and the incident as it was after them. */
export interface StreamedCommit {
  incident: IncidentKey & Pick<Incident, 'id' | 'service' | 'playbook' | 'title' | 'severity' | 'status'>;
  events: StoredEvent[];
}

/** The commit of a new item; undefined for other items, and for a change of the attributes by which an incident is found. */
export function committedIn({ eventName, dynamodb }: DynamoDBRecord): StreamedCommit | undefined {
  if (eventName !== 'INSERT' || !dynamodb?.NewImage?.['events']) return undefined;
  const { pk, sk, incident, events } = unmarshall(dynamodb.NewImage as Record<string, AttributeValue>);
  return { incident: { ...incidentOf({ pk, sk }), ...incident }, events: unpack(events) };
}
