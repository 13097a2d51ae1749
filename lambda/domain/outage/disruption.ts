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
  const results: Disruption[] = [];
  let facts: Facts = {};
  for (const event of timeline) {
    const measured = measuredBy(event, facts);
    if (!measured) continue;
    facts = measured.facts;
    const last = results.at(-1);
    const open = last && !last.to ? last : undefined;
    if (!isHarmed({ policy, facts })) {
      if (open) open.to = measured.at;
      continue;
    }
    // Harm counts as a P3 at least.
    const { severity: judged } = assess(facts, policy.criteria);
    const severity = atLeast(judged, 'P3') ? judged : 'P3';
    if (!open) results.push({ from: measured.at, severity });
    else if (atLeast(severity, open.severity)) open.severity = severity;
  }
  return results.map(disruption => ({ ...disruption, to: disruption.to ?? resolvedAt }));
}

function measuredBy(event: IncidentEvent, known: Facts): { facts: Facts; at: string } | undefined {
  if (event.type === 'DiagnosisRecorded')
    return { facts: withAffected(Object.assign({}, ...event.findings.map(({ facts }) => facts))), at: event.at };
  if (event.type === 'ServiceMeasured')
    return { facts: withAffected({ ...known, ...event.facts }), at: event.measuredAt };
  return undefined;
}
