import { withApplied } from './applied.ts';
import type { EventOf, EventType, IncidentEvent } from './events.ts';
import { evolveCommunication } from './evolve/communication.ts';
import { evolvePeople } from './evolve/people.ts';
import { evolveResponse } from './evolve/response.ts';
import { evolveReview } from './evolve/review.ts';
import { evolveSignals } from './evolve/signals.ts';
import { REAL_RESET } from './held.ts';
import type { Incident } from './incident.ts';
import { AUTOMATION } from './person.ts';
import { playbookNamed } from './policy.ts';
import { judgedBefore, judgedBy } from './targets.ts';

/** Only a living attempt commits these events. Pages and signals are no sign of life: they go on without it. */
const PROGRESS_EVENTS: ReadonlySet<EventType> = new Set([
  'DiagnosisRecorded',
  'StepSkipped',
  'StepStarted',
  'RunbookStarted',
  'StepSucceeded',
  'StepRehearsed',
  'StepFailed',
]);

/** At most this many merged incidents are remembered, the last ones. */
const ABSORBED = 20;

/** The state before the first event: there is no incident yet. */
export const initialState = (): Incident | undefined => undefined;

/** Applies one event to the state. Pure. @throws Error when the first event is not `IncidentOpened`, or a later one is. */
export function evolve(incident: Incident | undefined, event: IncidentEvent): Incident {
  if (event.type === 'IncidentOpened') {
    if (incident) throw new Error(`incident ${incident.id}: a second IncidentOpened at entry ${event.seq}`);
    return open(event);
  }
  if (!incident) throw new Error(`the timeline begins with ${event.type}, not IncidentOpened`);
  const next: Incident = {
    ...incident,
    version: event.seq + 1,
    commits: incident.applied.at(-1)?.id === event.command ? incident.commits : incident.commits + 1,
    changedAt: event.at,
    applied: withApplied(incident.applied, event),
    judged: judgedBefore(incident, event.at),
  };
  if (next.attempt && PROGRESS_EVENTS.has(event.type)) next.attempt = { ...next.attempt, progressAt: event.at };
  const changed = { ...next, ...change(next, event) };
  return {
    ...changed,
    statusAt: changed.status === incident.status ? incident.statusAt : event.at,
    judged: judgedBy(changed, event),
  };
}

/** The incident that a timeline describes. @throws Error for an empty timeline. */
export function fold(timeline: readonly IncidentEvent[]): Incident {
  const incident = timeline.reduce<Incident | undefined>(evolve, initialState());
  if (!incident) throw new Error('an empty timeline is no incident');
  return incident;
}

function open(event: EventOf<'IncidentOpened'>): Incident {
  const { id, number, slot, service, playbook, title, policy, startedAt, drill, reporter, seq, at } = event;
  return {
    ...{ id, number, slot, service, playbook, title, policy, startedAt, drill, reporter },
    version: seq + 1,
    commits: 1,
    changedAt: at,
    applied: withApplied([], event),
    status: 'investigating',
    statusAt: at,
    severity: 'P4',
    severityReasons: [],
    severityAt: at,
    declared: {},
    declarations: [],
    healthySince: at,
    disruptions: [],
    called: [],
    paged: {},
    judged: [],
    breached: [],
    references: [],
    ticked: [],
    openedAt: at,
    detectedAt: at,
    signals: {},
    troubles: [],
    rounds: 0,
    facts: {},
    measuredAt: {},
    objects: {},
    findings: [],
    skipped: {},
    runs: [],
    answers: [],
    actionItems: [],
    publicUpdates: [],
    told: {},
  };
}

/** Only the alarm that fired by itself is a trouble. */
function realTrouble(incident: Incident, { playbook = incident.playbook, at: since }: EventOf<'DrillBecameReal'>) {
  return { ...titleOf(incident, playbook), troubles: [{ playbook, since }] };
}

function titleOf({ policy, playbook: before, title }: Incident, playbook: string) {
  const known = playbook === before ? undefined : playbookNamed(policy, playbook);
  return { playbook: known?.name ?? before, title: known?.title ?? title };
}

/**
 * The fields that an event changes. Events of one subject have a file under `evolve/`; the course of the incident
 * itself is here.
 */
