import type { EventOf, IncidentEvent } from '../domain/incident/events.ts';
import { policyOf } from './policies.ts';

/** An event as it is stored. */
export interface StoredEvent {
  type: string;
  /** The policy of `IncidentOpened` is the hash of its content. */
  data: Record<string, unknown>;
  meta: { version: number; seq: number; at: string; command: string };
}

/** Turns an event of one version into that of the next. */
type Upcaster = (event: StoredEvent) => StoredEvent;

/** The step from each version of the events to the next, the first from 1 to 2. */
const UPCASTERS: readonly Upcaster[] = [
  // Every playbook had a slot of its own.
  event => {
    if (event.type !== 'IncidentOpened') return event;
    const { service, playbook } = event.data;
    return { ...event, data: { ...event.data, slot: `${service}/${playbook}` } };
  },
];

/** The version of the events that this code writes. One that changes their form gets an upcaster from the version before. */
export const EVENT_VERSION = UPCASTERS.length + 1;

export function toStored(event: IncidentEvent, policyHash: string): StoredEvent {
  const { type, seq, at, command, ...data } = event;
  return {
    type,
    data: type === 'IncidentOpened' ? { ...data, policy: policyHash } : data,
    meta: { version: EVENT_VERSION, seq, at, command },
  };
}

/** The event in the form of today. @throws Error when it is of a later version, or its policy cannot be read. */
export async function fromStored(stored: StoredEvent): Promise<IncidentEvent> {
  const { type, data, meta } = upcast(stored);
  const { version: _, ...when } = meta;
  const event = { type, ...data, ...when } as IncidentEvent;
  if (event.type !== 'IncidentOpened') return event;
  const opened: EventOf<'IncidentOpened'> = { ...event, policy: await policyOf(String(data['policy'])) };
  return opened;
}

/** The event in the form of the version after the last upcaster. @throws Error when it was written by later code. */
export function upcast(stored: StoredEvent, upcasters = UPCASTERS): StoredEvent {
  const newest = upcasters.length + 1;
  const { version } = stored.meta;
  if (version > newest)
    throw new Error(
      `an event ${stored.type} of version ${version}, which is later than ${newest}: a newer deployment wrote it`,
    );
  const event = upcasters.slice(version - 1).reduce((older, next) => next(older), stored);
  return { ...event, meta: { ...event.meta, version: newest } };
}
