import { templateFacts } from '../../lambda/domain/remediation/advice.ts';
import type { PlannedPlaybook } from '../../lib/playbooks/playbook.ts';
import { readAlarm, readMetrics } from './alarms.ts';
import { look } from './investigation.ts';
import { startAutomation } from './shell.ts';
import type { Source } from './source.ts';
import { readStep } from './steps.ts';

/** The runbook's section 5: each playbook as it is deployed. */
export const commonIncidents = (source: Source) => source.playbooks.map(bound => commonIncident(source, bound));

function commonIncident(source: Source, { policy, documents = [] }: PlannedPlaybook) {
  const { name, title, impact, customers, alarms: levels, checks = [], plan, advice, symptom } = policy;
  const watched = source.alarms.filter(({ alarmName = '' }) => levels[alarmName]);
  return {
    name,
    title,
    impact,
    customers: customers ?? null,
    waits: symptom ?? false,
    alarms: watched.map(alarm => ({ ...readAlarm(source, alarm), level: levels[alarm.alarmName ?? ''] })),
    metrics: readMetrics(source, watched),
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
