import type { Command, Decision } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import { isHarmed } from '../incident/harm.ts';
import { allClear, attemptUnderWay, DRILL_RESET, factsOf, type Incident, isOpen } from '../incident/incident.ts';
import type { Person } from '../incident/person.ts';
import type { Policy } from '../incident/policy.ts';
import type { Signal } from '../incident/signal.ts';
import { type Assessment, assess, atLeast, type Facts, type Severity } from '../kernel/severity.ts';
import {
  declarationEvents,
  declarationFault,
  declaredFacts,
  graveFacts,
  setByPerson,
  severityDeclared,
} from './declaration.ts';

/**
 * A signal opens an incident, joins the open one, or clears its part of it. A signal that is older than what is known
 * changes nothing.
 */
export function receiveSignal(
  incident: Incident | undefined,
  { signal, policy, openAs }: Extract<Command, { type: 'receive signal' }>,
  now: string,
): Decision {
  const fault = signal.declared && declarationFault(signal.declared);
  if (fault) return { refused: fault };
  if (!incident || !isOpen(incident)) {
    if (signal.state !== 'firing' || isStale(incident, signal)) return { events: [] };
    if (!openAs) return { refused: 'a new incident needs an id' };
    return { events: open(signal, policy, openAs, now) };
  }
  return { events: observeSignals(incident, [signal]) };
}

/** True if the signal opens a new incident. Callers spend an incident number only then. */
export const opensIncident = (incident: Incident | undefined, signal: Signal) =>
  signal.state === 'firing' && (!incident || !isOpen(incident)) && !isStale(incident, signal);

/** The events that new signals cause in an open incident. */
export function observeSignals(incident: Incident, signals: Signal[]): Event[] {
  const news = signals.filter(
    signal => !isStale(incident, signal) && !isNoise(incident, signal) && !isRehearsed(incident, signal),
  );
  if (news.length === 0) return [];
  const seen = news.map(toHappening);
  // What falls due again while it is still to be done is done once.
  if (incident.policy.playbook.chore) return seen;
  const after = withSignals(incident, news);
  const real = news.find(signal => signal.state === 'firing' && !signal.drill);
  if (incident.drill && real) return [...seen, ...becomesReal(after, real)];
  const rises = raiseSeverity(after);
  return [...seen, ...rises, ...consequence(incident, after, news, rises.length > 0)];
}

/** A real incident ignores drills. */
const isRehearsed = (incident: Incident, { state, drill }: Signal) =>
  !incident.drill && drill === true && state === 'firing';

/**
 * An alarm that fires by itself during a drill ends the drill: the incident becomes real, and the response begins anew.
 * Approvals and judgements from the drill do not count.
 */
function becomesReal(incident: Incident, { summary }: Signal): Event[] {
  const { title, runs, attempt } = incident;
  return [
    ...runs.filter(({ status }) => status === 'running').map(({ run }) => ({ type: 'StepRehearsed' as const, run })),
    { type: 'DrillBecameReal', reason: `${title}: ${summary}` },
    ...raiseSeverity({ ...incident, ...DRILL_RESET }),
    { type: 'ResponseRequested', attempt: (attempt?.number ?? 0) + 1 },
  ];
}

function open(signal: Signal, policy: Policy, { id, number }: { id: string; number: number }, now: string): Event[] {
  const { service, playbook, drill, reporter } = signal;
  const { title } = policy.playbook;
  const startedAt = signal.since && signal.since < now ? signal.since : signal.at < now ? signal.at : now;
  const facts = {
    criticalSignals: signal.level === 'critical' ? 1 : 0,
    warningSignals: signal.level === 'warning' ? 1 : 0,
  };
  return [
    { type: 'IncidentOpened', id, number, service, playbook, title, policy, startedAt, drill, reporter },
    toHappening(signal),
    ...begin(signal, policy, facts),
  ];
}

/** A question is not diagnosed: a person answers it. */
function begin(signal: Signal, policy: Policy, counted: Facts): Event[] {
  const { declared, reporter: by = '' } = signal;
  const how = { escalated: 0, why: declared ? 'declared as' : 'opened as' };
  const attempt: Event = { type: 'ResponseRequested', attempt: 1 };
  if (policy.playbook.chore) return [{ type: 'ActionItemRaised', action: policy.playbook.title, text: signal.summary }];
  const judged = assess({ ...counted, ...(declared ? declaredFacts(declared) : {}) }, policy.criteria);
  if (!declared) return [...assignSeverity(judged, policy, { by: 'automation', ...how }), attempt];
  const { via, text } = declared;
  const severity = severityDeclared(declared);
  return [
    ...declarationEvents(declared, { text, by, via }),
    ...(graveFacts(declared).length > 0
      ? assignSeverity(judged, policy, { by: 'automation', ...how })
      : assignSeverity(setByPerson(severity, `declared by ${by}`), policy, {
          by,
          via,
          overrules: judged.severity,
          ...how,
        })),
    ...(severity === 'P4' ? [] : [attempt]),
  ];
}

