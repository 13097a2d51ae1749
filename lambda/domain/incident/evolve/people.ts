import { atLeast, withBesides } from '../../kernel/severity.ts';
import type { EventOf } from '../events.ts';
import type { Incident } from '../incident.ts';

/** Severity, escalation, acknowledgement, and everything that people say of the incident. */
export function evolvePeople(
  incident: Incident,
  event: EventOf<
    | 'SeverityAssigned'
    | 'Escalated'
    | 'Reminded'
    | 'PageSent'
    | 'TargetMissed'
    | 'Acknowledged'
    | 'AcknowledgementWithdrawn'
    | 'CommandTaken'
    | 'Declared'
    | 'WorkaroundReported'
    | 'ReferenceAdded'
    | 'ChecklistTicked'
  >,
): Partial<Incident> {
  switch (event.type) {
    case 'SeverityAssigned': {
      const { severity, overrules: overruled, at } = event;
      const { policy, declared } = incident;
      const severityReasons = withBesides(severity, event.reasons, { ...policy, declared });
      const beginsEscalation = incident.policy.severities[severity].pages && !incident.escalation;
      return {
        ...{ severity, severityReasons, overruled, assessedAt: at },
        // A rise starts every target anew.
        ...(atLeast(incident.severity, severity) ? {} : { severityAt: at, breached: [], improvedTo: undefined }),
        ...(beginsEscalation ? { escalation: { since: at, level: 0, calledAt: at } } : {}),
      };
    }
    case 'Escalated': {
      const { since = event.at, level, levelAt } = incident.escalation ?? {};
      // A call while an acknowledgement holds is no level of the path that begins when it expires.
      return {
        escalation: {
          ...{ since, level: since > event.at ? 0 : event.level, calledAt: event.at },
          levelAt: level === event.level ? levelAt : event.at,
        },
        called: withEach(incident.called, event.level),
      };
    }
    case 'Reminded':
      return incident.escalation ? { escalation: { ...incident.escalation, calledAt: event.at } } : {};
    case 'PageSent': {
      const { level, urgency, to } = event;
      if (urgency !== 'page' || to === undefined) return {};
      return { paged: { ...incident.paged, [level]: withEach(incident.paged[level] ?? [], to) } };
    }
    case 'TargetMissed': {
      const last = event.to && incident.told[event.to];
      return {
        breached: withEach(incident.breached, event.target),
        ...(event.to && last ? { told: { ...incident.told, [event.to]: { ...last, missed: true } } } : {}),
      };
    }
    case 'Acknowledged':
      return {
        acknowledged: { by: event.by, at: event.at, until: event.until },
        firstAcknowledgedAt: incident.firstAcknowledgedAt ?? event.at,
        answeredAt: event.occurredAt ?? event.at,
        commander: incident.commander ?? event.by,
        ...(incident.escalation ? { escalation: { ...incident.escalation, since: event.until, level: 0 } } : {}),
      };
    case 'AcknowledgementWithdrawn':
      return {
        acknowledged: undefined,
        answeredAt: event.occurredAt ?? event.at,
        ...(incident.escalation ? { escalation: { since: event.at, level: 0, calledAt: event.at } } : {}),
      };
    case 'CommandTaken':
      return { commander: event.by };
    case 'Declared':
      return {
        declared: { ...incident.declared, [event.fact]: 1 },
        declarations: [...incident.declarations, { by: event.by, text: event.text }].slice(-DECLARATIONS),
        // Whoever declined the publication did not know of this yet.
        publication: incident.publication?.at ? incident.publication : undefined,
      };
    case 'WorkaroundReported': {
      const declared = { ...incident.declared, workaround: event.available ? 1 : 0 };
      return {
        declared,
        workaround: { available: event.available, by: event.by, text: event.text },
        severityReasons: withBesides(incident.severity, incident.severityReasons, { ...incident.policy, declared }),
      };
    }
    case 'ReferenceAdded': {
      const { system, ref, url } = event;
      const others = incident.references.filter(other => other.system !== system);
      return { references: [...others, { system, ref, url }] };
    }
    case 'ChecklistTicked':
      return { ticked: withEach(incident.ticked, event.item) };
  }
}

/** At most this many declarations are kept, the last ones. */
const DECLARATIONS = 10;

const withEach = <T>(known: readonly T[], added: T): T[] => [...new Set([...known, added])];
