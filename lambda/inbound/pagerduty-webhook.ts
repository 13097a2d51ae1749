import * as v from 'valibot';
import { nameIn } from '../domain/incident/person.ts';
import type { Ticket, TicketChange, TicketNews } from '../domain/incident/ticket.ts';
import { visibleAtMost } from '../domain/kernel/text.ts';

const optionalText = v.nullish(v.string());
const Reference = v.nullish(v.looseObject({ id: optionalText, summary: optionalText, html_url: optionalText }));

/** What every event of a v3 webhook has. */
const Event = v.looseObject({
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/)),
  event_type: v.pipe(v.string(), v.regex(/^[a-z_.]{1,100}$/)),
});

/** The fields of a v3 webhook that are read. `agent` is null where no person acted. */
const Details = v.object({
  occurred_at: optionalText,
  agent: v.nullish(v.looseObject({ type: v.string(), summary: optionalText })),
  data: v.looseObject({
    id: optionalText,
    html_url: optionalText,
    incident_key: optionalText,
    title: optionalText,
    status: optionalText,
    assignees: v.nullish(v.array(Reference)),
    escalation_policy: Reference,
    priority: Reference,
    resolve_reason: v.nullish(v.looseObject({ type: optionalText, incident: Reference })),
    /** The incident of a note, or of a status update. */
    incident: Reference,
    content: optionalText,
    message: optionalText,
  }),
});
type Details = v.InferOutput<typeof Details>;

const Webhook = v.pipe(v.string(), v.parseJson(), v.object({ event: Event }));

type News = TicketNews & { via: 'pagerduty' };

export interface PagerDutyEvent {
  id: string;
  type: string;
  /** Undefined when it means nothing here. */
  news: News | undefined;
}

/** Reads the body of a v3 webhook; undefined when it is none. */
export function readWebhook(body: string): PagerDutyEvent | undefined {
  const parsed = v.safeParse(Webhook, body);
  if (!parsed.success) return undefined;
  const { id, event_type: type, ...rest } = parsed.output.event;
  const details = v.safeParse(Details, rest);
  return { id, type, news: details.success ? newsOf(type, details.output) : undefined };
}

/** A map, because an object also has what every object has. */
const CHANGES = new Map<string, TicketChange>([
  ['incident.triggered', 'opened'],
  ['incident.acknowledged', 'acknowledged'],
  ['incident.unacknowledged', 'unacknowledged'],
  ['incident.reassigned', 'reassigned'],
  ['incident.delegated', 'delegated'],
  ['incident.escalated', 'escalated'],
  ['incident.priority_updated', 'priority'],
  ['incident.annotated', 'note'],
  ['incident.status_update_published', 'status update'],
  ['incident.reopened', 'reopened'],
  ['incident.resolved', 'resolved'],
]);

function newsOf(type: string, { agent, data, occurred_at }: Details): News | undefined {
  const isMerge = data.resolve_reason?.type === 'merge_resolve_reason';
  const change = type === 'incident.resolved' && isMerge ? 'merged' : CHANGES.get(type);
  const ticket = ticketOf(data);
  if (!change || !ticket) return undefined;
  // The agent of what our own events cause is the integration; of them only the opening, and where a merge led, are news.
  const isOurs = agent?.type.endsWith('integration_reference') ?? false;
  if (change === 'opened' ? !isOurs : isOurs && change !== 'merged') return undefined;
  const text = visibleAtMost(textOf(change, data), 2000);
  const into = isMerge ? referenceOf(data.resolve_reason?.incident) : undefined;
  return { ...whoOf(agent), via: 'pagerduty', ticket, change, text, into, occurredAt: timeIn(occurred_at) };
}

/** In the form of our own times, which sort as texts do. */
function timeIn(text: string | null | undefined): string | undefined {
  const at = new Date(text ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** A person; or a workflow or an API token, which somebody has set up to act; or PagerDuty itself, e.g. when a time limit has passed. */
function whoOf(agent: Details['agent']): Pick<TicketNews, 'by' | 'agent'> {
  const { type = '', summary } = agent ?? {};
  if (type === 'user_reference') return { by: nameIn('PagerDuty', summary), agent: 'person' };
  const name = visibleAtMost(summary, 150);
  const named = (program: string) => ({ by: name ? `${program}, ${name}` : program, agent: 'program' as const });
  if (/workflow|orchestration|automation/.test(type)) return named('a workflow in PagerDuty');
  if (/api|token|app_|oauth/.test(type)) return named('an API token');
  return { by: 'PagerDuty', agent: 'system' };
}

/** The data is an incident, or has one. */
function ticketOf({ incident, ...data }: Details['data']): Ticket | undefined {
  const reference = referenceOf(incident ?? data);
  if (!reference) return undefined;
  const { incident_key: key, title, status } = data;
  return {
    ...{ system: 'pagerduty', ...reference },
    ...{ key: visibleAtMost(key, 255), title: visibleAtMost(incident?.summary ?? title, 1024) },
    status: incident || !status ? undefined : status === 'resolved' ? 'resolved' : 'open',
  };
}

function referenceOf(reference: v.InferOutput<typeof Reference>): Pick<Ticket, 'ref' | 'url'> | undefined {
  const { id: ref, html_url: url } = reference ?? {};
  if (!ref || !/^[\w-]{1,64}$/.test(ref)) return undefined;
  return { ref, url: url && /^https:\/\/\S{1,300}$/.test(url) ? url : undefined };
}

function textOf(change: TicketChange, data: Details['data']): string | null | undefined {
  switch (change) {
    case 'reassigned':
    case 'escalated':
      return data.assignees?.flatMap(person => person?.summary ?? []).join(', ');
    case 'delegated':
      return data.escalation_policy?.summary;
    case 'priority':
      return data.priority?.summary;
    case 'note':
      return data.content;
    case 'status update':
      return data.message;
    case 'merged':
      return data.resolve_reason?.incident?.summary ?? data.resolve_reason?.incident?.id;
    default:
      return undefined;
  }
}
