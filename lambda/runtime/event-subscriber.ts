import * as v from 'valibot';
import { Refused } from '../adapters/http.ts';
import { publishRefusal } from '../adapters/incident-bus.ts';
import type { DeliveryChannel } from '../domain/incident/audiences.ts';
import type { IncidentEvent } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { type IncidentKey, keyOf, load } from '../store/incidents.ts';
import { commit } from './command-handler.ts';
import { entrypoint } from './entrypoint.ts';

/** An event of the incident bus, also one that was refused and is tried again. */
const BusEvent = v.object({
  detail: v.looseObject({
    incident: v.looseObject({ slot: v.string(), number: v.number(), id: v.string() }),
    entry: v.looseObject({ seq: v.number() }),
  }),
});

/** Events as a queue hands them over. */
const QueuedEvents = v.object({ Records: v.array(v.object({ body: v.pipe(v.string(), v.parseJson(), BusEvent) })) });

type Handle = (incident: Incident, entry: IncidentEvent) => Promise<object>;

/** Handles events inside AWS, one at a time, at least once and in any order. */
export const eventSubscriber = (handle: Handle) =>
  entrypoint(BusEvent, async ({ detail }) => {
    const { incident, entry } = await find(detail);
    const result = { incident: incident.id, entry: entry.type, ...(await handle(incident, entry)) };
    console.info({ message: 'heard', ...result });
    return result;
  });

/**
 * Tells another system of events, one at a time, in their order. A failure stays in the queue and is tried again, for hours; a
 * message refused for good becomes a dead letter at once and holds up nothing behind it.
 */
export const notificationChannel = (name: string, handle: Handle) =>
  entrypoint(QueuedEvents, async ({ Records }) => {
    for (const { body } of Records) {
      const { incident, entry } = await find(body.detail);
      const about = { channel: name, incident: incident.id, entry: entry.type };
      try {
        console.info({ message: 'told', ...about, ...(await handle(incident, entry)) });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        console.error({ message: `refused for good: ${error.message}`, ...about });
        await publishRefusal(name, body.detail, error.message);
      }
    }
  });

async function find({ incident: { slot, number, id }, entry: { seq } }: v.InferOutput<typeof BusEvent>['detail']) {
  const key: IncidentKey = { slot, number };
  const incident = await load(key);
  const entry = incident?.timeline[seq];
  if (!incident || !entry) throw new Error(`${id} has no entry ${seq} to tell of`);
  return { incident, entry };
}

/** Whether an event has reached its audience by this channel already. */
export const isDelivered = ({ timeline }: Incident, { seq }: IncidentEvent, channel: DeliveryChannel) =>
  timeline.some(other => other.type === 'MessageDelivered' && other.about === seq && other.channel === channel);

/** Records, once, that an event has reached its audience. */
export const recordDelivery = (incident: Incident, { seq }: IncidentEvent, channel: DeliveryChannel) =>
  commit(keyOf(incident), { type: 'record delivery', id: `delivery/${seq}/${channel}`, about: seq, channel });
