import { createHmac } from 'node:crypto';
import {
  type Answered,
  type Asked,
  faults,
  oneOf,
  optional,
  type Surroundings,
  textOf,
  type Vendor,
} from './vendor.ts';

// biome-ignore lint/suspicious/noExplicitAny: events as they were sent
type Event = Record<string, any>;

const EVENT = {
  routing_key: (value: unknown) => (/^[0-9a-zA-Z]{32}$/.test(String(value)) ? undefined : 'must be 32 characters'),
  event_action: oneOf('trigger', 'acknowledge', 'resolve'),
  dedup_key: optional(textOf(255)),
  payload: () => undefined,
  links: optional(value =>
    Array.isArray(value) && value.every(({ href }) => URL.canParse(href)) ? undefined : 'must be links with href',
  ),
  images: () => undefined,
  client: optional(textOf(1024)),
  client_url: optional(textOf(2048)),
};
const PAYLOAD = {
  summary: textOf(1024),
  source: textOf(1024),
  severity: oneOf('critical', 'error', 'warning', 'info'),
  timestamp: optional((value: unknown) => (Number.isNaN(Date.parse(String(value))) ? 'must be ISO 8601' : undefined)),
  component: optional(textOf(1024)),
  group: optional(textOf(1024)),
  class: optional(textOf(1024)),
  custom_details: () => undefined,
};

/** PagerDuty's Events API v2, and the webhooks (v3) that it sends. */
export class PagerDuty implements Vendor {
  readonly host = 'events.pagerduty.com';
  readonly events: Event[] = [];
  private readonly world: Surroundings;

  constructor(world: Surroundings) {
    this.world = world;
  }

  answer({ method, path, body }: Asked): Answered {
    if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404, body: { status: 'not found' } };
    const event: Event = JSON.parse(body);
    const wrong = faults(event, EVENT);
    if (event['event_action'] === 'trigger') wrong.push(...faults(event['payload'] ?? {}, PAYLOAD));
    else if (!event['dedup_key']) wrong.push("'dedup_key' is missing");
    if (wrong.length > 0)
      return { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors: wrong } };
    this.events.push(event);
    const { event_action: action, dedup_key: key, payload } = event;
    this.world.emit?.('pagerduty', { action, key, summary: payload?.summary });
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } };
  }

  /** PagerDuty sends this when somebody does something to an incident there. */
  webhook(secret: string, event_type: string, key: string, { id = '01CH754SM17TWPE2V2H4VPBRO7', ...more }: Event = {}) {
    const reference = { id: 'PGR0VU2', summary: `P1 ${key} mockupAWS`, type: 'incident_reference' };
    const data =
      event_type === 'incident.annotated'
        ? { incident: reference, id: 'P2LA89X', content: 'a note', trimmed: false, type: 'incident_note' }
        : { id: 'PGR0VU2', type: 'incident', number: 2, incident_key: key, title: reference.summary };
    const agent = { id: 'PLH1HKV', summary: 'Tenex Engineer', type: 'user_reference' };
    const occurred_at = new Date(this.world.now()).toISOString();
    const event = { id, event_type, resource_type: 'incident', occurred_at, agent, client: null, data, ...more };
    const body = JSON.stringify({ event });
    return { method: 'POST', body, headers: { 'x-pagerduty-signature': signature(secret, body) } };
  }
}

const signature = (secret: string, body: string) => `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
