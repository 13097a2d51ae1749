import type { ChecklistItem } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import type { Policy } from '../incident/policy.ts';
import type { Severity } from '../kernel/severity.ts';

export interface ChecklistLine {
  item: ChecklistItem;
  text: string;
  done: boolean;
}

/** The runbook's initial response checklist (2.1) for a severity. */
export function checklistOf({ severities }: Pick<Policy, 'severities'>, severity: Severity) {
  const lines: Omit<ChecklistLine, 'done'>[] = [
    { item: 'acknowledge', text: `Acknowledge within ${severities[severity].responseMinutes} min` },
    { item: 'ticket', text: 'Create the incident ticket' },
    { item: 'channel', text: "Create or join the incident's channel" },
    { item: 'severity', text: 'Identify the severity' },
    { item: 'log', text: 'Begin the incident log' },
  ];
  const notifiesStakeholders = severity === 'P1' || severity === 'P2';
  return notifiesStakeholders ? [...lines, { item: 'stakeholders' as const, text: 'Notify stakeholders' }] : lines;
}

/** The checklist of an incident. Items are done if the incident's events show it, or if people ticked them. */
export function checklist(incident: Incident): ChecklistLine[] {
  const { acknowledged, references, severity, severityReasons, ticked, policy, told: updates } = incident;
  const hasReference = (...systems: string[]) => references.some(({ system }) => systems.includes(system));
  const doneByEvents: Record<ChecklistItem, boolean> = {
    acknowledge: acknowledged !== undefined,
    ticket: hasReference('pagerduty', 'opsgenie'),
    channel: hasReference('slack'),
    severity: severityReasons.length > 0,
    log: true,
    stakeholders: updates.stakeholders !== undefined,
  };
  return checklistOf(policy, severity).map(line => ({
    ...line,
    done: doneByEvents[line.item] || ticked.includes(line.item),
  }));
}
