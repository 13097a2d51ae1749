import { farewell } from './communication/updates.ts';
import type { Command, Decision } from './incident/commands.ts';
import type { Happening, TimelineEntry } from './incident/events.ts';
import { apply } from './incident/evolve.ts';
import { type Incident, isOpen } from './incident/incident.ts';
import { observe, receiveSignal } from './intake/signals.ts';
import { meet } from './obligations.ts';
import { byPerson } from './operator-commands.ts';
import { advised } from './remediation/advice.ts';
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
  finishPostMortem,
  learned,
  raiseActionItem,
  recordOutage,
  requestPostMortem,
  stateMilestone,
  toActionItem,
} from './review/review.ts';

/**
 * What a command comes to, given the incident as it stands (undefined: there is none yet). Pure: the same arguments
 * give the same answer. An empty list is a command that needs nothing done; a refusal says why it may not be.
 */
export function decide(incident: Incident | undefined, command: Command, now: string): Decision {
  const decision = judge(incident, command, now);
  if ('refused' in decision) return decision;
  const happenings = learned(incident, advised(incident, decision.happenings), now);
  return { happenings: farewell(incident, happenings) };
}

function judge(incident: Incident | undefined, command: Command, now: string): Decision {
  if (command.type === 'receive signal') return receiveSignal(incident, command, now);
  if (!incident) return { refused: 'there is no such incident' };
  if (!isOpen(incident) && !AFTERWARDS.includes(command.type))
    return { refused: `${incident.id} is ${incident.status}` };
  switch (command.type) {
    case 'observe signals':
      return { happenings: observe(incident, command.signals) };
    case 'record diagnosis':
      return recordDiagnosis(incident, command.attempt, command.findings);
    case 'classify':
      return classify(incident, command.attempt);
    case 'next step':
      return nextStep(incident, command.attempt, command.readings, now);
    case 'record outcome':
      return recordOutcome(incident, command.attempt, command.outcome);
    case 'end response':
      return endResponse(incident, command.attempt, command.reason);
    case 'note execution':
      return noteExecution(incident, command.attempt, command.run, command.execution);
    case 'record stop': {
      const { run, changed } = command;
      const title = incident.runs.find(r => r.run === run && r.abandoned)?.title;
      return { happenings: title ? [{ type: 'ExecutionStopped', run, title, changed }] : [] };
    }
    case 'record measurement':
      return recordMeasurement(incident, command, command.before);
    case 'meet':
      return meet(incident, command.obligation, command.checks ?? [], now);
    case 'record page':
      return recordPage(incident, command);
    case 'record delivery':
      return { happenings: [{ type: 'MessageDelivered', about: command.about, channel: command.channel }] };
    case 'record outage':
      return recordOutage(incident, command.outage);
    case 'record post-mortem': {
      const { type: _, id: __, ...draft } = command;
      return { happenings: incident.postMortem?.url ? [] : [{ type: 'PostMortemDrafted', ...draft }] };
    }
    case 'raise action item':
      return raiseActionItem(incident, command);
    case 'change action item':
    case 'finish action item':
      return toActionItem(incident, command);
    case 'finish post-mortem':
      return finishPostMortem(incident, command);
    case 'request post-mortem':
      return requestPostMortem(incident, command);
    case 'state cause':
    case 'state fix':
      return stateMilestone(incident, command, now);
    case 'record reference': {
      const { system, ref, url } = command;
      const known = incident.references.some(other => other.system === system);
      return { happenings: known ? [] : [{ type: 'ReferenceAdded', system, ref, url }] };
    }
    default:
      return byPerson(incident, command, now);
  }
}

/** What may be said of an incident that is over. */
const AFTERWARDS: readonly Command['type'][] = [
  'meet',
  'note',
  'record page',
  'record reference',
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

/** Numbers and dates what happened, so that it can be committed. */
export function toEntries(
  timeline: readonly TimelineEntry[],
  happenings: Happening[],
  command: string,
  now: string,
): TimelineEntry[] {
  return happenings.map((happening, index) => ({ ...happening, seq: timeline.length + index, at: now, command }));
}

/**
 * The decision and its consequence in one: the entries to append, and the incident with them applied. A command already
 * applied gives back the entries it gave then, and changes nothing.
 */
export function handle(incident: Incident | undefined, command: Command, now: string): Handled {
  const before = incident?.timeline.filter(entry => entry.command === command.id) ?? [];
  if (incident && before.length > 0) return { incident, entries: before, repeated: true };
  const decision = decide(incident, command, now);
  if ('refused' in decision) return { incident, refused: decision.refused };
  const opens = decision.happenings[0]?.type === 'IncidentOpened';
  const base = opens ? undefined : incident;
  const entries = toEntries(base?.timeline ?? [], decision.happenings, command.id, now);
  return { incident: entries.reduce<Incident | undefined>(apply, base), entries, repeated: false };
}

export type Handled =
  | { incident: Incident | undefined; refused: string }
  | { incident: Incident | undefined; entries: TimelineEntry[]; repeated: boolean };

function recordPage(
  incident: Incident,
  { about, level, urgency, subject, to }: Extract<Command, { type: 'record page' }>,
): Decision {
  const role = incident.policy.escalation.find(l => l.level === level)?.role ?? `level ${level}`;
  return { happenings: [{ type: 'PageSent', level, role, urgency, subject, about, to }] };
}
