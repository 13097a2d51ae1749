import { publishedEvent } from './communication/publication.ts';
import { affectedComponents, isPublic } from './communication/updates.ts';
import type { Command, Decision } from './incident/commands.ts';
import type { Event } from './incident/events.ts';
import { evolve } from './incident/evolve.ts';
import { attemptUnderWay, type Incident, isOpen } from './incident/incident.ts';
import type { Person } from './incident/person.ts';
import { unreverted } from './incident/reverts.ts';
import type { Signal, SignalState } from './incident/signal.ts';
import { declarationEvents } from './intake/declaration.ts';
import { assignSeverity } from './intake/severity.ts';
import { observeSignals } from './intake/signals.ts';
import { atLeast } from './kernel/severity.ts';

/** The id of both commands of a merge: one that was interrupted is finished by the same request. */
export const mergeId = (from: Pick<Incident, 'id'>, into: Pick<Incident, 'id'>) => `merge/${from.id}/${into.id}`;

/** Why one incident cannot become part of another; undefined when it can. */
export function mergeFault(from: Incident, into: Incident): string | undefined {
  if (from.id === into.id) return `${from.id} cannot be merged into itself`;
  if (from.service !== into.service) return `${from.id} is of ${from.service}, and ${into.id} of ${into.service}`;
  if (!isOpen(from)) return over(from);
  if (into.mergedInto) return `${over(into)}: merge into that`;
  // The merge was interrupted after the first of its two commits.
  if (!isOpen(into) && !hasAbsorbed(into, from)) return over(into);
  if ((from.drill ?? false) !== (into.drill ?? false))
    return `${from.drill ? from.id : into.id} is a drill, and the other is real`;
  return unfinished(from);
}

/** Why nothing can be done to an incident that is not open. */
export const over = ({ id, status, mergedInto }: Incident) =>
  mergedInto ? `${id} is merged into ${mergedInto.id}` : `${id} is ${status}`;

/** The plan of an incident, and the changes that it left, are its own: they come to their end first. */
function unfinished(from: Incident): string | undefined {
  const { id, approval, answered } = from;
  const attempt = attemptUnderWay(from);
  if (attempt || answered) return `automation is at work on ${id}: wait until it has ended, or merge the other into it`;
  if (approval) return `${id} awaits the approval of ${approval.step}: answer it first, or merge the other into it`;
  const changes = unreverted(from).map(({ step }) => step);
  return changes.length > 0
    ? `${changes.join(', ')} of ${id} has left a change: npx incident revert ${id} ${changes[0]}, or merge the other into it`
    : undefined;
}

const hasAbsorbed = (into: Incident, { id }: Pick<Incident, 'id'>) => into.absorbed?.includes(id) ?? false;

/** The first commit of a merge: the incident takes over what the other knows. People are called only if it is worse than both were told. */
export function absorb(
  into: Incident,
  { id: command, other, by, via }: Extract<Command, { type: 'absorb' }>,
  now: string,
): Decision {
  if (hasAbsorbed(into, other)) return { events: [] };
  const refused = mergeFault(other, into);
  if (refused) return { refused };
  const events: Event[] = [];
  let known = into;
  const happen = (...more: Event[]) => {
    events.push(...more);
    for (const event of more) known = evolve(known, { ...event, seq: known.version, at: now, command });
  };
  const { id, title, severity, startedAt } = other;
  happen({ type: 'Absorbed', by, via, id, title, severity, startedAt });
  happen(...declared(other, known));
  happen(...raised(other, known, { by, via }, now));
  happen(...observeSignals(known, signalsOf(other, 'cleared'), now).filter(({ type }) => type.startsWith('Signal')));
  const fired = observeSignals(known, signalsOf(other, 'firing'), now);
  happen(...(other.handedOver ? fired.filter(({ type }) => type !== 'ResponseRequested') : fired));
  happen(...acknowledgement(other, known, now));
  happen(...publication(other, known, { by, via }));
  return { events };
}

function declared(other: Incident, known: Incident): Event[] {
  const { dataLoss, securityBreach } = other.declared;
  const { by, text } = other.declarations.at(-1) ?? { by: other.reporter ?? '', text: other.title };
  return declarationEvents(
    { dataLoss: Boolean(dataLoss), securityBreach: Boolean(securityBreach), workaround: other.workaround?.available },
    { by, text },
    known.declared,
  );
}

/** The higher severity counts. Whoever has acknowledged it already is not called again for it. */
function raised(other: Incident, known: Incident, person: Person, now: string): Event[] {
  const { severity, severityReasons: reasons } = other;
  if (atLeast(known.severity, severity)) return [];
  return assignSeverity({ severity, reasons }, known.policy, {
    ...person,
    escalated: known.escalation?.level ?? 0,
    why: `${other.id} is merged into it, a`,
    calls: !isHeld(other, now),
  });
}

const isHeld = ({ acknowledged }: Incident, now: string) => (acknowledged?.until ?? '') > now;

const signalsOf = ({ signals, service, drill }: Incident, state: SignalState): Signal[] =>
  Object.entries(signals)
    // The signal of a question says that nothing is wrong.
    .filter(([, known]) => known.state === state && known.level !== 'info')
    .map(([key, { playbook, level, summary, at }]) => ({
      id: '',
      key,
      state,
      playbook,
      level,
      summary,
      at,
      service,
      drill,
    }));

/** One acknowledgement is enough for both, if it was given for what is as severe. */
function acknowledgement(other: Incident, known: Incident, now: string): Event[] {
  const { acknowledged, commander, severity } = other;
  if (acknowledged && isHeld(other, now) && !isHeld(known, now) && atLeast(severity, known.severity))
    return [{ type: 'Acknowledged', by: acknowledged.by, until: acknowledged.until }];
  return commander && !known.commander ? [{ type: 'CommandTaken', by: commander }] : [];
}

/** Customers who read of one go on reading, of all that was affected. */
function publication(other: Incident, known: Incident, person: Person): Event[] {
  if (!isPublic(other)) return [];
  const ids = (incident: Incident) => affectedComponents(incident).map(({ id }) => id);
  const own = isPublic(known) ? ids(known) : [];
  const all = [...new Set([...own, ...ids(other)])];
  if (isPublic(known) && all.length === own.length) return [];
  return [publishedEvent(known, person, all.length > 0 ? all : undefined)];
}

/** The second commit of a merge: the incident is over, and names the one in which it goes on. */
export function mergeInto(from: Incident, { into, by, via }: Extract<Command, { type: 'merge into' }>): Decision {
  if (from.mergedInto) return from.mergedInto.id === into.id ? { events: [] } : { refused: over(from) };
  if (!isOpen(from)) return { refused: over(from) };
  // Two people have merged them into each other at once: the earlier one stays.
  if (hasAbsorbed(from, into) && from.id < into.id) return { refused: `${into.id} is being merged into ${from.id}` };
  const refused = unfinished(from);
  if (refused) return { refused };
  return { events: [{ type: 'MergedInto', by, via, into: into.id, slot: into.slot, number: into.number }] };
}
