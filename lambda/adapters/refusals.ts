import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

const client = new EventBridgeClient({});

/** Says on the incident bus that a channel refused an entry for good; a rule brings that to its dead letters at once. */
export async function tellRefused(channel: string, detail: object, reason: string): Promise<void> {
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
