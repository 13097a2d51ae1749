import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { IncidentEvent } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { type IncidentKey, keyOf } from '../store/incidents.ts';

/** What the bus carries about each entry: enough to route by and to find the incident again. */
export interface BusDetail {
  incident: IncidentKey & Pick<Incident, 'id' | 'service' | 'playbook' | 'title' | 'severity' | 'status'>;
  entry: IncidentEvent;
}

const client = new EventBridgeClient({});

/** PutEvents takes ten at most. */
const BATCH = 10;

/** Publishes entries in their order. @throws when the bus refused one: the caller publishes again from there. */
export async function publishEntries(incident: Incident, entries: IncidentEvent[]): Promise<void> {
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

function toBusEntry(incident: Incident, entry: IncidentEvent) {
  const { id, service, playbook, title, severity, status } = incident;
  const { policy: _, ...told } = entry as IncidentEvent & { policy?: unknown };
  const detail = { incident: { ...keyOf(incident), id, service, playbook, title, severity, status }, entry: told };
  return {
    EventBusName: process.env['INCIDENT_BUS'],
    Source: 'incident-response',
    DetailType: entry.type,
    Time: new Date(entry.at),
    Detail: JSON.stringify(detail),
  };
}

/** Publishes that a channel refused an entry for good; a rule brings it to the channel's dead letters at once. */
export async function publishRefusal(channel: string, detail: object, reason: string): Promise<void> {
  const { FailedEntryCount = 0 } = await client.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: process.env['INCIDENT_BUS'],
          Source: 'incident-response',
          DetailType: 'MessageRefused',
          Detail: JSON.stringify({ ...detail, channel, reason }),
        },
      ],
    }),
  );
  if (FailedEntryCount > 0) throw new Error(`the incident bus refused what ${channel} had refused`);
}
