import type { IncidentEvent } from '../incident/events.ts';
import { isHarmed } from '../incident/harm.ts';
import type { Incident } from '../incident/incident.ts';
import { assess, atLeast, type Facts, type Severity, withAffected } from '../kernel/severity.ts';

/** A time in which people were measured to suffer, and its highest severity. */
export interface Disruption {
  from: string;
  /** Absent while it lasts. */
  to?: string | undefined;
  severity: Severity;
}

/** The times in which people were measured to suffer, oldest first. Signals and declarations measure nothing. */
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
    // Slow answers harm people even where no criterion of P1 or P2 holds.
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
