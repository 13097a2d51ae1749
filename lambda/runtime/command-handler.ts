import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { handle } from '../domain/decide.ts';
import type { Command, Refusal } from '../domain/incident/commands.ts';
import type { IncidentEvent } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Policy } from '../domain/incident/policy.ts';
import type { Signal } from '../domain/incident/signal.ts';
import { slotOfSignal } from '../domain/intake/declaration.ts';
import { opensIncident } from '../domain/intake/signals.ts';
import { inCommits } from '../store/commit-size.ts';
import { advance, append, eventsOf, nextId, read, type StoredIncident } from '../store/incidents.ts';
import { type IncidentKey, keyOf } from '../store/keys.ts';
import { current } from '../store/merged-incidents.ts';
import { withCounts } from './repetitions.ts';

/** The result of a command: the incident in its new state, and the events that it added, or had added if it is repeated. */
export interface Committed extends Partial<Refusal> {
  incident: Incident | undefined;
  events: IncidentEvent[];
}

/** Runs between the decision and its commit, once for each try, to reserve something first. */
export type Prepare = (events: IncidentEvent[], incident: Incident) => Promise<void>;

/** A writer gives up after this many conflicts with others on one incident, some five seconds; its caller retries. */
const TRIES = 14;

/** Milliseconds of the first pause, at most, and of every later one, which is twice as long. */
const PAUSE = { first: 20, longest: 800 };

/** Signals that one decision was about, and its outcome. */
export interface Received {
  signals: Signal[];
  outcome: PromiseSettledResult<Committed>;
}

/** Commits signals in the order of their arrival, those of one incident together. One that fails holds up no other. */
export async function receiveAll(signals: readonly Signal[], policy: Policy): Promise<Received[]> {
  const groups = [...Map.groupBy(signals, signal => slotOfSignal(signal, policy)).values()];
  return (await Promise.all(groups.map(group => receiveGroup(group, policy)))).flat();
}

async function receiveGroup(group: Signal[], policy: Policy): Promise<Received[]> {
  const received: Received[] = [];
  for (const signals of inCommits(group)) {
    const [outcome] = await Promise.allSettled([receiveTogether(signals, policy)]);
    received.push({ signals, outcome });
  }
  return received;
}

/** Commits a signal, which opens an incident or joins the open one, whether it fires or clears. */
export const receive = (signal: Signal, policy: Policy): Promise<Committed> => receiveTogether([signal], policy);

/** Commits signals of one slot. */
async function receiveTogether(signals: Signal[], policy: Policy): Promise<Committed> {
  const [first] = signals;
  if (!first) return { incident: undefined, events: [] };
  const slot = slotOfSignal(first, policy);
  let id: string | undefined;
  return retried(async () => {
    const { number, stored, unreadable } = await current(slot);
    if (unreadable) console.error({ message: `a new incident may open beside it: ${unreadable.message}` });
    const opens = opensIncident(stored?.incident, signals);
    if (opens) id ??= await nextId();
    const openAs = opens && id ? { id, number: number + 1, slot } : undefined;
    const counted = await withCounts(stored?.incident, signals);
    return write(stored, { type: 'receive signals', id: idOf(signals), signals: counted, policy, openAs });
  });
}

/** The same signals have the same id when they are received together again. */
export function idOf(signals: readonly Signal[]): string {
  const ids = signals.map(({ id }) => id);
  return ids.length === 1 ? String(ids[0]) : `batch/${createHash('sha256').update(ids.join('\n')).digest('base64url')}`;
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
  const { repeated, ...handled } = handle(stored?.incident, command, new Date().toISOString());
  const { incident, events } = handled;
  if (handled.refused !== undefined) return handled;
  if (repeated && incident) return { incident, events: await eventsOf(keyOf(incident), repeated) };
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
