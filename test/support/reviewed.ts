import type { Incident } from '../../lambda/domain/incident/incident.ts';
import type { Policy } from '../../lambda/domain/incident/policy.ts';
import { RUNBOOK_SEVERITIES } from '../../lambda/domain/incident/runbook-policy.ts';
import type { Signal } from '../../lambda/domain/incident/signal.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { committed, policyOf, setMinute, signal } from './responder.ts';

export const REVIEWED_ID = 'INC-2026-04-07-001';

/** A P2 that Ada resolved in minute 30, in the table. */
export async function resolvedIncident(
  changes: Partial<Signal> = {},
  policy: Partial<Policy> = {},
  how: { cancelled?: boolean } = {},
): Promise<Incident> {
  await receive(signal(changes), { ...policyOf(), severities: RUNBOOK_SEVERITIES, ...policy });
  setMinute(1);
  const findings = [{ check: 'ECS', ok: false, summary: 'ECS: 5 of 10 tasks', facts: { usersAffectedShare: 0.4 } }];
  await committed({ type: 'record diagnosis', id: 'diagnose', attempt: 1, findings });
  await committed({ type: 'acknowledge', id: 'acknowledge', by: 'ada', via: 'link' });
  setMinute(30);
  return committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'a job was stopped', ...how });
}

/** A draft with everything filled in that only people know. */
export const completed = (document: string, words = 'We stopped a job.') =>
  document.replace(/_\[to be filled in: [^\]]*\]_/g, words);
