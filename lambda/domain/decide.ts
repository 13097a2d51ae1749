import { withClosingUpdates } from './communication/updates.ts';
import type { AppliedCommand } from './incident/applied.ts';
import { BOUNDS, bounded } from './incident/bounds.ts';
import type { Command, Decision, Refusal } from './incident/commands.ts';
import type { Event, IncidentEvent } from './incident/events.ts';
import { evolve, fold, initialState } from './incident/evolve.ts';
import { type Incident, isOpen } from './incident/incident.ts';
import { namedRed } from './incident/red.ts';
import { readabilityEvents } from './intake/readable-alarms.ts';
import { observeSignals, receiveSignals } from './intake/signals.ts';
import { absorb, mergeInto, over } from './merge.ts';
import { fulfil } from './obligations.ts';
import { operatorCommand } from './operator-commands.ts';
import { withAdvice } from './remediation/advice.ts';
import { attemptOfDead } from './remediation/dead-execution.ts';
import { recordMeasurement } from './remediation/measurement.ts';
import {
  classify,
  endResponse,
  nextStep,
  noteExecution,
  recordDiagnosis,
  recordOutcome,
} from './remediation/response.ts';
import {
  actionItemCommand,
  finishPostMortem,
  raiseActionItem,
  recordOutage,
  requestPostMortem,
  stateMilestone,
  withRunbookReview,
} from './review/review.ts';
import { hearOfTicket } from './ticket-news.ts';

/**
 * The domain in three functions: `decide` turns a command into events, `evolve` applies an event to the state, and
 * `initialState` is the state before the first event. `fold` is `evolve` over a whole timeline.
 */
export { evolve, fold, initialState };

/**
 * Decides which events a command causes, given the incident as it stands; undefined means that there is none yet. Pure: the
 * same arguments give the same answer. An empty list means that nothing needs to be done; a refusal says why the command
 * is not allowed.
 */
export function decide(incident: Incident | undefined, command: Command, now: string): Decision {
  const decision = decideAlone(incident, command, now);
  if ('refused' in decision) return decision;
  const events = withRunbookReview(incident, withAdvice(incident, decision.events), now);
  return { events: withClosingUpdates(incident, events).map(withinBounds) };
}

/** The policy is stored apart, and has its own bounds. */
function withinBounds(event: Event): Event {
  if ('text' in event) return bounded(event, BOUNDS.words);
  if (event.type !== 'IncidentOpened') return bounded(event);
  const { policy, ...opened } = event;
  return { ...bounded(opened), policy };
}

