import { commit, load } from '../../adapters/incidents.ts';
import { EVERY_INCIDENT } from '../../domain/checks.ts';
import type { PlaybookPolicy } from '../../domain/policy.ts';
import type { Finding } from '../../domain/timeline.ts';
import { deployed } from '../deployed.ts';
import { entrypoint } from '../entrypoint.ts';
import { AttemptEvent } from '../events.ts';
import { measures } from './checks/measures.ts';
import { CHECKS, type Found } from './checks.ts';

/** Seconds that a check may take; what has not answered by then is a finding too. */
const BUDGET_SECONDS = 12;

/** Investigates in the runbook's order, all at once; a check that fails is evidence and stops nothing. */
export const handler = entrypoint(AttemptEvent, async ({ slot, number, attempt }) => {
  const incident = await load({ slot, number });
  if (!incident) throw new Error(`there is no incident ${slot} ${number}`);
  const findings = await Promise.all(investigation(incident.policy.playbook));
  const { refused } = await commit(
    { slot, number },
    { type: 'record diagnosis', id: `diagnose/${attempt}`, attempt, findings },
  );
  console.info({ message: 'diagnosed', attempt, findings: findings.map(({ check, ok }) => ({ check, ok })), refused });
});

/** What is looked at in every incident, then what the playbook adds. */
function investigation({ title, checks = [], measures: measured = [] }: PlaybookPolicy): Promise<Finding>[] {
  const { resources } = deployed();
  const now = new Date();
  return [
    ...[...EVERY_INCIDENT, ...checks].map(check => inTime(check, () => CHECKS[check](resources, now))),
    ...(measured.length > 0 ? [inTime(title, () => measures(title, measured, now))] : []),
  ];
}

async function inTime(check: string, look: () => Found): Promise<Finding> {
  const clock = Promise.withResolvers<never>();
  const timer = setTimeout(() => clock.reject(new Error(`no answer in ${BUDGET_SECONDS} s`)), BUDGET_SECONDS * 1000);
  try {
    return { check, ...(await Promise.race([look(), clock.promise])) };
  } catch (error) {
    const { name, message } = error as Error;
    return {
      check,
      ok: null,
      summary: `${check}: could not be checked (${name === 'Error' ? message : name})`,
      facts: {},
    };
  } finally {
    clearTimeout(timer);
  }
}
