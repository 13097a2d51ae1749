import { commit } from '../../adapters/incidents.ts';
import type { Finding } from '../../domain/timeline.ts';
import { deployed } from '../deployed.ts';
import { entrypoint } from '../entrypoint.ts';
import { AttemptEvent } from '../events.ts';
import { CHECKS, type Check } from './checks.ts';

/** Seconds that a check may take; what has not answered by then is a finding too. */
const BUDGET_SECONDS = 12;

/** Investigates in the runbook's order, all at once; a check that fails is evidence and stops nothing. */
export const handler = entrypoint(AttemptEvent, async ({ slot, number, attempt }) => {
  const findings = await Promise.all(CHECKS.map(investigate));
  const { refused } = await commit(
    { slot, number },
    { type: 'record diagnosis', id: `diagnose/${attempt}`, attempt, findings },
  );
  console.info({ message: 'diagnosed', attempt, findings: findings.map(({ check, ok }) => ({ check, ok })), refused });
});

async function investigate({ check, run }: Check): Promise<Finding> {
  const clock = Promise.withResolvers<never>();
  const timer = setTimeout(() => clock.reject(new Error(`no answer in ${BUDGET_SECONDS} s`)), BUDGET_SECONDS * 1000);
  try {
    return { check, ...(await Promise.race([run(deployed().resources, new Date()), clock.promise])) };
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
