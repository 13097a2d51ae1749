import type { IncidentEvent } from '../incident/events.ts';
import { isHarmed } from '../incident/harm.ts';
import type { Incident } from '../incident/incident.ts';
import { assess, atLeast, type Facts, type Severity, withAffected } from '../kernel/severity.ts';

/** For how long people suffered, as measured, and how much at the worst. */
export interface Disruption {
  from: string;
  /** Absent, it goes on. */
  to?: string | undefined;
  severity: Severity;
}

/** When people were measured to suffer, the oldest first. Signals and declarations measure nothing. */
export function disruptions({ policy, timeline, resolvedAt }: Incident): Disruption[] {
  const found: Disruption[] = [];
  let facts: Facts = {};
  for (const entry of timeline) {
    const measured = measuredBy(entry, facts);
    if (!measured) continue;
    facts = measured.facts;
    const last = found.at(-1);
    const open = last && !last.to ? last : undefined;
    if (!isHarmed({ policy, facts })) {
      if (open) open.to = measured.at;
      continue;
    }
    // Slow answers harm people, and are no criterion of P1 or P2.
    const { severity: judged } = assess(facts, policy.criteria);
    const severity = atLeast(judged, 'P3') ? judged : 'P3';
    if (!open) found.push({ from: measured.at, severity });
    else if (atLeast(severity, open.severity)) open.severity = severity;
  }
  return found.map(disruption => ({ ...disruption, to: disruption.to ?? resolvedAt }));
}

function measuredBy(entry: IncidentEvent, known: Facts): { facts: Facts; at: string } | undefined {
  if (entry.type === 'DiagnosisRecorded')
    return { facts: withAffected(Object.assign({}, ...entry.findings.map(({ facts }) => facts))), at: entry.at };
  if (entry.type === 'ServiceMeasured')
    return { facts: withAffected({ ...known, ...entry.facts }), at: entry.measuredAt };
  return undefined;
}