/** Older than what is known, or the same. A newer one counts though the state be the same: what lay between may still arrive. */
const isStale = (incident: Incident | undefined, { key, state, at, drill }: Signal) => {
  const known = incident?.signals[key];
  if (!known || (incident?.drill && !drill && state === 'firing')) return false;
  const older = Date.parse(known.at) - Date.parse(at);
  return older > 0 || (older === 0 && known.state === state);
};

/** The lack of data of an alarm that had no part in the incident. */
const isNoise = (incident: Incident, { key, state }: Signal) => state === 'unknown' && !incident.signals[key];

function toHappening({ key, state, level, summary, at: signalAt }: Signal): Event {
  const type = { firing: 'SignalFired', cleared: 'SignalCleared', unknown: 'SignalLost' } as const;
  return { type: type[state], key, level, summary, signalAt };
}

function withSignals(incident: Incident, signals: Signal[]): Incident {
  const seen = signals.map(({ key, state, level, summary, at }) => [key, { state, level, summary, at }] as const);
  return { ...incident, signals: { ...incident.signals, ...Object.fromEntries(seen) } };
}

/** Severity rises by itself; only a person lowers it. */
export function raiseSeverity(incident: Incident): Event[] {
  const assessment = assess(factsOf(incident), incident.policy.criteria);
  const { overruled } = incident;
  if (atLeast(incident.severity, assessment.severity)) return [];
  if (overruled && atLeast(overruled, assessment.severity)) return [];
  return assignSeverity(assessment, incident.policy, {
    by: 'automation',
    escalated: incident.escalation?.level ?? 0,
    why: 'severity raised to',
  });
}

/** After the diagnosis: severity may rise, or stand for better reasons. */
export function reassessSeverity(incident: Incident): Event[] {
  const { severity, reasons } = assess(factsOf(incident), incident.policy.criteria);
  const known = incident.severityReasons.map(({ text }) => text);
  const news =
    severity === incident.severity && !incident.overruled && reasons.some(({ text }) => !known.includes(text));
  return news ? [{ type: 'SeverityAssigned', severity, reasons, by: 'automation' }] : raiseSeverity(incident);
}

interface Assigned extends Person {
  /** The highest level called so far; 0 is none. */
  escalated: number;
  why: string;
  /** The severity by automation, if a person sets another. */
  overrules?: Severity;
  /** @default true */
  calls?: boolean;
}

/** The severity, and the call to people that it brings: those called already are told that it rose. */
export function assignSeverity(
  { severity, reasons }: Assessment,
  policy: Policy,
  { by, via, escalated, why, overrules, calls = true }: Assigned,
): Event[] {
  const happened: Event[] = [{ type: 'SeverityAssigned', severity, reasons, by, via, overrules }];
  const level = policy.escalation.find(l => l.level === Math.max(escalated, 1));
  if (!calls || !policy.severities[severity].pages || !level) return happened;
  return [...happened, { type: 'Escalated', level: level.level, role: level.role, reason: `${why} ${severity}` }];
}

/**
 * A signal that fires after an attempt has ended owes a new one, within bounds; once a person has taken over, only if it makes
 * the incident more severe: then a step may run that might not before. The last to clear means the trouble is over.
 */
function consequence(before: Incident, after: Incident, news: Signal[], worsens: boolean): Event[] {
  if (attemptUnderWay(before)) return [];
  const fired = news.some(signal => signal.state === 'firing');
  if (fired) return before.approval || (before.handedOver && !before.drill && !worsens) ? [] : requestAttempt(before);
  // A drill goes on with its plan though the alarm is green again.
  return !isHarmed(after) && allClear(after) && before.status !== 'monitoring' && !(before.drill && before.approval)
    ? [{ type: 'Mitigated', reason: 'every signal cleared' }]
    : [];
}

/** The next attempt, or a person when there have been enough. */
export function requestAttempt({ attempt, policy }: Incident): Event[] {
  const number = (attempt?.number ?? 0) + 1;
  return number <= policy.maximumAttempts
    ? [{ type: 'ResponseRequested', attempt: number }]
    : [{ type: 'HandedOver', reason: `the trouble came back after ${policy.maximumAttempts} attempts` }];
}
