import type { ServiceMeasurement } from '../../domain/incident/commands.ts';
import type { Check } from '../../domain/incident/events.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { minutesBetween } from '../../domain/kernel/time.ts';
import { MEASUREMENTS_APART, recordMeasurement } from '../../domain/remediation/measurement.ts';
import { measureService } from '../../readings/service-measurement.ts';
import { commit } from '../../runtime/command-handler.ts';
import { service } from '../../runtime/environment.ts';
import { keyOf } from '../../store/keys.ts';
import { swapMeasurement } from '../../store/measurements.ts';

/** How people are served this minute, and how they were the minute before, if that was measured. */
export interface Minute {
  now: ServiceMeasurement;
  before: ServiceMeasurement | undefined;
  checks: Check[];
}

/** Measured once a minute, however many incidents are open. */
export async function measureMinute(): Promise<Minute> {
  const { checks, ...now } = await measureService();
  const last = await swapMeasurement(service(), now);
  const recent = last && minutesBetween(last.at, now.at) <= MEASUREMENTS_APART;
  return { now, before: recent ? last : undefined, checks };
}

/** Records how people are served, where it changes a judgement. */
export async function commitMeasured(incident: Incident, { now, before }: Minute): Promise<Incident> {
  if (incident.drill) return incident;
  const decision = recordMeasurement(incident, now, before);
  if ('refused' in decision || decision.events.length === 0) return incident;
  const command = { type: 'record measurement', id: `measured/${now.at}`, ...now, ...(before && { before }) } as const;
  return (await commit(keyOf(incident), command)).incident ?? incident;
}
