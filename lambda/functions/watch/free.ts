import { alarmsOf } from '../../adapters/alarms.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { mayTryAgain } from '../../domain/remediation/guardrails.ts';
import { guardrailReadings, readMaintenance } from '../../readings/maintenance.ts';

/** Asks if what may hold a plan back does so still: an attempt would only find that out, and say it again. */
export async function isFree(incident: Incident): Promise<boolean> {
  const readings = guardrailReadings(await readMaintenance(await alarmsOf(incident)));
  return mayTryAgain(incident, { ...readings, ledger: [], others: [], awsIssues: [] }, new Date().toISOString());
}
