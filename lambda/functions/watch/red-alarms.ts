import { leftToMaintenance } from '../../domain/incident/held.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Policy } from '../../domain/incident/policy.ts';
import { demandOf } from '../../domain/incident/red.ts';
import { alarmKey, type Signal } from '../../domain/incident/signal.ts';
import { slotOf } from '../../domain/incident/troubles.ts';
import { playbookOfAlarm, routeAlarm } from '../../domain/intake/alarm-route.ts';
import type { DescribedAlarm } from '../../domain/intake/described-alarm.ts';
import { withMaintenance } from '../../domain/intake/maintenance.ts';
import { type RedAlarm, redAlarms, redSignal, stillRedSignal } from '../../domain/intake/red-alarms.ts';
import { minutesBetween } from '../../domain/kernel/time.ts';
import { readTagsOfAlarms } from '../../readings/alarm-tags.ts';
import { commit, receiveAll } from '../../runtime/command-handler.ts';
import { service } from '../../runtime/environment.ts';
import { failuresOf, throwAny } from '../../runtime/failures.ts';
import { keyOf } from '../../store/keys.ts';
import { current } from '../../store/merged-incidents.ts';
import type { Alarms } from './alarms.ts';
import { start } from './start.ts';

/** Red alarms without an incident open one: their events were lost, or came while nothing could be written. */
export async function openForRedAlarms(
  alarms: readonly DescribedAlarm[],
  incidents: readonly Incident[],
  policy: Policy,
  maintenance: Alarms['maintenance'],
): Promise<void> {
  const now = new Date().toISOString();
  const red = redAlarms(alarms, incidents, now);
  if (red.length === 0) return;
  const known = await routed(red, policy, now);
  const { told, signals, failures } = await demanded(known.routed, policy, now);
  failures.push(...known.failures);
  if (told.length + signals.length > 0) {
    const inForce = await maintenance(alarms);
    const mark = (unmarked: readonly Signal[]) => withMaintenance(unmarked, inForce, policy);
    const outside = told.map(({ last, alarms }) => ({
      last,
      alarms: alarms.filter(({ signal }) => !mark([signal])[0]?.maintenance),
    }));
    failures.push(...failuresOf(await Promise.allSettled(outside.map(tellStillRed))));
    failures.push(...(await open(mark(signals), policy)));
  }
  throwAny(failures);
}

async function open(signals: readonly Signal[], policy: Policy): Promise<Error[]> {
  const received = await receiveAll(signals, policy);
  for (const { signals } of received)
    console.info({ message: 'red without an incident', signals: signals.map(({ key }) => key) });
  const starts = received.flatMap(({ outcome }) =>
    outcome.status === 'fulfilled' && outcome.value.incident?.attempt ? [start(outcome.value.incident)] : [],
  );
  return failuresOf([...received.map(({ outcome }) => outcome), ...(await Promise.allSettled(starts))]);
}

interface Routed {
  alarm: RedAlarm;
  signal: Signal;
}

/**
 * The alarms of this service, each with its signal. Tags are read only where an alarm is not known by its name; while they cannot be,
 * nobody knows whose such an alarm is, and the watch fails, so that its own alarm tells of it.
 */
async function routed(red: readonly RedAlarm[], policy: Policy, now: string) {
  const unknown = red.filter(({ name }) => !playbookOfAlarm(name, policy) && !isForeign(name, now));
  const tags = unknown.length > 0 ? await readTagsOfAlarms(service()) : {};
  for (const { name } of tags ? unknown : []) if (!tags?.[name]) foreign.set(name, now);
  const routed = red.flatMap((alarm): Routed[] => {
    const route = routeAlarm(alarm.name, tags?.[alarm.name] ?? {}, { service: service(), policy });
    if (route && 'fault' in route) console.error({ message: `red, and not understood: ${route.fault}` });
    return route && !('fault' in route) ? [{ alarm, signal: redSignal(alarm, route, service()) }] : [];
  });
  const untold = tags ? [] : [new Error(`the tags of ${unknown.length} red alarms cannot be read`)];
  return { routed, failures: untold };
}

/** Alarms that are still red after the incident was resolved that they belong to. */
interface StillRed {
  last: Incident;
  alarms: Routed[];
}

/** The demands of the alarms, by the last incident of their slots: the signals that open one, and those of which people are told. */
async function demanded(all: readonly Routed[], policy: Policy, now: string) {
  const slotOfAlarm = ({ signal }: Routed) => slotOf(signal.service, signal.playbook, policy);
  const outcomes = await Promise.allSettled(
    [...Map.groupBy(all, slotOfAlarm)].map(async ([slot, routed]) => demandsOf(routed, slot, now)),
  );
  const demands = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? outcome.value : []));
  return {
    told: demands.flatMap(({ told }) => told),
    signals: demands.flatMap(({ signals }) => signals),
    failures: failuresOf(outcomes),
  };
}

async function demandsOf(
  routed: Routed[],
  slot: string,
  now: string,
): Promise<{ told: StillRed[]; signals: Signal[] }> {
  const last = (await current(slot)).stored?.incident;
  const isLeft = ({ name }: RedAlarm) => last !== undefined && leftToMaintenance(last, alarmKey(name));
  const by = Map.groupBy(routed, ({ alarm }) => (isLeft(alarm) ? 'opens' : demandOf(alarm.since, last, now)));
  const signals = [
    ...(by.get('opens') ?? []).map(({ signal }) => signal),
    ...(last ? (by.get('opens again') ?? []).map(({ signal }) => stillRedSignal(signal, last, now)) : []),
  ];
  const alarms = by.get('told') ?? [];
  return { told: last && alarms.length > 0 ? [{ last, alarms }] : [], signals };
}

async function tellStillRed({ last, alarms }: StillRed): Promise<void> {
  if (alarms.length === 0) return;
  const red = alarms.map(({ alarm: { name, since } }) => ({ name, since }));
  await commit(keyOf(last), { type: 'tell still red', id: `watch/still red/${last.resolvedAt}`, red });
}

/** Alarms that are none of the service's, and when that was found: they are not asked for again for a while. */
const foreign = new Map<string, string>();
const FOREIGN_MINUTES = 15;

const isForeign = (name: string, now: string) =>
  minutesBetween(foreign.get(name) ?? new Date(0).toISOString(), now) < FOREIGN_MINUTES;
