import { handle } from '../domain/decide.ts';
import type { Command } from '../domain/incident/commands.ts';
import type { IncidentEvent } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Policy } from '../domain/incident/policy.ts';
import type { Signal } from '../domain/incident/signal.ts';
import { opensIncident } from '../domain/intake/signals.ts';
import { append, type IncidentKey, latestIncident, load, nextId, slotOf } from '../store/incidents.ts';

/** The result of a command: the incident in its new state, and the events that it added, or had added if it is repeated. */
export interface Committed {
  incident: Incident | undefined;
  entries: IncidentEvent[];
  refused?: string;
}

/** Runs between the decision and its commit, once for each try, to reserve something first. */
export type Prepare = (entries: IncidentEvent[], incident: Incident) => Promise<void>;

/** A writer gives up after this many conflicts with others on one incident; its caller retries. */
const TRIES = 10;

/** Commits a signal, which opens an incident or joins the open one, whether it fires or clears. */
export async function receive(signal: Signal, policy: Policy): Promise<Committed> {
  const slot = slotOf(signal.service, signal.playbook);
  let id: string | undefined;
  return attempt(async () => {
    const current = await latestIncident(slot);
    const opens = opensIncident(current, signal);
    if (opens) id ??= await nextId();
    const openAs = opens && id ? { id, number: (current?.number ?? 0) + 1 } : undefined;
    return write(current, { type: 'receive signal', id: signal.id, signal, policy, openAs });
  });
}

/** Decides on the current incident and commits the result, or returns the reason why the command was refused. */
export const commit = (key: IncidentKey, command: Command, prepare?: Prepare): Promise<Committed> =>
  attempt(async () => write(await load(key), command, prepare));

/** One try; undefined when another writer came first. */
async function write(
  current: Incident | undefined,
  command: Command,
  prepare?: Prepare,
): Promise<Committed | undefined> {
  const handled = handle(current, command, new Date().toISOString());
  if ('refused' in handled) return { incident: current, entries: [], refused: handled.refused };
  const { incident, entries, repeated } = handled;
  if (repeated || entries.length === 0 || !incident) return { incident, entries };
  await prepare?.(entries, incident);
  return (await append(incident, entries)) ? { incident, entries } : undefined;
}

async function attempt(once: () => Promise<Committed | undefined>): Promise<Committed> {
  for (let tries = 0; tries < TRIES; tries++) {
    const committed = await once();
    if (committed) return committed;
  }
  throw new Error(`the incident was changed by others ${TRIES} times in a row; the caller retries`);
}
