import { publish, withhold } from './communication/publication.ts';
import { postByPerson } from './communication/updates.ts';
import type { Command, Decision, PersonCommand } from './incident/commands.ts';
import type { Event } from './incident/events.ts';
import { attemptUnderWay, factsOf, type Incident } from './incident/incident.ts';
import type { Person } from './incident/person.ts';
import { TIME } from './incident/person.ts';
import { unreverted } from './incident/reverts.ts';
import {
  declarationEvents,
  declarationFault,
  declaredFacts,
  graveFacts,
  setByPerson as judgedBy,
} from './intake/declaration.ts';
import { assignSeverity, reassessSeverity } from './intake/severity.ts';
import { assess, atLeast, type Severity } from './kernel/severity.ts';
import { plusMinutes } from './kernel/time.ts';
import { withdrawAcknowledgement } from './on-call/acknowledgement.ts';
import { answerEvents } from './remediation/approval.ts';
import { revertNow } from './remediation/measurement.ts';
import { resolveByPerson } from './remediation/response.ts';

/** Commands that are accepted after an incident is over; `decide` handles them. */
type Afterwards =
  | 'raise action item'
  | 'change action item'
  | 'finish action item'
  | 'state cause'
  | 'state fix'
  | 'request post-mortem'
  | 'finish post-mortem';

/** Decides on the commands of people about an open incident, from every source. */
export function operatorCommand(
  incident: Incident,
  command: Exclude<PersonCommand, { type: Afterwards }>,
  now: string,
): Decision {
  const { by, via } = command;
  if (incident.held && (command.type === 'set severity' || command.type === 'declare'))
    return {
      refused: `${incident.id} is held for maintenance: npx incident declare "…" says that it is more than that`,
    };
  switch (command.type) {
    case 'acknowledge':
      return { events: [acknowledged(incident, { by, via }, now)] };
    case 'withdraw acknowledgement':
      return withdrawAcknowledgement(incident, command, now);
    case 'answer approval':
      return answerApproval(incident, command, now);
    case 'take command':
      return incident.commander === by ? { events: [] } : { events: [{ type: 'CommandTaken', by, via }] };
    case 'note':
      return { events: [{ type: 'NoteAdded', by, via, text: command.text }] };
    case 'set severity':
      return { events: setSeverity(incident, command) };
    case 'declare':
      return declare(incident, command);
    case 'tick':
      return incident.ticked.includes(command.item)
        ? { events: [] }
        : { events: [{ type: 'ChecklistTicked', by, via, item: command.item }] };
    case 'revert':
      return revertByPerson(incident, command);
    case 'resolve':
      return resolveByPerson(incident, { by, via }, command, now);
    case 'publish':
      return publish(incident, { by, via }, command.components);
    case 'withhold':
      return withhold(incident, { by, via });
    case 'post update':
      return postByPerson(incident, command, now);
  }
}

/** An acknowledgement is a lease: when it expires while the incident is open, people are called again. */
export const acknowledged = (
  { policy }: Incident,
  { by, via }: Person,
  now: string,
): Extract<Event, { type: 'Acknowledged' }> => ({
  type: 'Acknowledged',
  by,
  via,
  until: plusMinutes(now, policy.acknowledgementMinutes),
});

/** The first answer counts. A later, different one is refused and learns who answered first. */
function answerApproval(
  incident: Incident,
  { step, approve, by, via }: Extract<Command, { type: 'answer approval' }>,
  now: string,
): Decision {
  const { approval, id, answers } = incident;
  if (approval?.step !== step) {
    const answer = answers.find(other => other.step === step);
    if (answer?.by === TIME) return { refused: expiredReason(step) };
    if (answer) return { refused: `${step} was ${answer.approved ? 'approved' : 'declined'} by ${answer.by} already` };
    return { refused: `${id} awaits no approval of ${step}` };
  }
  if (approval.expiresAt <= now) return { refused: expiredReason(step) };
  const type = approve ? 'ApprovalGiven' : 'ApprovalDeclined';
  return { events: answerEvents(incident, { type, step, by, via }) };
}

const expiredReason = (step: string) => `the approval of ${step} expired, which means no`;

/** Reverts a change, even if an earlier revert of it failed. */
function revertByPerson(incident: Incident, { step, by, via }: Extract<Command, { type: 'revert' }>): Decision {
  const run = unreverted(incident).find(changed => changed.step === step);
  if (!run) {
    const others = unreverted(incident).map(changed => changed.step);
    return {
      refused: `${incident.id}: ${step} has left no change${others.length > 0 ? `; ${others.join(', ')} has` : ''}`,
    };
  }
  const requested: Event = { type: 'RevertRequested', by, via, run: run.run, title: run.title };
  return { events: attemptUnderWay(incident) ? [requested] : [requested, revertNow(incident)] };
}

/** Sets the severity that a person judges. Automation raises it again only if it finds worse than the person knew. */
function setSeverity(
  incident: Incident,
  { severity, reason, by, via }: Person & { severity: Severity; reason?: string | undefined },
): Event[] {
  if (severity === incident.severity && incident.overruled) return [];
  const { severity: overrules } = assess(factsOf(incident), incident.policy.criteria);
  const judged = judgedBy(severity, `set by a person: ${by}${reason ? `, ${reason}` : ''}`);
  const rises = !atLeast(incident.severity, severity);
  const events = assignSeverity(judged, incident.policy, {
    ...{ by, via, overrules },
    escalated: incident.escalation?.level ?? 0,
    why: 'severity raised to',
    calls: rises,
  });
  return rises ? withDiagnosis(incident, events) : events;
}

/** A question that becomes more severe is diagnosed from then on. */
const withDiagnosis = ({ attempt }: Incident, risen: Event[]): Event[] =>
  attempt || risen.length === 0 ? risen : [...risen, { type: 'ResponseRequested', attempt: 1 }];

/** Declares something about an open incident. Facts that are declared already cause no event. */
function declare(
  incident: Incident,
  { text = '', by, via, ...declaration }: Extract<Command, { type: 'declare' }>,
): Decision {
  const fault = declarationFault(declaration);
  if (fault) return { refused: fault };
  const { declared } = incident;
  const declarations = declarationEvents(declaration, { text, by, via }, declared);
  const after = { ...incident, declared: { ...declared, ...declaredFacts(declaration) } };
  const { severity } = declaration;
  if (graveFacts(declaration).length > 0) {
    // The person who set the severity did not know this fact yet.
    const risen = graveFacts(declaration).every(fact => declared[fact])
      ? []
      : reassessSeverity({ ...after, overruled: undefined });
    return { events: [...declarations, ...withDiagnosis(incident, risen)] };
  }
  if (severity) return { events: [...declarations, ...setSeverity(after, { severity, reason: text, by, via })] };
  return { events: declarations.length > 0 ? [...declarations, ...reassessSeverity(after)] : [] };
}
