import { commit, keyOf } from '../../adapters/incidents.ts';
import { nowOf } from '../../domain/effect.ts';
import type { Incident } from '../../domain/incident.ts';
import { recordMeasurement } from '../../domain/measurement.ts';
import type { Check } from '../../domain/timeline.ts';
import { trafficSince } from '../traffic.ts';

/** Records what people suffer now, where it changes a judgement. */
export async function commitMeasured(incident: Incident, checks: Check[]): Promise<Incident> {
  const urls = checks.filter(({ check }) => /^https?:/.test(check));
  if (urls.length === 0 || incident.drill) return incident;
  const failing = urls.filter(({ passed }) => !passed).length / urls.length;
  const at = new Date().toISOString();
  const facts = nowOf(await trafficSince(), failing);
  const decision = recordMeasurement(incident, facts, at);
  if ('refused' in decision || decision.happenings.length === 0) return incident;
  const command = { type: 'record measurement', id: `measured/${at}`, facts, at } as const;
  return (await commit(keyOf(incident), command)).incident ?? incident;
}
