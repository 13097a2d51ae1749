import type { Event } from '../incident/events.ts';
import { factsOf, type Incident } from '../incident/incident.ts';
import type { Person } from '../incident/person.ts';
import { AUTOMATION } from '../incident/person.ts';
import type { Policy } from '../incident/policy.ts';
import { type Assessment, assess, atLeast, type Severity } from '../kernel/severity.ts';

/** Raises the severity if the facts demand it. Automation never lowers it; only a person does. */
export function raiseSeverity(incident: Incident): Event[] {
  const assessment = assess(factsOf(incident), incident.policy.criteria);
  const { overruled } = incident;
  if (atLeast(incident.severity, assessment.severity)) return [];
  if (overruled && atLeast(overruled, assessment.severity)) return [];
  return assignSeverity(assessment, incident.policy, {
    by: AUTOMATION,
    escalated: incident.escalation?.level ?? 0,
    why: 'severity raised to',
  });
}

/** Assesses the severity after a diagnosis: it rises, or stays with better reasons. */
export function reassessSeverity(incident: Incident): Event[] {
  const { severity, reasons } = assess(factsOf(incident), incident.policy.criteria);
  const known = incident.severityReasons.map(({ text }) => text);
  const isNew =
    severity === incident.severity && !incident.overruled && reasons.some(({ text }) => !known.includes(text));
  return isNew ? [{ type: 'SeverityAssigned', severity, reasons, by: AUTOMATION }] : raiseSeverity(incident);
}

interface AssignmentContext extends Person {
  /** The highest level called so far; 0 is none. */
  escalated: number;
  /** The words before the severity in the reason of the call: "severity raised to". */
  why: string;
  /** The severity by automation, if a person sets another. */
  overrules?: Severity;
  /** Calls people as well. @default true */
  calls?: boolean;
}

/** Assigns a severity, and calls the people whom it requires. Levels that were called already hear that it rose. */
export function assignSeverity(
  { severity, reasons }: Assessment,
  policy: Policy,
  { by, via, escalated, why, overrules, calls = true }: AssignmentContext,
): Event[] {
  const events: Event[] = [{ type: 'SeverityAssigned', severity, reasons, by, via, overrules }];
  const level = policy.escalation.find(other => other.level === Math.max(escalated, 1));
  if (!calls || !policy.severities[severity].pages || !level) return events;
  return [...events, { type: 'Escalated', level: level.level, role: level.role, reason: `${why} ${severity}` }];
}
