import { templateFacts } from '../../lambda/domain/remediation/advice.ts';
import type { PlannedPlaybook } from '../../lib/playbooks/playbook.ts';
import { readAlarm, readMetrics } from './alarms.ts';
import { investigation, look } from './investigation.ts';
import { startAutomation } from './shell.ts';
import type { Source } from './source.ts';
import { readStep } from './steps.ts';

/** The runbook's section 5: each playbook as it is deployed. */
export const commonIncidents = (source: Source) =>
  source.playbooks.map((bound, i) => commonIncident(source, bound, i + 1));

function commonIncident(source: Source, { policy, documents = [] }: PlannedPlaybook, section: number) {
  const { name, title, impact, customers, alarms: levels, checks = [], plan, advice, symptom } = policy;
  const watched = source.alarms.filter(({ alarmName = '' }) => levels[alarmName]);
  return {
    name,
    title,
    anchor: `5${section}-${title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-')}`,
    impact,
    customers: customers ?? null,
    waits: symptom ?? false,
    alarms: watched.map(alarm => ({ ...readAlarm(source, alarm), level: levels[alarm.alarmName ?? ''] })),
    metrics: withoutKnown(source, readMetrics(source, watched)),
    checks: checks.map(check => look(source, check)),
    /** Documents that only look: no plan needs them, as the responder's diagnosis sees the same. */
    looks: documents.map(({ documentName }) => ({
      document: documentName,
      command: startAutomation(source.config.region, documentName),
    })),
    steps: plan.map(step => readStep(source, step)),
    advice: advice ? { action: advice.action, facts: [...new Set(templateFacts(advice.template))] } : null,
  };
}

/** The metrics that are not looked at in every incident already. */
function withoutKnown(source: Source, metrics: readonly string[]) {
  const metricOf = (command: string) => command.split('\n')[0];
  const known = investigation(source).flatMap(({ commands }) => commands.map(metricOf));
  return metrics.filter(command => !known.includes(metricOf(command)));
}
