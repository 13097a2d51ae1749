import { BOUNDS } from '../incident/bounds.ts';
import type { Command, Decision } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import { evolve, initialState } from '../incident/evolve.ts';
import { isHarmed } from '../incident/harm.ts';
import { leftToMaintenance, REAL_RESET } from '../incident/held.ts';
import { allClear, attemptUnderWay, type Incident, isOpen, type KnownSignal } from '../incident/incident.ts';
import { AUTOMATION } from '../incident/person.ts';
import { type Policy, playbookNamed } from '../incident/policy.ts';
import type { Signal } from '../incident/signal.ts';
import { hasRoomFor } from '../incident/signal-list.ts';
import { awaitsTurn, isCause, leadOf, nextTrouble } from '../incident/troubles.ts';
import { assess, type Facts } from '../kernel/severity.ts';
import { truncated } from '../kernel/text.ts';
import {
  declarationEvents,
  declarationFault,
  declaredFacts,
  graveFacts,
  joinDeclaration,
  setByPerson,
  severityDeclared,
} from './declaration.ts';
import { beginsToFlap, flappingEvent, isCalm, isToldAgain } from './flapping.ts';
import { endMaintenance, heldEvent, isReleased } from './maintenance.ts';
import { assignSeverity, raiseSeverity } from './severity.ts';
import { isStormHandedOver } from './storm.ts';

/**
 * Signals in the order of their arrival open an incident, join the open one, or clear their part of it. A signal that is older
 * than what is known changes nothing.
 */
export function receiveSignals(
  incident: Incident | undefined,
  { id: command, signals, policy, openAs }: Extract<Command, { type: 'receive signals' }>,
  now: string,
): Decision {
  const fault = signals.map(({ declared }) => declared && declarationFault(declared)).find(Boolean);
  if (fault) return { refused: fault };
  if (opensIncident(incident, signals) && !openAs) return { refused: 'a new incident needs an id' };
  const events: Event[] = [];
  let current = incident;
  // A signal that ends a drill changes what those after it mean.
  const concernsDrill = incident?.drill || signals.some(({ drill }) => drill);
  for (const run of concernsDrill ? signals.map(signal => [signal]) : runsOf(signals)) {
    const opening = run.filter(signal => opens(current, signal));
    const caused =
      opening.length > 0 && openAs ? openIncident(opening, policy, openAs, now) : joined(current, run, now);
    current = after(opening.length > 0 ? initialState() : current, caused, command, now);
    events.push(...caused);
  }
  return { events };
}

/** True if the signals open a new incident. Callers spend an incident number only then. */
export const opensIncident = (incident: Incident | undefined, signals: readonly Signal[]) =>
  signals.some(signal => opens(incident, signal));

const opens = (incident: Incident | undefined, signal: Signal) =>
  signal.state === 'firing' && (!incident || !isOpen(incident)) && !isStale(incident, signal);

function joined(incident: Incident | undefined, signals: readonly Signal[], now: string): Event[] {
  if (!incident || !isOpen(incident)) return [];
  const [first] = signals;
  if (!first?.declared) return observeSignals(incident, signals, now);
  // A person who reports it says that it is more than maintenance.
  const ended = incident.held ? endMaintenance(incident, { ...first, playbook: incident.playbook }) : [];
  return [...ended, ...joinDeclaration(after(incident, ended, '', now) ?? incident, first, first.declared)];
}

/** The incident as it will be after events that are not committed yet. */
const after = (incident: Incident | undefined, events: readonly Event[], command: string, now: string) =>
  events.reduce<Incident | undefined>(
    (known, event) => evolve(known, { ...event, seq: known?.version ?? 0, at: now, command }),
    incident,
  );

/** Runs of signals that say at once how things are: of each key one, all firing or none. */
function runsOf(signals: readonly Signal[]): Signal[][] {
  const runs: Signal[][] = [];
  for (const signal of signals) {
    const run = runs.at(-1);
    if (run?.every(other => areAtOnce(other, signal))) run.push(signal);
    else runs.push([signal]);
  }
  return runs;
}

const areAtOnce = (one: Signal, other: Signal) =>
  one.key !== other.key && (one.state === 'firing') === (other.state === 'firing') && !one.declared && !other.declared;

