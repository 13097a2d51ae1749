import { EVERY_INCIDENT } from '../domain/incident/checks.ts';
import type { Finding } from '../domain/incident/events.ts';
import type { PlaybookPolicy } from '../domain/incident/policy.ts';
import { deployed } from '../runtime/deployed.ts';
import { inTime } from '../runtime/in-time.ts';
import { measures } from './checks/measures.ts';
import { type Found, IMPLEMENTATIONS } from './checks.ts';

/** Seconds that a check may take; what has not answered by then is a finding too. */
const BUDGET_SECONDS = 12;

/** What is looked at in every incident, in the runbook's order, then what these playbooks add; all at once, each once. */
export function investigate(...playbooks: PlaybookPolicy[]): Promise<Finding[]> {
  const { resources } = deployed();
  const now = new Date();
  const checks = new Set([...EVERY_INCIDENT, ...playbooks.flatMap(({ checks = [] }) => checks)]);
  return Promise.all([
    ...[...checks].map(check => checked(check, now, () => IMPLEMENTATIONS[check](resources, now))),
    ...playbooks.flatMap(({ title, measures: measured = [] }) =>
      measured.length > 0 ? [checked(title, now, () => measures(title, measured, now))] : [],
    ),
  ]);
}

async function checked(check: string, now: Date, look: () => Found): Promise<Finding> {
  try {
    return { check, at: now.toISOString(), ...(await inTime(BUDGET_SECONDS, look())) };
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
