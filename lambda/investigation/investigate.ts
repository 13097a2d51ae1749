import { EVERY_INCIDENT } from '../domain/incident/checks.ts';
import type { Finding } from '../domain/incident/events.ts';
import type { PlaybookPolicy } from '../domain/incident/policy.ts';
import { deployed } from '../runtime/deployed.ts';
import { inTime } from '../runtime/in-time.ts';
import { measures } from './checks/measures.ts';
import { type Found, IMPLEMENTATIONS } from './checks.ts';

/** Seconds that a check may take; a check that has not answered by then is a finding too. */
const BUDGET_SECONDS = 12;

/** Runs the checks of every incident, in the runbook's order, then those that the playbooks add: all at once, each once. */
export async function investigate(...playbooks: PlaybookPolicy[]): Promise<Finding[]> {
  const { resources } = await deployed();
  const now = new Date();
  const checks = new Set([...EVERY_INCIDENT, ...playbooks.flatMap(({ checks = [] }) => checks)]);
  return Promise.all([
    ...[...checks].map(check => findingOf(check, now, () => IMPLEMENTATIONS[check](resources, now))),
    ...playbooks.flatMap(({ title, measures: measured = [] }) =>
      measured.length > 0 ? [findingOf(title, now, () => measures(title, measured, now))] : [],
    ),
  ]);
}

async function findingOf(check: string, now: Date, run: () => Found): Promise<Finding> {
  try {
    return { check, at: now.toISOString(), ...(await inTime(BUDGET_SECONDS, run())) };
  } catch (error) {
    const { name, message } = error as Error;
    return {
      check,
      ok: null,
      summary: `${check}: could not be checked (${name === 'Error' ? message : name})`,
      facts: {},
    };
  }
}
