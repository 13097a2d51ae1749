import * as v from 'valibot';
import { visible } from '../domain/encoding/visible.ts';
import type { MonthlyReport } from '../domain/figures/report.ts';
import type { IncidentEvent } from '../domain/incident/events.ts';
import { MOST_EVENTS } from '../domain/incident/history.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Maintenance } from '../domain/incident/maintenance.ts';
import { isPersonName } from '../domain/incident/person.ts';
import type { PlaybookPolicy } from '../domain/incident/policy.ts';
import { TICKET_CHANGES } from '../domain/incident/ticket.ts';
import type { LinkAction } from '../domain/messages/link.ts';

const text = (most: number) =>
  v.pipe(v.string(), v.transform(visible), v.trim(), v.minLength(1, 'some text'), v.maxLength(most));
const Severity = v.picklist(['P1', 'P2', 'P3', 'P4']);

const Month = v.pipe(v.string(), v.regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2026-01'));

/** The timeline tells what people did from what the responder did by the name alone. */
const PersonName = v.pipe(
  text(200),
  v.check(isPersonName, 'the name of a person, which the responder does not use for itself'),
);

/** The person, the source of the request, and an id by which a repeated request takes effect once. */
const Caller = {
  by: PersonName,
  via: v.picklist(['link', 'slack', 'opsgenie', 'command line']),
  requestId: text(200),
};

/** The thread in Slack or the alert in Opsgenie in which the person acted. */
const From = { from: v.optional(text(600)) };

export const IncidentId = v.pipe(
  v.string(),
  v.regex(/^INC-\d{4}-\d{2}-\d{2}-\d{3,12}$/, 'an incident such as INC-2026-01-31-001'),
);

const About = { incident: IncidentId };

/** The link by which the person acts or reads, as it stands in its URL. Whoever comes by links must show it. */
const By = { link: v.optional(text(4096)) };

/** The incident by whose page somebody acts on the service. */
const ByLink = { ...By, incident: v.optional(IncidentId) };

const Item = v.pipe(v.string(), v.toUpperCase(), v.regex(/^A\d{1,3}$/, 'an action item such as A1'));

/** The fields of an action item that people set. */
const Assignment = {
  owner: v.optional(text(200)),
  priority: v.optional(v.picklist(['high', 'medium', 'low'])),
  dueAt: v.optional(v.pipe(v.string(), v.isoTimestamp('a time such as 2026-01-31T18:00:00Z'))),
};

/** The facts that people declare, about a new incident or an open one. */
const Declaration = {
  severity: v.optional(Severity),
  dataLoss: v.optional(v.boolean()),
  securityBreach: v.optional(v.boolean()),
  workaround: v.optional(v.boolean()),
};

/** An action of a person on an incident. */
const Act = v.variant('type', [
  v.strictObject({ type: v.literal('acknowledge') }),
  v.strictObject({ type: v.literal('withdraw acknowledgement'), reason: v.optional(text(500)) }),
  v.strictObject({ type: v.literal('answer approval'), step: text(100), approve: v.boolean() }),
  v.strictObject({ type: v.literal('take command') }),
  v.strictObject({ type: v.literal('note'), text: text(2000) }),
  v.strictObject({ type: v.literal('set severity'), severity: Severity, reason: v.optional(text(500)) }),
  v.strictObject({ type: v.literal('declare'), text: v.optional(text(1000)), ...Declaration }),
  v.strictObject({
    type: v.literal('tick'),
    item: v.picklist(['acknowledge', 'ticket', 'channel', 'severity', 'log', 'stakeholders']),
  }),
  v.strictObject({ type: v.literal('revert'), step: text(100) }),
  v.strictObject({
    type: v.literal('resolve'),
    reason: text(1000),
    cancelled: v.optional(v.boolean()),
    whileRed: v.optional(v.boolean()),
  }),
  v.strictObject({ type: v.literal('publish'), components: v.optional(v.pipe(v.array(text(40)), v.minLength(1))) }),
  v.strictObject({ type: v.literal('withhold') }),
  v.strictObject({ type: v.literal('post update'), text: text(2000), internal: v.optional(v.boolean()) }),
  v.strictObject({ type: v.literal('raise action item'), action: text(200), text: text(1000), ...Assignment }),
  v.strictObject({ type: v.literal('change action item'), item: Item, ...Assignment }),
  v.strictObject({ type: v.literal('finish action item'), item: Item }),
  ...(['state cause', 'state fix'] as const).map(type =>
    v.strictObject({
      type: v.literal(type),
      text: text(1000),
      happenedAt: v.pipe(v.string(), v.isoTimestamp('a time such as 2026-01-31T18:00:00.000Z')),
    }),
  ),
  v.strictObject({ type: v.literal('request post-mortem') }),
]);
export type Act = v.InferOutput<typeof Act>;

const TicketReference = { ref: text(64), url: v.optional(text(400)) };

/** A change of a ticket in its system, and who made it. */
const TicketNews = {
  ticket: v.strictObject({
    ...{ system: v.literal('pagerduty'), ...TicketReference },
    key: v.optional(text(255)),
    title: v.optional(text(1024)),
    status: v.optional(v.picklist(['open', 'resolved'])),
  }),
  change: v.picklist(TICKET_CHANGES),
  agent: v.picklist(['person', 'program', 'system']),
  text: v.optional(text(2000)),
  occurredAt: v.optional(v.pipe(v.string(), v.isoTimestamp('a time such as 2026-01-31T18:00:00.000Z'))),
  into: v.optional(v.strictObject(TicketReference)),
};

/** The name of a file in the folder of a review. */
const FileName = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{0,120}$/, 'the name of a file of the review'));

