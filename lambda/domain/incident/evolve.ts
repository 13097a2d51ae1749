import { atLeast, withAffected, withBesides, withService } from '../kernel/severity.ts';
import { plusMinutes } from '../kernel/time.ts';
import type { EventOf, EventType, IncidentEvent, Status } from './events.ts';
import { isHealthy } from './harm.ts';
import { type ActionItem, allClear, DRILL_RESET, type Incident, type Run } from './incident.ts';
import type { SignalState } from './signal.ts';

/** What only a living attempt commits. Pages and signals go on without it and are no sign of its life. */
const RESPONSE_ENTRIES: ReadonlySet<EventType> = new Set([
  'DiagnosisRecorded',
  'StepSkipped',
  'StepStarted',
  'RunbookStarted',
  'StepSucceeded',
  'StepRehearsed',
  'StepFailed',
]);

/** Folds one entry into the state. Pure; the first entry of a timeline must be `IncidentOpened`. */
export function evolve(incident: Incident | undefined, entry: IncidentEvent): Incident {
  if (entry.type === 'IncidentOpened') {
    if (incident) throw new Error(`incident ${incident.id}: a second IncidentOpened at entry ${entry.seq}`);
    return open(entry);
  }
  if (!incident) throw new Error(`the timeline begins with ${entry.type}, not IncidentOpened`);
  const next: Incident = { ...incident, timeline: [...incident.timeline, entry] };
  if (next.attempt && RESPONSE_ENTRIES.has(entry.type)) next.attempt = { ...next.attempt, progressAt: entry.at };
  return { ...next, ...change(next, entry) };
}

/** State equals the fold of the timeline. */
export function fold(timeline: readonly IncidentEvent[]): Incident {
  const incident = timeline.reduce<Incident | undefined>(evolve, undefined);
  if (!incident) throw new Error('an empty timeline is no incident');
  return incident;
}

function open(entry: EventOf<'IncidentOpened'>): Incident {
  const { id, number, service, playbook, title, policy, startedAt, drill, reporter, at } = entry;
  return {
    ...{ id, number, service, playbook, title, policy, startedAt, drill, reporter },
    status: 'investigating',
    severity: 'P4',
    severityReasons: [],
    severityAt: at,
    declared: {},
    healthySince: at,
    breached: [],
    references: [],
    ticked: [],
    openedAt: at,
    signals: {},
    facts: {},
    measuredAt: {},
    objects: {},
    findings: [],
    runs: [],
    actionItems: [],
    told: {},
    timeline: [entry],
  };
}

