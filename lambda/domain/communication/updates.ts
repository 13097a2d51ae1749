import type { Audience } from '../incident/audiences.ts';
import type { Decision, Obligation, PersonCommand } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import type { Person } from '../incident/person.ts';
import type { Policy } from '../incident/policy.ts';
import type { Component } from '../incident/service-policy.ts';
import { minutesBetween, plusMinutes } from '../kernel/time.ts';
import { disruptions } from '../outage/disruption.ts';

/** Minutes before the first update is owed: if the diagnosis takes longer, it goes out without. */
const AHEAD = 5;
/** Minutes between two updates by themselves, however fast things change. The end is told at once. */
const APART = 5;
/** The watch looks once a minute: what is owed by the next minute is owed now. */
const WATCH = 1;
/** Minutes within which an update has arrived, and after which one that did not come is missed. */
const GRACE = 10;

const AUDIENCES: readonly Audience[] = ['stakeholders', 'public'];

/** Customers are told of it. */
export const isPublic = ({ publication }: Incident) => publication?.at !== undefined;

/** Updates owed to those who are told; whoever was left without one is a fault. */
export const updateObligations = (incident: Incident, now: string): Obligation[] => [
  ...AUDIENCES.flatMap(to => missed(incident, to, now)),
  ...AUDIENCES.filter(to => updateDue(incident, to, now)).map((to): Obligation => ({ type: 'post update', to })),
];

/** Whoever was told once is told to the end, even if the severity has fallen since. */
function isTold({ told, policy, severity, ...incident }: Incident, to: Audience): boolean {
  if (told[to]) return true;
  if (to === 'public') return incident.publication?.at !== undefined;
  return policy.severities[severity].stakeholdersMinutes !== undefined;
}

function updateDue(incident: Incident, to: Audience, now: string): boolean {
  if (!isTold(incident, to)) return false;
  const { told, status, policy, findings } = incident;
  const last = told[to];
  if (!last) return to === 'public' || findings.length > 0 || minutesBetween(now, heardBy(incident)) <= AHEAD;
  const passed = minutesBetween(last.at, now);
  if (to === 'stakeholders' && hasRisenSince(incident, last.at)) return true;
  return passed >= policy.updateMinutes - WATCH || (last.status !== status && passed >= APART);
}

/** The last update was about a lesser trouble: stakeholders hear of every rise in time, the first and each later one. */
const hasRisenSince = ({ policy, severity, severityAt }: Incident, at: string) =>
  at < severityAt && policy.severities[severity].stakeholdersMinutes !== undefined;

/** When stakeholders must have heard of it, counted from when it became as severe as it is. */
const heardBy = ({ policy, severity, severityAt }: Incident) =>
  plusMinutes(severityAt, policy.severities[severity].stakeholdersMinutes ?? 0);

/** One that did not arrive, or was not sent: the audience waits for it, and does not know why. */
function missed(incident: Incident, to: Audience, now: string): Obligation[] {
  const last = incident.told[to];
  const missing: Obligation = { type: 'miss target', target: 'update', to };
  if (!isTold(incident, to) || last?.missed) return [];
  const rise = to === 'stakeholders' && (!last || hasRisenSince(incident, last.at)) ? heardBy(incident) : undefined;
  if (!last) return rise && rise < now && !incident.breached.includes('update') ? [missing] : [];
  const next = plusMinutes(last.delivered && last.nextAt ? last.nextAt : last.waitsSince, GRACE);
  const owed = rise && rise < next ? rise : next;
  return owed < now ? [missing] : [];
}

/** What automation says of an incident that is open: how it stands, in the words of the templates. */
export const postUpdate = (incident: Incident, to: Audience, now: string): Event =>
  update(incident, to, now, { by: 'automation' });

function update({ status, policy }: Incident, to: Audience, now: string, said: Person & { text?: string }): Event {
  const open = status === 'closed' ? 'resolved' : status;
  const nextAt = open === 'resolved' ? {} : { nextAt: plusMinutes(now, policy.updateMinutes) };
  return { type: 'UpdatePosted', to, status: open, ...said, ...nextAt };
}

/** Whoever was told of the incident is told of its end with it. */
export function withClosingUpdates(incident: Incident | undefined, events: Event[]): Event[] {
  const end = events.find(({ type }) => type === 'Resolved');
  if (!incident || end?.type !== 'Resolved') return events;
  const told = AUDIENCES.filter(to => incident.told[to]);
  const last = (to: Audience): Event => ({
    type: 'UpdatePosted',
    to,
    status: 'resolved',
    by: end.by,
    via: end.via,
  });
  return [...events, ...told.map(last)];
}

/** A person's own words, to all who are told of the incident, or to stakeholders alone. */
export function postByPerson(
  incident: Incident,
  { by, via, text, internal }: Extract<PersonCommand, { type: 'post update' }>,
  now: string,
): Decision {
  const open: Audience[] = isPublic(incident) && !internal ? ['stakeholders', 'public'] : ['stakeholders'];
  const found = open.includes('public') ? internalName(text, incident.policy) : undefined;
  if (found)
    return { refused: `customers would read "${found}": say it without, or tell stakeholders alone (--internal)` };
  return { events: open.map(to => update(incident, to, now, { by, via, text })) };
}

/** What looks as if it were ours alone, whatever it says. */
const INTERNAL = new RegExp(
  [
    /\barn:aws[\w-]*:\S+/,
    // An account, an IPv4 and an IPv6 address.
    /\b\d{12}\b/,
    /\b\d{1,3}(?:\.\d{1,3}){3}\b/,
    /\b(?:[0-9a-f]{1,4}:){1,6}:[0-9a-f]{1,4}\b|\b(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\b/,
    /[\w.+-]+@[\w-]+\.[\w.]+/,
    // Hosts and resources of our own network.
    /\b[\w.-]+\.(?:amazonaws\.com|internal|local|on\.aws)\b/,
    /\b(?:i|sg|vpc|subnet|eni)-[0-9a-f]{8,}\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

/** The part of a text that nobody outside may read; undefined when there is none. */
export function internalName(text: string, { internalNames }: Pick<Policy, 'internalNames'>): string | undefined {
  const lower = text.toLowerCase();
  return INTERNAL.exec(text)?.[0] ?? internalNames.find(name => lower.includes(name.toLowerCase()));
}

/** Components that an incident affects, as customers know them. An investigation affects what was measured to suffer. */
export function affectedComponents(incident: Incident): readonly Component[] {
  const { publication } = incident;
  const none = publication?.investigation && !publication.components && disruptions(incident).length === 0;
  return none ? [] : subscribedComponents(incident);
}

/** Components that an incident is about: those a person named, or those its playbook affects. */
export function subscribedComponents({ policy, playbook, publication }: Incident): readonly Component[] {
  const components = policy.statusPage?.components ?? [];
  const named = publication?.components;
  if (named) return components.filter(({ id }) => named.includes(id));
  const touched = components.filter(({ affectedBy }) => !affectedBy || affectedBy.includes(playbook));
  // What nobody has assigned may affect everything.
  return touched.length > 0 ? touched : components;
}
