import * as v from 'valibot';
import { commit, keyOf, load } from '../adapters/incidents.ts';
import type { DeliveryChannel, TimelineEntry } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { entrypoint } from './entrypoint.ts';

/** An event of the incident bus. */
const Told = v.object({
  detail: v.object({
    incident: v.object({ slot: v.string(), number: v.number(), id: v.string() }),
    entry: v.object({ seq: v.number() }),
  }),
});

/** Hears of entries, one at a time, at least once and in any order. */
export const listener = (hear: (incident: Incident, entry: TimelineEntry) => Promise<object>) =>
  entrypoint(Told, async ({ detail: { incident: key, entry: about } }) => {
    const incident = await load({ slot: key.slot, number: key.number });
    const entry = incident?.timeline[about.seq];
    if (!incident || !entry) throw new Error(`${key.id} has no entry ${about.seq} to tell of`);
    const result = { incident: key.id, entry: entry.type, ...(await hear(incident, entry)) };
    console.info({ message: 'heard', ...result });
    return result;
  });

/** Whether an entry has reached its audience that way already. */
export const isDelivered = ({ timeline }: Incident, { seq }: TimelineEntry, channel: DeliveryChannel) =>
  timeline.some(other => other.type === 'MessageDelivered' && other.about === seq && other.channel === channel);

/** Writes down that it has, once. */
export const recordDelivery = (incident: Incident, { seq }: TimelineEntry, channel: DeliveryChannel) =>
  commit(keyOf(incident), { type: 'record delivery', id: `delivery/${seq}/${channel}`, about: seq, channel });