function change(incident: Incident, event: Exclude<IncidentEvent, EventOf<'IncidentOpened'>>): Partial<Incident> {
  switch (event.type) {
    case 'SignalFired':
    case 'SignalLost':
    case 'SignalCleared':
    case 'SignalFlaps':
    case 'SignalsUnlisted':
    case 'CauseFound':
    case 'AlarmsUnreadable':
    case 'AlarmsReadable':
    case 'DiagnosisRecorded':
    case 'ServiceMeasured':
    case 'ImprovementSeen':
      return evolveSignals(incident, event);
    case 'SeverityAssigned':
    case 'Escalated':
    case 'Reminded':
    case 'PageSent':
    case 'TargetMissed':
    case 'Acknowledged':
    case 'AcknowledgementWithdrawn':
    case 'CommandTaken':
    case 'Declared':
    case 'WorkaroundReported':
    case 'ReferenceAdded':
    case 'ChecklistTicked':
      return evolvePeople(incident, event);
    case 'ResponseRequested':
    case 'StepSkipped':
    case 'StepStarted':
    case 'RunbookStarted':
    case 'ExecutionStopped':
    case 'StepSucceeded':
    case 'StepRehearsed':
    case 'StepFailed':
    case 'HarmSeen':
    case 'RevertRequested':
    case 'ApprovalRequested':
    case 'ApprovalAskedAgain':
    case 'ApprovalGiven':
    case 'ApprovalDeclined':
    case 'ResponseEnded':
    case 'HandedOver':
      return evolveResponse(incident, event);
    case 'PublicationRequested':
    case 'PublicationDeclined':
    case 'Published':
    case 'UpdatePosted':
    case 'MessageDelivered':
      return evolveCommunication(incident, event);
    case 'ActionItemRaised':
    case 'ActionItemChanged':
    case 'ActionItemDone':
    case 'ActionItemDue':
    case 'OutageMeasured':
    case 'PostMortemDrafted':
    case 'PostMortemOverdue':
    case 'PostMortemRequested':
    case 'PostMortemDone':
      return evolveReview(incident, event);
    case 'HeldForMaintenance': {
      const { source, reason, until } = event;
      return { held: { source, reason, ...(until ? { until } : {}) } };
    }
    case 'DrillBecameReal':
    case 'MaintenanceEnded':
      return {
        ...REAL_RESET,
        ...(event.type === 'DrillBecameReal' ? realTrouble(incident, event) : titleOf(incident, event.playbook)),
        startedAt: event.at,
        detectedAt: event.at,
        severityAt: event.at,
        // This event itself notifies the people on call. From here on the path climbs as from the beginning.
        escalation: incident.escalation && { since: event.at, level: 1, levelAt: event.at, calledAt: event.at },
      };
    case 'CauseIdentified':
      return { status: incident.status === 'investigating' ? 'identified' : incident.status, cause: event.text };
    case 'Mitigated':
      return {
        status: 'monitoring',
        mitigatedAt: event.at,
        clearedAt: event.at,
        allClearSince: incident.allClearSince ?? event.at,
        approval: undefined,
      };
    case 'SettlingFailed':
      return { allClearSince: event.at };
    case 'ResolutionRequested': {
      const { by, via, reason, cancelled } = event;
      return { resolution: { by, via, reason, cancelled }, fixed: true, approval: undefined };
    }
    case 'MergedInto': {
      const { into: id, slot, number } = event;
      return { status: 'resolved', resolvedAt: event.at, mergedInto: { id, slot, number }, approval: undefined };
    }
    case 'Absorbed': {
      const { startedAt, absorbed = [] } = incident;
      return {
        absorbed: [...absorbed, event.id].slice(-ABSORBED),
        startedAt: event.startedAt < startedAt ? event.startedAt : startedAt,
      };
    }
    case 'StillRed':
      return { stillRedAt: event.at };
    case 'Resolved':
      return {
        ...{ status: 'resolved', resolvedAt: event.at, cancelled: event.cancelled, approval: undefined },
        settled: event.by === AUTOMATION || undefined,
      };
    case 'FixDeployed':
    case 'NoteAdded':
      return {};
    case 'TicketChanged': {
      const { change, occurredAt = event.at } = event;
      const later = (at = '') => (occurredAt > at ? occurredAt : at);
      if (change === 'unacknowledged') return { answeredAt: later(incident.answeredAt) };
      return change === 'reopened' ? { ticketReopenedAt: later(incident.ticketReopenedAt) } : {};
    }
  }
}