/** The decision without the events that other rooms add to it: action items, the runbook review, closing updates. */
function decideAlone(incident: Incident | undefined, command: Command, now: string): Decision {
  if (command.type === 'receive signals') return receiveSignals(incident, command, now);
  if (!incident) return { refused: 'there is no such incident' };
  if (!isOpen(incident) && !ALLOWED_WHEN_CLOSED.includes(command.type)) return { refused: over(incident) };
  switch (command.type) {
    case 'observe signals':
      return { events: observeSignals(incident, command.signals, now) };
    case 'note readable alarms':
      return { events: readabilityEvents(incident, command) };
    case 'record diagnosis':
      return recordDiagnosis(incident, command.attempt, command.findings);
    case 'classify':
      return classify(incident, command.attempt);
    case 'next step':
      return nextStep(incident, command.attempt, command.readings, now);
    case 'record outcome':
      return recordOutcome(incident, command.attempt, command.outcome);
    case 'end response':
      return endResponse(incident, attemptOfDead(incident, command), command.reason);
    case 'note execution':
      return noteExecution(incident, command.attempt, command.run, command.execution);
    case 'record stop': {
      const { run, changed } = command;
      const title = incident.runs.find(other => other.run === run && other.abandoned)?.title;
      return { events: title ? [{ type: 'ExecutionStopped', run, title, changed }] : [] };
    }
    case 'record measurement':
      return recordMeasurement(incident, command, command.before);
    case 'fulfil':
      return fulfil(incident, command.obligation, command.checks ?? [], now);
    case 'absorb':
      return absorb(incident, command, now);
    case 'merge into':
      return mergeInto(incident, command);
    case 'tell still red':
      return {
        events: incident.stillRedAt || isOpen(incident) ? [] : [{ type: 'StillRed', ...namedRed(command.red) }],
      };
    case 'record page':
      return recordPage(incident, command);
    case 'record delivery':
      return { events: [{ type: 'MessageDelivered', about: command.about, channel: command.channel }] };
    case 'record outage':
      return recordOutage(incident, command.outage);
    case 'record post-mortem': {
      const { type: _, id: __, ...draft } = command;
      return { events: incident.postMortem?.url ? [] : [{ type: 'PostMortemDrafted', ...draft }] };
    }
    case 'raise action item':
      return raiseActionItem(incident, command);
    case 'change action item':
    case 'finish action item':
      return actionItemCommand(incident, command);
    case 'finish post-mortem':
      return finishPostMortem(incident, command);
    case 'request post-mortem':
      return requestPostMortem(incident, command);
    case 'state cause':
    case 'state fix':
      return stateMilestone(incident, command, now);
    case 'record reference': {
      const { system, ref, url, replaces } = command;
      const known = incident.references.some(other => other.system === system && other.ref !== replaces);
      return { events: known ? [] : [{ type: 'ReferenceAdded', system, ref, url }] };
    }
    case 'hear of ticket':
      return hearOfTicket(incident, command, now);
    default:
      return operatorCommand(incident, command, now);
  }
}

/** The commands that a resolved or closed incident still accepts. */
const ALLOWED_WHEN_CLOSED: readonly Command['type'][] = [
  'fulfil',
  'note',
  'absorb',
  'merge into',
  'tell still red',
  'record page',
  'record reference',
  'hear of ticket',
  'record delivery',
  'record stop',
  'record outage',
  'record post-mortem',
  'request post-mortem',
  'state cause',
  'state fix',
  'raise action item',
  'change action item',
  'finish action item',
  'finish post-mortem',
];

/** Adds number, time and command to events, so that they can be committed. */
export const toIncidentEvents = (events: Event[], from: number, command: string, now: string): IncidentEvent[] =>
  events.map((event, index) => ({ ...event, seq: from + index, at: now, command }));

/**
 * Decides on a command and applies the decision: returns the events to append, and the incident with them applied. A
 * command that was applied before changes nothing; `repeated` says which events it caused then.
 *
 * @param clock the writer's time. Where its clock is behind that of the last writer, it is the time of the last event: time
 * in an incident never runs backwards.
 */
export function handle(incident: Incident | undefined, command: Command, clock: string): Handled {
  const now = incident && incident.changedAt > clock ? incident.changedAt : clock;
  const repeated = incident?.applied.find(({ id }) => id === command.id);
  if (repeated) return { incident, events: [], repeated };
  const decision = decide(incident, command, now);
  if ('refused' in decision) return { incident, events: [], ...decision };
  const opens = decision.events[0]?.type === 'IncidentOpened';
  const base = opens ? initialState() : incident;
  const events = toIncidentEvents(decision.events, base?.version ?? 0, command.id, now);
  return { incident: events.reduce<Incident | undefined>(evolve, base), events };
}

/** The incident as it is after a command, and the events to append. */
export interface Handled extends Partial<Refusal> {
  incident: Incident | undefined;
  events: IncidentEvent[];
  repeated?: AppliedCommand;
}

function recordPage(
  incident: Incident,
  { about, level, urgency, subject, to }: Extract<Command, { type: 'record page' }>,
): Decision {
  const role = incident.policy.escalation.find(other => other.level === level)?.role ?? `level ${level}`;
  return { events: [{ type: 'PageSent', level, role, urgency, subject, about, to }] };
}
