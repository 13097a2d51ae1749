import { setTimeout as pause } from 'node:timers/promises';
import { handle } from '../domain/decide.ts';
import type { Command } from '../domain/incident/commands.ts';
import type { IncidentEvent } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Policy } from '../domain/incident/policy.ts';
import type { Signal } from '../domain/incident/signal.ts';
import { opensIncident } from '../domain/intake/signals.ts';
import { advance, append, eventsFrom, latest, nextId, read, type StoredIncident } from '../store/incidents.ts';
import { type IncidentKey, keyOf, slotOf } from '../store/keys.ts';

/** The result of a command: the incident in its new state, and the events that it added, or had added if it is repeated. */
export interface Committed {
  incident: Incident | undefined;
  events: IncidentEvent[];
  refused?: string;
}

/** Runs between the decision and its commit, once for each try, to reserve something first. */
export type Prepare = (events: IncidentEvent[], incident: Incident) => Promise<void>;

/** A writer gives up after this many conflicts with others on one incident, some five seconds; its caller retries. */
const TRIES = 14;

/** Milliseconds of the first pause, at most, and of every later one, which is twice as long. */
const PAUSE = { first: 20, longest: 800 };

/** Commits a signal, which opens an incident or joins the open one, whether it fires or clears. */
export async function receive(signal: Signal, policy: Policy): Promise<Committed> {
  const slot = slotOf(signal.service, signal.playbook);
  let id: string | undefined;
  return retried(async () => {
    const { number, stored, unreadable } = await latest(slot);
    if (unreadable) console.error({ message: `a new incident may open beside it: ${unreadable.message}` });
    const opens = opensIncident(stored?.incident, signal);
    if (opens) id ??= await nextId();
    const openAs = opens && id ? { id, number: number + 1 } : undefined;
    return write(stored, { type: 'receive signal', id: signal.id, signal, policy, openAs });
  });
}

/** Decides on the current incident and commits the result, or returns the reason why the command was refused. */
export async function commit(key: IncidentKey, command: Command, prepare?: Prepare): Promise<Committed> {
  let known: StoredIncident | undefined;
  return retried(async () => {
    known = known ? await advance(key, known) : await read(key);
    return write(known, command, prepare);
  });
}

/** One try; undefined when another writer came first. */
async function write(
  stored: StoredIncident | undefined,
  command: Command,
  prepare?: Prepare,
): Promise<Committed | undefined> {
  const { incident, events, repeated, refused } = handle(stored?.incident, command, new Date().toISOString());
  if (refused !== undefined) return { incident, events, refused };
  if (repeated && incident) {
    const { seq, events: count } = repeated;
    return { incident, events: (await eventsFrom(keyOf(incident), seq)).slice(0, count) };
  }
  if (events.length === 0 || !incident) return { incident, events };
  await prepare?.(events, incident);
  return (await append(stored, incident, events)) ? { incident, events } : undefined;
}

/** Writers that meet pause for a random time, so that they do not meet again. */
async function retried(attempt: () => Promise<Committed | undefined>): Promise<Committed> {
  for (let tries = 0; tries < TRIES; tries++) {
    const committed = await attempt();
    if (committed) return committed;
    await pause(Math.random() * Math.min(PAUSE.longest, PAUSE.first * 2 ** tries));
  }
  throw new Error(`the incident was changed by others ${TRIES} times in a row; the caller retries`);
}