function change(incident: Incident, entry: Exclude<IncidentEvent, EventOf<'IncidentOpened'>>): Partial<Incident> {
  switch (entry.type) {
    case 'SignalFired':
      return { ...signal(incident, entry, 'firing'), status: worsen(incident), allClearSince: undefined };
    case 'SignalLost':
      return { ...signal(incident, entry, 'unknown'), allClearSince: undefined };
    case 'SignalCleared': {
      const cleared = { ...incident, ...signal(incident, entry, 'cleared') };
      return allClear(cleared) ? { ...cleared, allClearSince: incident.allClearSince ?? entry.at } : cleared;
    }
    case 'SeverityAssigned': {
      const { severity, overrules: overruled, at } = entry;
      const { policy, declared } = incident;
      const severityReasons = withBesides(severity, entry.reasons, { ...policy, declared });
      const begins = incident.policy.severities[severity].pages && !incident.escalation;
      return {
        ...{ severity, severityReasons, overruled },
        // A rise renews every promise.
        ...(atLeast(incident.severity, severity) ? {} : { severityAt: at, breached: [], improvedTo: undefined }),
        ...(begins ? { escalation: { since: at, level: 0, calledAt: at } } : {}),
      };
    }
    case 'Escalated': {
      const since = incident.escalation?.since ?? entry.at;
      // A call while an acknowledgement holds is no rung of the path that begins when it expires.
      return { escalation: { since, level: since > entry.at ? 0 : entry.level, calledAt: entry.at } };
    }
    case 'Reminded':
      return incident.escalation ? { escalation: { ...incident.escalation, calledAt: entry.at } } : {};
    case 'TargetMissed': {
      const last = entry.to && incident.told[entry.to];
      return {
        breached: [...incident.breached, entry.target],
        ...(entry.to && last ? { told: { ...incident.told, [entry.to]: { ...last, missed: true } } } : {}),
      };
    }
    case 'Acknowledged':
      return {
        acknowledged: { by: entry.by, at: entry.at, until: entry.until },
        commander: incident.commander ?? entry.by,
        ...(incident.escalation
          ? { escalation: { since: entry.until, level: 0, calledAt: incident.escalation.calledAt } }
          : {}),
      };
    case 'CommandTaken':
      return { commander: entry.by };
    case 'Declared':
      return {
        declared: { ...incident.declared, [entry.fact]: 1 },
        // Whatever was answered before was answered without this.
        publication: incident.publication?.at ? incident.publication : undefined,
      };
    case 'WorkaroundReported': {
      const declared = { ...incident.declared, workaround: entry.available ? 1 : 0 };
      return {
        declared,
        severityReasons: withBesides(incident.severity, incident.severityReasons, { ...incident.policy, declared }),
      };
    }
    case 'ReferenceAdded': {
      const { system, ref, url } = entry;
      return { references: [...incident.references, { system, ref, url }] };
    }
    case 'ChecklistTicked':
      return { ticked: [...incident.ticked, entry.item] };
    case 'DrillBecameReal':
      return {
        ...DRILL_RESET,
        startedAt: entry.at,
        severityAt: entry.at,
        // Who is on call is told by this entry; from here on the path climbs as from the beginning.
        escalation: incident.escalation && { since: entry.at, level: 1, calledAt: entry.at },
      };
    case 'ResponseRequested': {
      const { attempt: number, from, approved, revert, at } = entry;
      return {
        attempt: { number, from, approved, revert, requestedAt: at, progressAt: at, skipped: [] },
        // A revert answers no question that is open.
        approval: revert ? incident.approval : undefined,
      };
    }
    case 'DiagnosisRecorded':
      return {
        ...served(incident, measured(entry), entry.at),
        // What was looked at and found well identifies nothing.
        status:
          incident.status === 'investigating' && entry.findings.some(f => f.ok === false)
            ? 'identified'
            : incident.status,
      };
    case 'ServiceMeasured': {
      const { facts, measuredAt } = entry;
      const times = Object.fromEntries(Object.keys(facts).map(fact => [fact, measuredAt]));
      const known = {
        facts: withService(incident.facts, facts),
        measuredAt: { ...incident.measuredAt, ...times },
      };
      const worse = isHealthy(incident) && !isHealthy({ ...incident, ...known });
      return { ...served(incident, known, measuredAt), ...(worse ? { status: worsen(incident) } : {}) };
    }
    case 'ImprovementSeen':
      return { improvedTo: entry.severity };
    case 'StepSkipped': {
      const { step, title, reasons } = entry;
      const attempt = incident.attempt;
      return attempt ? { attempt: { ...attempt, skipped: [...attempt.skipped, { step, title, reasons }] } } : {};
    }
    case 'StepStarted': {
      const { run, step, title, runbook, attempt, dryRun, preview, undoes, parameters, at: startedAt } = entry;
      const started: Run = {
        run,
        step,
        title,
        runbook,
        attempt,
        dryRun,
        preview,
        undoes,
        parameters,
        facts: incident.facts,
        objects: incident.objects,
        startedAt,
        status: 'running',
      };
      return { runs: [...incident.runs, started] };
    }
    case 'RunbookStarted':
      return { runs: settle(incident, entry.run, { execution: entry.execution }) };
    case 'ExecutionStopped':
      return { runs: settle(incident, entry.run, { abandoned: false }) };
    case 'StepSucceeded':
      return { runs: settle(incident, entry.run, { status: 'succeeded' }) };
    case 'StepRehearsed':
      return { runs: settle(incident, entry.run, { status: 'rehearsed', report: entry.report }) };
    case 'StepFailed': {
      const { reason, impact, unchanged, abandoned } = entry;
      return { runs: settle(incident, entry.run, { status: 'failed', reason, impact, unchanged, abandoned }) };
    }
    case 'HarmSeen':
      return { runs: settle(incident, entry.run, { impact: 'harmful' }) };
    case 'RevertRequested':
      return { runs: settle(incident, entry.run, { revertRequestedAt: entry.at }) };
    case 'ApprovalRequested':
      return { approval: asked(entry, entry.at, 1) };
    case 'ApprovalAskedAgain':
      return { approval: asked(entry, incident.approval?.since ?? entry.at, entry.level) };
    case 'ApprovalGiven':
    case 'ApprovalDeclined':
      return { approval: undefined };
    case 'ResponseEnded':
      return {
        ...(incident.attempt ? { attempt: { ...incident.attempt, outcome: entry.outcome } } : {}),
        ...(entry.outcome === 'recovered' ? { allClearSince: entry.at } : {}),
      };
    case 'HandedOver':
      return { handedOver: { at: entry.at, reason: entry.reason } };
    case 'ActionItemRaised': {
      const { action, text, owner, priority = 'medium', at } = entry;
      const dueAt = entry.dueAt ?? plusMinutes(at, incident.policy.actionItemDays * 24 * 60);
      const id = `A${incident.actionItems.length + 1}`;
      return { actionItems: [...incident.actionItems, { id, action, text, owner, priority, dueAt }] };
    }
    case 'ActionItemChanged': {
      const { owner, priority, dueAt } = entry;
      const said = Object.entries({ owner, priority, dueAt }).filter(([, value]) => value !== undefined);
      // Of a new date it is reminded anew.
      const anew = dueAt === undefined ? {} : { remindedAt: undefined };
      return { actionItems: changed(incident, entry.item, { ...Object.fromEntries(said), ...anew }) };
    }
    case 'ActionItemDone':
      return { actionItems: changed(incident, entry.item, { done: { by: entry.by, via: entry.via, at: entry.at } }) };
    case 'ActionItemDue':
      return { actionItems: changed(incident, entry.item, { remindedAt: entry.at }) };
    case 'PublicationRequested':
      return {
        publication: { askedAt: incident.publication?.askedAt ?? entry.at, calledAt: entry.at, level: entry.level },
      };
    case 'PublicationDeclined':
      return { publication: { ...incident.publication, declined: { by: entry.by, at: entry.at } } };
    case 'Published': {
      const { at, components, investigation } = entry;
      return { publication: { ...incident.publication, at, components, investigation } };
    }
    case 'UpdatePosted': {
      const { to, seq, at, status, nextAt } = entry;
      const last = incident.told[to];
      const waitsSince = last && !last.delivered && !last.missed ? last.waitsSince : at;
      const told = { seq, at, status, nextAt, delivered: false, waitsSince, missed: false };
      return { told: { ...incident.told, [to]: told } };
    }
    case 'MessageDelivered': {
      const { about } = entry;
      const told = Object.entries(incident.told).map(([to, last]) => [
        to,
        // Customers who subscribed hear of it by mail too, but what the page shows is what counts.
        last.seq === about && entry.channel !== 'subscribers' ? { ...last, delivered: true } : last,
      ]);
      return { told: Object.fromEntries(told) };
    }
    case 'OutageMeasured': {
      const { from, to, open, worst, slowest, unknown } = entry;
      return { outage: { from, to, open, worst, slowest, unknown } };
    }
    case 'CauseIdentified':
      return { status: incident.status === 'investigating' ? 'identified' : incident.status };
    case 'PostMortemDrafted': {
      const { url, author, meeting } = entry;
      return { postMortem: { ...incident.postMortem, url, author, meeting } };
    }
    case 'PostMortemOverdue':
      return { postMortem: { ...incident.postMortem, remindedAt: entry.at, expectedAt: entry.expectedAt } };
    case 'PostMortemRequested':
      return { postMortem: { ...incident.postMortem, requestedAt: entry.at } };
    case 'PostMortemDone':
      return { postMortem: { ...incident.postMortem, doneAt: entry.at }, status: 'closed' };
    case 'Mitigated':
      return {
        status: 'monitoring',
        mitigatedAt: entry.at,
        allClearSince: incident.allClearSince ?? entry.at,
        approval: undefined,
      };
    case 'SettlingFailed':
      return { allClearSince: entry.at };
    case 'ResolutionRequested': {
      const { by, via, reason, cancelled } = entry;
      return { resolution: { by, via, reason, cancelled }, approval: undefined };
    }
    case 'Resolved':
      return { status: 'resolved', resolvedAt: entry.at, cancelled: entry.cancelled, approval: undefined };
    case 'FixDeployed':
    case 'NoteAdded':
    case 'PageSent':
      return {};
  }
}

