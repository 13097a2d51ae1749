import * as v from 'valibot';
import { Refused } from '../adapters/http.ts';
import { publishRefusal } from '../adapters/incident-bus.ts';
import type { DeliveryChannel } from '../domain/incident/audiences.ts';
import type { IncidentEvent } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { claim } from '../store/claims.ts';
import { eventsFrom, load } from '../store/incidents.ts';
import { type IncidentKey, keyOf } from '../store/keys.ts';
import { commit } from './command-handler.ts';
import { entrypoint } from './entrypoint.ts';
import { failsForGood } from './failures.ts';

/** An event on the incident bus, or one that was refused and is retried. */
const BusEvent = v.object({
  detail: v.looseObject({
    incident: v.looseObject({ slot: v.string(), number: v.number(), id: v.string() }),
    entry: v.looseObject({ seq: v.number() }),
  }),
});

/** Events of the bus as an SQS queue delivers them. */
const QueuedEvents = v.object({ Records: v.array(v.object({ body: v.pipe(v.string(), v.parseJson(), BusEvent) })) });

type Handle = (incident: Incident, event: IncidentEvent) => Promise<object>;

/** Handles events one at a time, at least once and in any order. */
export const eventSubscriber = (handle: Handle) =>
  entrypoint(BusEvent, async ({ detail }) => {
    const { incident, event } = await find(detail);
    const result = { incident: incident.id, entry: event.type, ...(await handle(incident, event)) };
    console.info({ message: 'heard', ...result });
    return result;
  });

/**
 * Sends events to another system, one at a time and in their order. A failed event stays in the queue and is retried for hours.
 * One that can never be told, because it is refused for good or its incident cannot be read, goes to the dead-letter queue at once
 * and holds up nothing behind it.
 */
export const notificationChannel = (name: string, handle: Handle) =>
  entrypoint(QueuedEvents, async ({ Records }) => {
    for (const { body } of Records) {
      const about = { channel: name, incident: body.detail.incident.id, entry: body.detail.entry.seq };
      try {
        const { incident, event } = await find(body.detail);
        console.info({ message: 'told', ...about, type: event.type, ...(await handle(incident, event)) });
      } catch (error) {
        if (!failsForGood(error)) throw error;
        console.error({ message: `refused for good: ${error.message}`, ...about });
        await publishRefusal(name, body.detail, error.message);
      }
    }
  });

async function find({ incident: { slot, number, id }, entry: { seq } }: v.InferOutput<typeof BusEvent>['detail']) {
  const key: IncidentKey = { slot, number };
  const [incident, [event]] = await Promise.all([load(key), eventsFrom(key, seq)]);
  if (!incident || !event) throw new Refused(`${id} has no entry ${seq} to tell of`);
  return { incident, event };
}

/** Tells if an event has reached its audience by this channel already. */
export async function isDelivered(
  incident: Incident,
  { seq }: Pick<IncidentEvent, 'seq'>,
  channel: DeliveryChannel,
): Promise<boolean> {
  const since = await eventsFrom(keyOf(incident), seq);
  return since.some(other => other.type === 'MessageDelivered' && other.about === seq && other.channel === channel);
}

/**
 * True for the one invocation that is to tell an audience of an event by this channel.
 *
 * @throws Error while another invocation is at it, so that this one is retried if that one fails
 */
export async function claimDelivery(
  incident: Incident,
  event: Pick<IncidentEvent, 'seq'>,
  channel: DeliveryChannel,
): Promise<boolean> {
  if (await isDelivered(incident, event, channel)) return false;
  const id = deliveryOf(event, channel);
  if (await claim(`${incident.id}/${id}`)) return true;
  throw new Error(`another invocation is making ${id}: this one tries again`);
}

const deliveryOf = ({ seq }: Pick<IncidentEvent, 'seq'>, channel: DeliveryChannel) => `delivery/${seq}/${channel}`;

/** Records, once, that an event has reached its audience. */
export const recordDelivery = (incident: Incident, event: Pick<IncidentEvent, 'seq'>, channel: DeliveryChannel) =>
  commit(keyOf(incident), {
    ...{ type: 'record delivery', id: deliveryOf(event, channel), about: event.seq, channel },
  });
