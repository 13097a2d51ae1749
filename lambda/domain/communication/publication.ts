import type { Investigation } from '../incident/audiences.ts';
import type { Decision, Obligation } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import { isHarmed } from '../incident/harm.ts';
import type { Incident } from '../incident/incident.ts';
import type { Person } from '../incident/person.ts';
import { LEVEL_MINUTES } from '../incident/service-policy.ts';
import { playbooksOf } from '../incident/troubles.ts';
import { clock, minutesBetween } from '../kernel/time.ts';
import { affectedComponents, isPublic } from './updates.ts';

/** Minutes that the diagnosis gets to measure whether people suffer, before a person is asked. */
const DIAGNOSIS_MINUTES = 5;

/** A person declared something that no metric shows; a security breach comes before a data loss, if both were declared. */
export const investigationOf = ({ declared }: Pick<Incident, 'declared'>): Investigation | undefined => {
  if (declared['securityBreach']) return 'security';
  return declared['dataLoss'] ? 'data' : undefined;
};

/**
 * Decides if customers are told. Measured harm is published without asking, even after a person said no: it is news. For a
 * declared breach or data loss the commander is asked at once; for an alarm without measured harm a person is asked once.
 */
export function publicationObligations(incident: Incident, now: string): Obligation[] {
  const { drill, policy, severity, publication, diagnosedIn, openedAt, reporter } = incident;
  const { publishes, pages } = policy.severities[severity];
  if (drill || !policy.statusPage || isPublic(incident) || publishes === 'off') return [];
  const harmed = isHarmed(incident);
  if (publishes === 'auto' && harmed) return [{ type: 'publish' }];
  if (publication?.declined) return [];
  if (investigationOf(incident) && pages)
    return policy.statusPage.investigations === 'auto' ? [{ type: 'publish' }] : questionObligations(incident, now);
  // Whoever declares a P3 can publish it as well, so nobody is asked.
  if (playbooksOf(incident).every(({ internal }) => internal) || (publishes === 'approve' && reporter && !harmed))
    return [];
  const isTimeToAsk =
    publishes === 'approve' || diagnosedIn !== undefined || minutesBetween(openedAt, now) >= DIAGNOSIS_MINUTES;
  return isTimeToAsk && !publication?.askedAt ? [{ type: 'ask to publish' }] : [];
}

/** The question climbs the escalation path as a page does, until somebody says yes or no: an acknowledgement is no answer. */
function questionObligations({ policy, publication }: Incident, now: string): Obligation[] {
  const { askedAt = now, calledAt = now, levelAt, level: lastLevel = 0 } = publication ?? {};
  const next = policy.escalation.find(({ level }) => level > lastLevel);
  const hadItsMinutes = !levelAt || minutesBetween(levelAt, now) >= LEVEL_MINUTES;
  if (next && next.afterMinutes <= minutesBetween(askedAt, now) && hadItsMinutes)
    return [{ type: 'ask to publish', level: next.level }];
  return minutesBetween(calledAt, now) >= policy.remindMinutes ? [{ type: 'ask to publish', level: lastLevel }] : [];
}

/** Something declared without measured harm is published as an investigation, without an outage. */
export function publishedEvent(incident: Incident, person: Person, components?: string[]): Event {
  const investigation = isHarmed(incident) ? undefined : investigationOf(incident);
  return {
    ...{ type: 'Published', ...person },
    ...(components ? { components } : {}),
    ...(investigation ? { investigation } : {}),
  };
}

/** A person publishes the incident, or says of which components it is, also once it is published. */
export function publish(incident: Incident, { by, via }: Person, components?: string[]): Decision {
  const { policy, id, publication } = incident;
  const refused = unpublishable(incident);
  if (refused) return { refused };
  const known = policy.statusPage?.components.map(component => component.id) ?? [];
  const unknown = components?.find(component => !known.includes(component));
  if (unknown) return { refused: `there is no component ${unknown}: there is ${known.join(', ')}` };
  if (isPublic(incident)) return { events: changedComponents(incident, { by, via }, components) };
  const { declined } = publication ?? {};
  // Whoever answers by a link or a button may not know that somebody else has answered.
  if (declined && (via === 'link' || via === 'slack'))
    return {
      refused: `${declined.by} said no at ${clock(declined.at)} UTC (npx incident publish ${id} publishes it all the same)`,
    };
  return { events: [publishedEvent(incident, { by, via }, components)] };
}

/** Replaces the components that customers read of; an investigation stays one. */
function changedComponents(incident: Incident, person: Person, components: string[] | undefined): Event[] {
  const published = affectedComponents(incident).map(({ id }) => id);
  if (!components || JSON.stringify([...new Set(components)].sort()) === JSON.stringify(published.sort())) return [];
  const investigation = incident.publication?.investigation;
  return [{ type: 'Published', ...person, components, ...(investigation ? { investigation } : {}) }];
}

/** A person keeps the incident from customers; nobody is asked again. */
export function withhold(incident: Incident, { by, via }: Person): Decision {
  const { publication, id } = incident;
  const refused = unpublishable(incident);
  if (refused) return { refused };
  if (publication?.at)
    return { refused: `customers have read of ${id} since ${clock(publication.at)} UTC: tell them more by an update` };
  return { events: publication?.declined ? [] : [{ type: 'PublicationDeclined', by, via }] };
}

function unpublishable({ policy, drill, id }: Incident): string | undefined {
  if (!policy.statusPage) return 'there is no status page: statusPage is not configured';
  return drill ? `${id} is a drill: customers are not told of it` : undefined;
}
