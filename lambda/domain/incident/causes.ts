import { percent, rounded, thousands } from '../kernel/numbers.ts';
import { AFFECTED_SHARE, type Fact, type Facts, SERVICE_FACTS } from '../kernel/severity.ts';
import type { Incident } from './incident.ts';
import type { Bound, Cause } from './policy.ts';
import { playbooksOf } from './troubles.ts';

/** An unknown fact is within no bound. */
export function holds(bound: Bound, facts: Facts): boolean {
  const value = facts[bound.fact] ?? Number.NaN;
  return 'atLeast' in bound ? value >= bound.atLeast : value < bound.under;
}

/** A measured cause in words, with its number: "the writer uses 1,722 of 1,722 connections". Older policies do not say what a contrary one means. */
export const causeWords = ({ means = 'something else is to blame' }: Partial<Pick<Cause, 'means'>>, value: number) =>
  means.replace('{%}', percent(value)).replace('{}', thousands(rounded(value, 2)));

/** How badly people are served justifies relief, and says nothing of the cause. */
const SYMPTOMS: readonly Fact[] = [AFFECTED_SHARE, ...SERVICE_FACTS];

/**
 * The causes that the latest diagnosis measured, in words, each once: those that a step of the plan remedies, and against which
 * nothing else was found.
 */
export function measuredCauses(incident: Pick<Incident, 'facts' | 'policy' | 'playbook' | 'troubles'>): string[] {
  const { facts } = incident;
  const steps = playbooksOf(incident)
    .flatMap(({ plan }) => plan)
    .filter(({ unless = [] }) => !unless.some(bound => holds(bound, facts)));
  const measured = steps
    .flatMap(({ causes }) => causes)
    .filter(cause => !SYMPTOMS.includes(cause.fact) && holds(cause, facts))
    .map(cause => causeWords(cause, facts[cause.fact] ?? 0));
  return [...new Set(measured)];
}
