import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { TimelineEntry } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { type IncidentKey, keyOf } from './incidents.ts';

/** What the bus carries about each entry: enough to route by and to find the incident again. */
export interface IncidentEvent {
  incident: IncidentKey & Pick<Incident, 'id' | 'service' | 'playbook' | 'title' | 'severity' | 'status'>;
  entry: TimelineEntry;
}

const client = new EventBridgeClient({});

/** PutEvents takes ten at most. */
const BATCH = 10;

/** Publishes entries in their order. @throws when the bus refused one: the caller publishes again from there. */
export async function publishEntries(incident: Incident, entries: TimelineEntry[]): Promise<void> {
  for (let from = 0; from < entries.length; from += BATCH) {
    const batch = entries.slice(from, from + BATCH).map(entry => toBusEntry(incident, entry));
    const { FailedEntryCount = 0, Entries = [] } = await client.send(new PutEventsCommand({ Entries: batch }));
    if (FailedEntryCount > 0) {
      const { ErrorCode, ErrorMessage } = Entries.find(entry => entry.ErrorCode) ?? {};
      throw new Error(
        `the incident bus refused ${FailedEntryCount} entries of ${incident.id}: ${ErrorCode} ${ErrorMessage}`,
      );
    }
  }
}

function toBusEntry(incident: Incident, entry: TimelineEntry) {
  const { id, service, playbook, title, severity, status } = incident;
  const { policy: _, ...told } = entry as TimelineEntry & { policy?: unknown };
  const detail = { incident: { ...keyOf(incident), id, service, playbook, title, severity, status }, entry: told };
  return {
    EventBusName: process.env['INCIDENT_BUS'],
    Source: 'incident-response',
    DetailType: entry.type,
    Time: new Date(entry.at),
    Detail: JSON.stringify(detail),
  };
}
