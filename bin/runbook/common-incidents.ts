import { templateFacts } from '../../lambda/domain/remediation/advice.ts';
import type { BoundPlaybook } from '../../lib/playbooks/playbook.ts';
import { readAlarm, readMetrics } from './alarms.ts';
import type { Source } from './document.ts';
import { look } from './investigation.ts';
import { startAutomation } from './shell.ts';
import { readStep } from './steps.ts';

/** The runbook's section 5: each playbook as it is deployed. */
export const commonIncidents = (source: Source) => source.playbooks.map(bound => commonIncident(source, bound));

function commonIncident(source: Source, { policy, runbooks }: BoundPlaybook) {
  const { name, title, impact, customers, alarms: levels, checks = [], plan, advice, symptom } = policy;
  const watched = source.alarms.filter(({ alarmName = '' }) => levels[alarmName]);
  const planned = new Set(plan.map(({ document }) => document));
  return {
    name,
    title,
    impact,
    customers: customers ?? null,
    waits: symptom ?? false,
    alarms: watched.map(alarm => ({ ...readAlarm(source, alarm), level: levels[alarm.alarmName ?? ''] })),
    metrics: readMetrics(source, watched),
    checks: checks.map(check => look(source, check)),
    /** Runbooks that only look: no plan needs them, as the responder's diagnosis sees the same. */
    looks: runbooks
      .filter(({ documentName }) => !planned.has(documentName))
      .map(({ documentName }) => ({
        document: documentName,
        command: startAutomation(source.config.region, documentName),
      })),
    steps: plan.map(step => readStep(source, step)),
    advice: advice ? { action: advice.action, facts: [...new Set(templateFacts(advice.template))] } : null,
  };
}
