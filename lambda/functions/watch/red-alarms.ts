import { taggedAlarms } from '../../adapters/alarms.ts';
import { readSwitches } from '../../adapters/parameters.ts';
import { startResponse } from '../../adapters/step-functions.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Policy } from '../../domain/incident/policy.ts';
import type { Signal } from '../../domain/incident/signal.ts';
import { slotOf } from '../../domain/incident/troubles.ts';
import { playbookOfAlarm, routeAlarm } from '../../domain/intake/alarm-route.ts';
import type { DescribedAlarm } from '../../domain/intake/described-alarm.ts';
import { type RedAlarm, redAlarms, redSignal, wasRedAtResolution } from '../../domain/intake/red-alarms.ts';
import { minutesBetween } from '../../domain/kernel/time.ts';
import { receiveAll } from '../../runtime/command-handler.ts';
import { deployed } from '../../runtime/deployed.ts';
import { service } from '../../runtime/environment.ts';
import { latest } from '../../store/incidents.ts';

/** Red alarms without an incident open one: their events were lost, or came while nothing could be written. */
export async function openForRedAlarms(
  alarms: readonly DescribedAlarm[],
  open: readonly Incident[],
  policy: Policy,
): Promise<void> {
  const now = new Date().toISOString();
  const red = redAlarms(alarms, open, now);
  if (red.length === 0) return;
  const signals = await withoutIncident(await routed(red, policy, now), policy);
  if (signals.length === 0 || (await isUnderMaintenance(now))) return;
  const failures: unknown[] = [];
  for (const { signals: together, outcome } of await receiveAll(signals, policy)) {
    if (outcome.status === 'rejected') failures.push(outcome.reason);
    else if (outcome.value.incident) await startResponse(outcome.value.incident);
    console.info({ message: 'red without an incident', signals: together.map(({ key }) => key) });
  }
  if (failures.length > 0) throw new AggregateError(failures, 'red alarms could not be recorded');
}

interface Routed {
  alarm: RedAlarm;
  signal: Signal;
}

/** The alarms of this service, each with its signal. Tags are read only where an alarm is not known by its name. */
async function routed(red: readonly RedAlarm[], policy: Policy, now: string): Promise<Routed[]> {
  const unknown = red.filter(({ name }) => !playbookOfAlarm(name, policy) && !isForeign(name, now));
  const tags = unknown.length > 0 ? await taggedAlarms(service()) : {};
  for (const { name } of tags ? unknown : []) if (!tags?.[name]) foreign.set(name, now);
  return red.flatMap(alarm => {
    const route = routeAlarm(alarm.name, tags?.[alarm.name] ?? {}, { service: service(), policy });
    if (route && 'fault' in route) console.error({ message: `red, and not understood: ${route.fault}` });
    return route && !('fault' in route) ? [{ alarm, signal: redSignal(alarm, route, service()) }] : [];
  });
}

/** The signals whose alarms were not red already when the last incident of their playbook was resolved. */
async function withoutIncident(all: readonly Routed[], policy: Policy): Promise<Signal[]> {
  const slots = [...new Set(all.map(({ signal }) => slotOf(signal.service, signal.playbook, policy)))];
  const last = new Map(
    await Promise.all(slots.map(async slot => [slot, (await latest(slot)).stored?.incident] as const)),
  );
  return all
    .filter(
      ({ alarm, signal }) => !wasRedAtResolution(alarm, last.get(slotOf(signal.service, signal.playbook, policy))),
    )
    .map(({ signal }) => signal);
}

/** A window that a person has opened, or that is announced on the status page. One that cannot be read is none: people may be told. */
async function isUnderMaintenance(now: string): Promise<boolean> {
  const { AUTOMATION_PARAMETER = '', MAINTENANCE_PARAMETER = '' } = process.env;
  const { maintenanceUntil } = await readSwitches(AUTOMATION_PARAMETER, MAINTENANCE_PARAMETER);
  const announced = (await deployed()).site?.maintenance ?? [];
  return (
    Date.parse(maintenanceUntil ?? '') > Date.parse(now) ||
    announced.some(({ from, to }) => Date.parse(from) <= Date.parse(now) && Date.parse(now) < Date.parse(to))
  );
}

/** Alarms that are none of the service's, and when that was found: they are not asked for again for a while. */
const foreign = new Map<string, string>();
const FOREIGN_MINUTES = 15;

const isForeign = (name: string, now: string) =>
  minutesBetween(foreign.get(name) ?? new Date(0).toISOString(), now) < FOREIGN_MINUTES;
