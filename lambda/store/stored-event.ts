import type { EventOf, IncidentEvent } from '../domain/incident/events.ts';
import { policyOf } from './policies.ts';

/** The version of the events that this code writes. One that changes their form gets an upcaster from the version before. */
export const EVENT_VERSION = 1;

/** An event as it is stored. */
export interface StoredEvent {
  type: string;
  /** The policy of `IncidentOpened` is the hash of its content. */
  data: Record<string, unknown>;
  meta: { version: number; seq: number; at: string; command: string };
}

/** Turns an event of one version into that of the next. */
type Upcaster = (event: StoredEvent) => StoredEvent;

/** By the version that they read: `UPCASTERS[1]` turns version 1 into version 2. */
const UPCASTERS: Record<number, Upcaster> = {};

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

function upcast(stored: StoredEvent): StoredEvent {
  let event = stored;
  while (event.meta.version < EVENT_VERSION) {
    const { version } = event.meta;
    const next = UPCASTERS[version]?.(event) ?? event;
    event = { ...next, meta: { ...next.meta, version: version + 1 } };
  }
  if (event.meta.version > EVENT_VERSION)
    throw new Error(
      `an event ${event.type} of version ${event.meta.version}, which is later than ${EVENT_VERSION}: a newer deployment wrote it`,
    );
  return event;
}
