import type { Incident } from './incident.ts';
import type { ChecklistItem } from './timeline.ts';

export interface ChecklistLine {
  item: ChecklistItem;
  text: string;
  done: boolean;
}

/** The runbook's initial response checklist (2.1): ticked by what really happened, the rest left for people to tick. */
export function checklist(incident: Incident): ChecklistLine[] {
  const { acknowledged, references, severity, timeline, ticked, policy, told } = incident;
  const has = (...systems: string[]) => references.some(({ system }) => systems.includes(system));
  const happened: [ChecklistItem, string, boolean][] = [
    [
      'acknowledge',
      `Acknowledge within ${policy.severities[severity].responseMinutes} min`,
      acknowledged !== undefined,
    ],
    ['ticket', 'Create the incident ticket', has('pagerduty', 'opsgenie')],
    ['channel', "Create or join the incident's channel", has('slack')],
    ['severity', 'Identify the severity', timeline.some(({ type }) => type === 'SeverityAssigned')],
    ['log', 'Begin the incident log', true],
  ];
  const stakeholders: [ChecklistItem, string, boolean][] =
    severity === 'P1' || severity === 'P2'
      ? [['stakeholders', 'Notify stakeholders', told.stakeholders !== undefined]]
      : [];
  return [...happened, ...stakeholders].map(([item, text, done]) => ({
    item,
    text,
    done: done || ticked.includes(item),
  }));
}