/** The facts as they are known now, and since when people have been served well. */
const served = <K extends Pick<Incident, 'facts'>>(incident: Incident, known: K, at: string) =>
  isHealthy({ ...incident, ...known })
    ? { ...known, healthySince: incident.healthySince ?? at }
    : { ...known, healthySince: undefined, harmed: true };

/** A signal that fires again after mitigation, or people who suffer again, mean that it was none. */
const worsen = ({ status }: Incident): Status => (status === 'monitoring' ? 'investigating' : status);

function signal(
  incident: Incident,
  entry: EventOf<'SignalFired' | 'SignalCleared' | 'SignalLost'>,
  state: SignalState,
) {
  const { key, level, summary, signalAt } = entry;
  return { signals: { ...incident.signals, [key]: { state, level, summary, at: signalAt } } };
}

const asked = (
  { step, title, expiresAt, at }: EventOf<'ApprovalRequested' | 'ApprovalAskedAgain'>,
  since: string,
  level: number,
) => ({
  ...{ step, title, expiresAt, since, askedAt: at, level },
});

/** The facts of a diagnosis, each with its time; what an earlier one measured is not known any more. */
const measured = ({ attempt, findings, at }: EventOf<'DiagnosisRecorded'>) => ({
  findings,
  diagnosedIn: attempt,
  facts: withAffected(Object.assign({}, ...findings.map(({ facts }) => facts))),
  objects: Object.assign({}, ...findings.map(({ objects }) => objects)),
  measuredAt: Object.assign(
    {},
    ...findings.map(({ facts, times, at: found = at }) =>
      Object.fromEntries(Object.keys(facts).map(fact => [fact, times?.[fact] ?? found])),
    ),
  ),
});

const changed = ({ actionItems }: Incident, id: string, change: Partial<ActionItem>) =>
  actionItems.map(item => (item.id === id ? { ...item, ...change } : item));

const settle = ({ runs }: Incident, run: string, outcome: Partial<Run>) =>
  runs.map(r => (r.run === run ? { ...r, ...outcome } : r));
