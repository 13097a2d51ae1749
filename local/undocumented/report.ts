import { SCENARIOS } from '../scenarios/index.ts';
import { ALL_QUESTIONS } from '../world/undocumented.ts';

/** The outcome of a scenario under all positions. */
export interface Told {
  type: 'scenario';
  scenario: string;
  rehearsals: number;
  asked: string[];
  failed: { under: string; expectations: string[] }[];
}

export interface Summary {
  type: 'summary';
  scenarios: number;
  rehearsals: number;
  /** The names of scenarios. */
  failed: string[];
  /** Scenarios that were not begun. */
  left: number;
  /** The questions that no scenario asked. */
  neverAsked: string[];
}

export function summaryOf(told: readonly Told[]): Summary {
  const asked = new Set(told.flatMap(one => one.asked));
  return {
    ...{ type: 'summary', scenarios: told.length, rehearsals: told.reduce((sum, one) => sum + one.rehearsals, 0) },
    failed: told.filter(one => one.failed.length > 0).map(one => one.scenario),
    left: SCENARIOS.length - told.length,
    neverAsked: ALL_QUESTIONS.map(({ name }) => name).filter(name => !asked.has(name)),
  };
}

export const asText = ({ scenario, rehearsals, failed }: Told): string =>
  [
    `${failed.length > 0 ? 'FAILED' : 'ok    '}  ${scenario}: ${rehearsals - failed.length} of ${rehearsals} rehearsals`,
    ...failed.flatMap(({ under, expectations }) => [`  ${under}`, ...expectations.map(one => `    not so: ${one}`)]),
  ].join('\n');

export const summaryAsText = (summary: Summary): string =>
  [
    `${summary.rehearsals} rehearsals; ${summary.failed.length > 0 ? `FAILED: ${summary.failed.join(', ')}` : 'each ended as expected'}`,
    ...(summary.left > 0 ? [`${summary.left} of ${SCENARIOS.length} scenarios were left out`] : []),
    ...(summary.left > 0 ? [] : summary.neverAsked).map(name => `no scenario asked: ${name}`),
  ].join('\n');