/** The document as it was written: it is not trimmed. */
const Document = v.pipe(v.string(), v.minLength(1, 'a document'), v.maxLength(200_000));

/** The request to the command function, whichever source it comes from. */
export const CommandRequest = v.variant('do', [
  /** The open incidents, and `closed` ones; or those opened in a month. */
  v.strictObject({ do: v.literal('list'), ...By, closed: v.optional(v.boolean(), false), month: v.optional(Month) }),
  v.strictObject({ do: v.literal('playbooks') }),
  /** The maintenance in force. */
  v.strictObject({ do: v.literal('maintenance') }),
  /** `long`: the window is meant to last longer than a day. */
  v.strictObject({
    ...{ do: v.literal('start maintenance'), ...Caller, reason: text(500), long: v.optional(v.boolean()) },
    ...ByLink,
    minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30 * 24 * 60)),
  }),
  v.strictObject({ do: v.literal('end maintenance'), ...Caller, ...ByLink }),
  /** Links to what the person may do next who shows this one. */
  v.strictObject({ do: v.literal('next actions'), ...About, link: text(4096) }),
  /** `events`: how many of the last events are shown. */
  v.strictObject({
    ...{ do: v.literal('show'), ...About, ...By },
    events: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_EVENTS))),
  }),
  v.strictObject({
    do: v.literal('report'),
    month: v.optional(Month),
  }),
  v.strictObject({ do: v.literal('act'), ...About, ...Caller, ...From, ...By, act: Act }),
  v.strictObject({ do: v.literal('hear of ticket'), ...Caller, via: v.literal('pagerduty'), ...TicketNews }),
  v.strictObject({ do: v.literal('reopen'), ...About, ...Caller, reason: text(1000) }),
  v.strictObject({ do: v.literal('merge'), ...About, ...Caller, ...From, ...By, into: About.incident }),
  v.strictObject({ do: v.literal('review files'), ...About }),
  v.strictObject({ do: v.literal('review file'), ...About, ...By, name: FileName }),
  /** `document`: the edited post-mortem, in Markdown. */
  v.strictObject({ do: v.literal('finish post-mortem'), ...About, ...Caller, document: Document }),
  v.strictObject({
    do: v.literal('open'),
    ...Caller,
    title: text(100),
    text: v.optional(text(1000)),
    ...Declaration,
  }),
]);
export type CommandRequest = v.InferInput<typeof CommandRequest>;
/** The same once it is parsed. */
export type ParsedRequest = v.InferOutput<typeof CommandRequest>;

/** The answer to a request: the incident in its new state and the events that happened; or the reason of a refusal. */
/** An incident as lists show it; an open one is answered with its whole state. */
export type ListedIncident = Pick<Incident, 'id' | 'title' | 'severity' | 'status' | 'startedAt'> &
  Partial<Pick<Incident, 'commander' | 'approval' | 'drill' | 'held' | 'playbook'>> & {
    mergedInto?: string | { id: string } | undefined;
  };

export interface CommandAnswer {
  incident?: Incident | undefined;
  /** The last events of the incident. */
  timeline?: IncidentEvent[];
  incidents?: ListedIncident[];
  /** Open incidents or mute rules that could not be read, each with the reason. */
  unreadable?: string[];
  /** The playbooks that detect something, each with its alarms. */
  playbooks?: Pick<PlaybookPolicy, 'name' | 'title' | 'alarms'>[];
  report?: MonthlyReport;
  maintenance?: Maintenance[];
  /** The next actions, each with the path of its link. */
  next?: { action: LinkAction; path: string }[];
  /** The files of the review. Their content is fetched one by one, because an answer of Lambda is limited to 6 MB. */
  files?: { name: string; size: number }[];
  /** The content of a file, base64. */
  content?: string;
  /** The types of the events; empty when the request had no effect. */
  happened?: string[];
  refused?: string | undefined;
  /** The refused request is accepted once it says that the person knows. */
  confirm?: 'while red' | undefined;
}