/** The events that new signals cause in an open incident. */
export function observeSignals(incident: Incident, signals: readonly Signal[], now: string): Event[] {
  const heard = signals.filter(
    signal =>
      !isStale(incident, signal) &&
      !isNoise(incident, signal) &&
      !isDrillOfRealIncident(incident, signal) &&
      !isRepetition(incident, signal, now),
  );
  const { fresh, events, known } = listed(incident, heard, now);
  if (fresh.length === 0) return events;
  const real = fresh.find(signal => signal.state === 'firing' && !signal.drill && !signal.maintenance);
  if (incident.drill && real) return [...events, ...endDrill(known, real)];
  if (incident.held) {
    const outside = fresh.find(signal => signal.state !== 'cleared' && !signal.maintenance);
    return outside ? [...events, ...endMaintenance(known, outside)] : events;
  }
  const found = causeFound(known);
  const rises = raiseSeverity(known);
  return [...events, ...found, ...rises, ...responseTo(incident, known, fresh, rises.length > 0)];
}

/** A cause that fires gives its title to an incident that a symptom or a person has opened. */
function causeFound(incident: Incident): Event[] {
  const playbook = leadOf(incident);
  const title = playbookNamed(incident.policy, playbook)?.title;
  return playbook === incident.playbook || !title ? [] : [{ type: 'CauseFound', playbook, title }];
}

/** The events of the signals, as far as the incident has room to list them; it is said once that it has not. */
function listed(incident: Incident, signals: Signal[], now: string) {
  const fresh: Signal[] = [];
  const events: Event[] = [];
  let known = incident;
  const happen = (event: Event) => {
    events.push(event);
    known = after(known, [event], '', now) ?? known;
  };
  for (const signal of signals) {
    const summary = truncated(signal.summary, BOUNDS.summary);
    if (hasRoomFor(known.signals, signal.key, summary)) {
      fresh.push(signal);
      happen(toEvent(known.signals[signal.key], { ...signal, summary }, now));
    } else if (!known.unlisted) happen({ type: 'SignalsUnlisted', listed: Object.keys(known.signals).length });
  }
  return { fresh, events, known };
}

/** A change of a flapping signal is counted elsewhere, until it is calm or has changed twice as often. */
function isRepetition({ signals }: Incident, signal: Signal, now: string): boolean {
  const known = signals[signal.key];
  return (
    known?.flapping !== undefined && !isCalm(signal, now) && !isToldAgain(known, signal) && !isReleased(known, signal)
  );
}

/** A real incident ignores drills. */
const isDrillOfRealIncident = (incident: Incident, { state, drill }: Signal) =>
  !incident.drill && drill === true && state === 'firing';

/**
 * An alarm that fires by itself during a drill ends the drill: the incident becomes real, and the response begins anew.
 * Approvals and judgements from the drill do not count.
 */
function endDrill(incident: Incident, { summary, playbook }: Signal): Event[] {
  const { policy, runs, attempt } = incident;
  const title = playbookNamed(policy, playbook)?.title ?? incident.title;
  return [
    ...runs.filter(({ status }) => status === 'running').map(({ run }) => ({ type: 'StepRehearsed' as const, run })),
    { type: 'DrillBecameReal', playbook, reason: `${title}: ${summary}` },
    ...raiseSeverity({ ...incident, ...REAL_RESET }),
    { type: 'ResponseRequested', attempt: (attempt?.number ?? 0) + 1, playbook },
  ];
}

function openIncident(
  signals: Signal[],
  policy: Policy,
  { id, number, slot }: { id: string; number: number; slot: string },
  now: string,
): Event[] {
  const held = heldEvent(signals);
  // A covered signal comes along: the incident is about the others.
  const about = held ? signals : signals.filter(({ maintenance }) => !maintenance);
  const [signal] = about as [Signal, ...Signal[]];
  const { service, drill, reporter } = signal;
  const { playbook, title } = leading(about, policy);
  const startedAt = signal.since && signal.since < now ? signal.since : signal.at < now ? signal.at : now;
  const facts = {
    criticalSignals: about.filter(({ level }) => level === 'critical').length,
    warningSignals: about.filter(({ level }) => level === 'warning').length,
  };
  const opened: Event = {
    ...{ type: 'IncidentOpened', id, number, slot, service, playbook, title, policy, startedAt },
    ...{ drill, reporter },
  };
  const { events } = listed(evolve(initialState(), { ...opened, seq: 0, at: now, command: '' }), signals, now);
  return [opened, ...events, ...(held ? [held] : firstResponse(signal, policy, facts))];
}

/** The playbook and title of a new incident: of a cause, if one fires already. */
function leading(signals: Signal[], policy: Policy): { playbook: string; title: string } {
  const [first] = signals as [Signal, ...Signal[]];
  const { playbook, title } = signals.find(signal => isCause(playbookNamed(policy, signal.playbook))) ?? first;
  return { playbook, title: title ?? playbookNamed(policy, playbook)?.title ?? playbook };
}

