import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { StoredEvent } from '../store/stored-event.ts';
import type { StreamedCommit } from '../store/stream.ts';

const client = new EventBridgeClient({});

/** PutEvents takes ten at most. */
const BATCH = 10;

/** Publishes the events of a commit in their order. @throws when the bus refused one: the caller publishes again from there. */
export async function publishEvents({ incident, events }: StreamedCommit): Promise<void> {
  for (let from = 0; from < events.length; from += BATCH) {
    const batch = events.slice(from, from + BATCH).map(event => toBusEntry(incident, event));
    const { FailedEntryCount = 0, Entries = [] } = await client.send(new PutEventsCommand({ Entries: batch }));
    if (FailedEntryCount > 0) {
      const { ErrorCode, ErrorMessage } = Entries.find(entry => entry.ErrorCode) ?? {};
      throw new Error(
        `the incident bus refused ${FailedEntryCount} entries of ${incident.id}: ${ErrorCode} ${ErrorMessage}`,
      );
    }
  }
}

function toBusEntry(incident: StreamedCommit['incident'], { type, data, meta }: StoredEvent) {
  const { policy: _, ...shown } = data;
  const { version: __, ...when } = meta;
  return {
    EventBusName: process.env['INCIDENT_BUS'],
    Source: 'incident-response',
    DetailType: type,
    Time: new Date(meta.at),
    Detail: JSON.stringify({ incident, entry: { type, ...shown, ...when } }),
  };
}

/** Publishes that a channel refused an event for good; a rule sends it to the channel's dead-letter queue at once. */
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
