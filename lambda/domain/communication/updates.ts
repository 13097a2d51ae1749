import type { Audience } from '../incident/audiences.ts';
import type { Decision, Obligation, PersonCommand } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import type { Person } from '../incident/person.ts';
import { AUTOMATION } from '../incident/person.ts';
import { componentsOf } from '../incident/scope.ts';
import type { Component } from '../incident/service-policy.ts';
import { minutesBetween, plusMinutes } from '../kernel/time.ts';
import { disruptionsOf } from '../outage/disruption.ts';
import { unfitForCustomers } from './customer-text.ts';

/** Minutes before the deadline at which the first update goes out, even if the diagnosis has not ended. */
const FIRST_UPDATE_LEAD = 5;
/** Minutes for which a status must have lasted to be told before its time, and between two such updates. The end is told at once. */
const LASTING = 5;
/** Minutes since the last update before a status is told again that the audience has heard of: where a trouble comes and goes. */
const AGAIN = 15;
/** The watch runs once a minute: an update that falls due before its next run is sent now. */
const WATCH_INTERVAL = 1;
/** Minutes that an update may be late before it counts as missed. */
const GRACE = 10;

const AUDIENCES: readonly Audience[] = ['stakeholders', 'public'];

/** The incident is on the status page. */
export const isPublic = ({ publication }: Incident) => publication?.at !== undefined;

/** The updates that are due, and the missed ones, which are a fault. */
export const updateObligations = (incident: Incident, now: string): Obligation[] => [
  ...AUDIENCES.flatMap(to => missed(incident, to, now)),
  ...AUDIENCES.filter(to => updateDue(incident, to, now)).map((to): Obligation => ({ type: 'post update', to })),
];

/** An audience that got one update gets all later ones, even if the severity has fallen since. */
function isInformed({ told, policy, severity, ...incident }: Incident, to: Audience): boolean {
  if (told[to]) return true;
  if (to === 'public') return incident.publication?.at !== undefined;
  return policy.severities[severity].stakeholdersMinutes !== undefined;
}

function updateDue(incident: Incident, to: Audience, now: string): boolean {
  if (!isInformed(incident, to)) return false;
  const { told, status, statusAt, policy, findings } = incident;
  const last = told[to];
  if (!last)
    return to === 'public' || findings.length > 0 || minutesBetween(now, firstUpdateDue(incident)) <= FIRST_UPDATE_LEAD;
  const passed = minutesBetween(last.at, now);
  if (to === 'stakeholders' && hasRisenSince(incident, last.at)) return true;
  if (passed >= policy.updateMinutes - WATCH_INTERVAL) return true;
  if (last.status === status) return false;
  const isKnown = last.statuses.includes(status);
  // Customers look at the page meanwhile: what they have not read of yet does not wait to last.
  const lasts = minutesBetween(statusAt, now) >= LASTING || (to === 'public' && !isKnown);
  return lasts && passed >= (isKnown ? AGAIN : LASTING);
}

/** The severity has risen since the last update: stakeholders must hear of every rise within the target. */
const hasRisenSince = ({ policy, severity, severityAt }: Incident, at: string) =>
  at < severityAt && policy.severities[severity].stakeholdersMinutes !== undefined;

/** The deadline for telling stakeholders, counted from the last change of severity. */
const firstUpdateDue = ({ policy, severity, severityAt }: Incident) =>
  plusMinutes(severityAt, policy.severities[severity].stakeholdersMinutes ?? 0);

/** An update that was not sent or did not arrive: the audience waits for it and does not know why. */
function missed(incident: Incident, to: Audience, now: string): Obligation[] {
  const last = incident.told[to];
  const missing: Obligation = { type: 'miss target', target: 'update', to };
  if (!isInformed(incident, to) || last?.missed) return [];
  const rise =
    to === 'stakeholders' && (!last || hasRisenSince(incident, last.at)) ? firstUpdateDue(incident) : undefined;
  if (!last) return rise && rise < now && !incident.breached.includes('update') ? [missing] : [];
  const next = plusMinutes(last.delivered && last.nextAt ? last.nextAt : last.waitsSince, GRACE);
  const due = rise && rise < next ? rise : next;
  return due < now ? [missing] : [];
}

/** Automation's update on an open incident: its status, in the words of the templates. */
export const postUpdate = (incident: Incident, to: Audience, now: string): Event =>
  update(incident, to, now, { by: AUTOMATION });

function update({ status, policy }: Incident, to: Audience, now: string, author: Person & { text?: string }): Event {
  const open = status === 'closed' ? 'resolved' : status;
  const nextAt = open === 'resolved' ? {} : { nextAt: plusMinutes(now, policy.updateMinutes) };
  return { type: 'UpdatePosted', to, status: open, ...author, ...nextAt };
}

/** Every audience that was told of the incident gets a last update with its resolution. */
export function withClosingUpdates(incident: Incident | undefined, events: Event[]): Event[] {
  const end = events.find(({ type }) => type === 'Resolved');
  if (!incident || end?.type !== 'Resolved') return events;
  const informed = AUDIENCES.filter(to => incident.told[to]);
  const closingUpdate = (to: Audience): Event => ({
    type: 'UpdatePosted',
    to,
    status: 'resolved',
    by: end.by,
    via: end.via,
  });
  return [...events, ...informed.map(closingUpdate)];
}

/** A person's own words, to stakeholders and, if the incident is published and the update not internal, to customers. */
export function postByPerson(
  incident: Incident,
  { by, via, text, internal }: Extract<PersonCommand, { type: 'post update' }>,
  now: string,
): Decision {
  const audiences: Audience[] = [
    ...(hasStakeholders(incident) ? (['stakeholders'] as const) : []),
    ...(isPublic(incident) && !internal ? (['public'] as const) : []),
  ];
  if (audiences.length === 0)
    return {
      refused: `nobody would read it: no stakeholders are configured${internal || !incident.policy.statusPage ? '' : `, and ${incident.id} is not published`}`,
    };
  const found = audiences.includes('public') ? unfitForCustomers(text, incident.policy) : undefined;
  if (found)
    return { refused: `customers would read ${found}: say it without, or tell stakeholders alone (--internal)` };
  return { events: audiences.map(to => update(incident, to, now, { by, via, text })) };
}

/** Somebody is configured who reads the updates: without stakeholders no severity has a time for them. */
const hasStakeholders = ({ policy }: Incident) =>
  Object.values(policy.severities).some(({ stakeholdersMinutes }) => stakeholdersMinutes !== undefined);

/** The components that an incident affects. An investigation affects them only if people were measured to suffer. */
export function affectedComponents(incident: Incident): readonly Component[] {
  const { publication } = incident;
  const none = publication?.investigation && !publication.components && disruptionsOf(incident).length === 0;
  return none ? [] : subscribedComponents(incident);
}

/** The components that an incident is about: those that a person named, or else those that its playbook affects. */
export function subscribedComponents({ policy, troubles, publication }: Incident): readonly Component[] {
  const components = policy.statusPage?.components ?? [];
  const named = publication?.components;
  return named
    ? components.filter(({ id }) => named.includes(id))
    : componentsOf(
        troubles.map(({ playbook }) => playbook),
        components,
      );
}