/** A question is not diagnosed: a person answers it. */
function firstResponse(signal: Signal, policy: Policy, counted: Facts): Event[] {
  const { declared, reporter: by = '' } = signal;
  const context = { escalated: 0, why: declared ? 'declared as' : 'opened as' };
  const attempt: Event = { type: 'ResponseRequested', attempt: 1 };
  const judged = assess({ ...counted, ...(declared ? declaredFacts(declared) : {}) }, policy.criteria);
  if (!declared) return [...assignSeverity(judged, policy, { by: AUTOMATION, ...context }), attempt];
  const { via, text } = declared;
  const severity = severityDeclared(declared);
  return [
    ...declarationEvents(declared, { text, by, via }),
    ...(graveFacts(declared).length > 0
      ? assignSeverity(judged, policy, { by: AUTOMATION, ...context })
      : assignSeverity(setByPerson(severity, `declared by ${by}`), policy, {
          by,
          via,
          overrules: judged.severity,
          ...context,
        })),
    ...(severity === 'P4' ? [] : [attempt]),
  ];
}

/**
 * True if the signal is older than the known state, or the same. A newer signal counts even with the same state,
 * because the one between them may still arrive.
 */
const isStale = (incident: Incident | undefined, signal: Signal) => {
  const { key, state, at, drill } = signal;
  const known = incident?.signals[key];
  if (!incident || !known || (incident.drill && !drill && state === 'firing')) return false;
  const newerBy = Date.parse(known.at) - Date.parse(at);
  return newerBy > 0 || (newerBy === 0 && known.state === state && !isNews(incident, signal, known));
};

/** True if the same state means more than before: maintenance covers it no more, or the incident that knew it is over. */
const isNews = (incident: Incident, signal: Signal, known: KnownSignal) =>
  isReleased(known, signal) || leftToMaintenance(incident, signal.key);

/** True if the signal reports missing data of an alarm that has no part in the incident. */
const isNoise = (incident: Incident, { key, state }: Signal) => state === 'unknown' && !incident.signals[key];

function toEvent(known: KnownSignal | undefined, signal: Signal, now: string): Event {
  const { key, playbook, state, level, summary, at: signalAt, changes, maintenance } = signal;
  if (known && (beginsToFlap(known, signal) || (known.flapping && !isCalm(signal, now))))
    return flappingEvent(known, signal);
  const type = { firing: 'SignalFired', cleared: 'SignalCleared', unknown: 'SignalLost' } as const;
  return {
    type: type[state],
    key,
    playbook,
    level,
    summary,
    signalAt,
    ...(known?.flapping && changes ? { changes } : {}),
    ...(maintenance ? { maintenance } : {}),
  };
}

/**
 * The response to signals while no attempt is under way. A firing signal requests a new attempt, as far as the limit
 * allows; after a hand-over only if it makes the incident more severe, because then a step may run that was not allowed
 * before. When the last signal has cleared, the trouble is mitigated.
 */
function responseTo(before: Incident, known: Incident, signals: Signal[], worsens: boolean): Event[] {
  if (attemptUnderWay(before)) return [];
  const fired = signals.filter(signal => signal.state === 'firing' && !signal.maintenance);
  if (fired.length > 0 && isStormHandedOver(known)) return [];
  if (fired.some(({ playbook }) => awaitsTurn(known, playbook))) return nextTurn(known);
  if (fired.length > 0)
    return before.approval || (before.handedOver && !before.drill && !worsens) ? [] : requestAttempt(known);
  // A drill continues its plan although the alarm is green again.
  return !isHarmed(known) && allClear(known) && before.status !== 'monitoring' && !(before.drill && before.approval)
    ? [{ type: 'Mitigated', reason: 'every signal cleared' }]
    : [];
}

/** The plan of the next trouble has its turn in the round that goes on. */
export function nextTurn(incident: Incident): Event[] {
  const next = nextTrouble(incident);
  const attempt = (incident.attempt?.number ?? 0) + 1;
  return next ? [{ type: 'ResponseRequested', attempt, playbook: next.name, turn: true }] : [];
}

/** Requests the first attempt of a new round, or hands over once the limit of rounds is reached. */
export function requestAttempt(incident: Incident): Event[] {
  const { attempt, policy, rounds, playbook: lead } = incident;
  const number = (attempt?.number ?? 0) + 1;
  if (rounds >= policy.maximumAttempts)
    return [{ type: 'HandedOver', reason: `the trouble came back after ${policy.maximumAttempts} attempts` }];
  const playbook = nextTrouble({ ...incident, roundBegunIn: number })?.name ?? lead;
  return [{ type: 'ResponseRequested', attempt: number, playbook }];
}
