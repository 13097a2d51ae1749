import { toChore } from './chore.ts';
import type { Command, Decision, PersonCommand } from './commands.ts';
import { postByPerson, publish } from './communication.ts';
import { attemptUnderWay, factsOf, type Incident, stillChanged } from './incident.ts';
import { revertNow } from './measurement.ts';
import { resolveByPerson } from './response.ts';
import { assess, atLeast, type Severity } from './severity.ts';
import { assigned, raise } from './signals.ts';
import { plusMinutes } from './time.ts';
import type { Happening, Person } from './timeline.ts';

/** What is said of an incident that may be over by then. */
type Afterwards = 'raise action item' | 'change action item' | 'finish action item' | 'finish post-mortem';

/** What people do to an open incident, whichever door they came through. */
export function byPerson(
  incident: Incident,
  command: Exclude<PersonCommand, { type: Afterwards }>,
  now: string,
): Decision {
  const { by, via } = command;
  const ofChore = toChore(incident, command);
  if (ofChore) return ofChore;
  switch (command.type) {
    case 'acknowledge':
      return { happenings: [acknowledged(incident, { by, via }, now)] };
    case 'answer approval':
      return answerApproval(incident, command, now);
    case 'take command':
      return incident.commander === by ? { happenings: [] } : { happenings: [{ type: 'CommandTaken', by, via }] };
    case 'note':
      return { happenings: [{ type: 'NoteAdded', by, via, text: command.text }] };
    case 'set severity':
      return setSeverity(incident, command);
    case 'declare':
      return declare(incident, command);
    case 'tick':
      return incident.ticked.includes(command.item)
        ? { happenings: [] }
        : { happenings: [{ type: 'ChecklistTicked', by, via, item: command.item }] };
    case 'revert':
      return revertByPerson(incident, command);
    case 'resolve':
      return resolveByPerson(incident, { by, via }, command, now);
    case 'publish':
      return publish(incident, { by, via }, command.components);
    case 'post update':
      return postByPerson(incident, command, now);
  }
}

/** A lease: when it ends and the incident is still open, people are called anew. */
export const acknowledged = ({ policy }: Incident, { by, via }: Person, now: string): Happening => ({
  type: 'Acknowledged',
  by,
  via,
  until: plusMinutes(now, policy.acknowledgementMinutes),
});

/** Answered once, it is answered: who comes later with another answer is told who came first. */
function answerApproval(
  incident: Incident,
  { step, approve, by, via }: Extract<Command, { type: 'answer approval' }>,
  now: string,
): Decision {
  const { approval, id, timeline } = incident;
  if (approval?.step !== step) {
    const answer = timeline.findLast(
      e => (e.type === 'ApprovalGiven' || e.type === 'ApprovalDeclined') && e.step === step,
    );
    if (answer?.type === 'ApprovalGiven') return { refused: `${step} was approved by ${answer.by} already` };
    if (answer?.type === 'ApprovalDeclined')
      return { refused: answer.by === 'time' ? expired(step) : `${step} was declined by ${answer.by} already` };
    return { refused: `${id} awaits no approval of ${step}` };
  }
  if (approval.expiresAt <= now) return { refused: expired(step) };
  const attempt = (incident.attempt?.number ?? 0) + 1;
  return {
    happenings: [
      { type: approve ? 'ApprovalGiven' : 'ApprovalDeclined', step, by, via },
      { type: 'ResponseRequested', attempt, from: step, approved: approve },
    ],
  };
}

const expired = (step: string) => `the approval of ${step} expired, which means no`;

/** Also of a change whose revert failed before. */
function revertByPerson(incident: Incident, { step, by, via }: Extract<Command, { type: 'revert' }>): Decision {
  const run = stillChanged(incident).find(changed => changed.step === step);
  if (!run) {
    const left = stillChanged(incident).map(changed => changed.step);
    return {
      refused: `${incident.id}: ${step} has left no change${left.length > 0 ? `; ${left.join(', ')} has` : ''}`,
    };
  }
  const requested: Happening = { type: 'RevertRequested', by, via, run: run.run, title: run.title };
  return { happenings: attemptUnderWay(incident) ? [requested] : [requested, revertNow(incident)] };
}

/** As a person judges it. Automation raises it again only if what it finds is worse than what the person knew. */
function setSeverity(
  incident: Incident,
  { severity, reason, by, via }: Extract<Command, { type: 'set severity' }>,
): Decision {
  if (severity === incident.severity && incident.overruled) return { happenings: [] };
  const { severity: overrules } = assess(factsOf(incident), incident.policy.criteria);
  const criterion = 'set by a person';
  const reasons = [{ severity, criterion, text: `${criterion}: ${by}${reason ? `, ${reason}` : ''}` }];
  const rises = isWorse(severity, incident.severity);
  return {
    happenings: assigned({ severity, reasons }, incident.policy, {
      ...{ by, via, overrules },
      escalated: incident.escalation?.level ?? 0,
      why: 'severity raised to',
      calls: rises,
    }),
  };
}

const isWorse = (severity: Severity, than: Severity) => !atLeast(than, severity);

function declare(incident: Incident, { what, text, by, via }: Extract<Command, { type: 'declare' }>): Decision {
  if (incident.declared[what]) return { happenings: [] };
  const declared = { ...incident, declared: { ...incident.declared, [what]: 1 } };
  return { happenings: [{ type: 'Declared', by, via, fact: what, text }, ...raise(declared)] };
}
