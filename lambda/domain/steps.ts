import type { Incident, Run } from './incident.ts';
import type { ParameterValue, Step } from './policy.ts';
import type { Facts } from './severity.ts';
import type { GuardrailResult, Happening } from './timeline.ts';

interface Starting {
  run: string;
  dryRun: boolean;
  undoes?: Run;
  guardrails: GuardrailResult[];
}

/** A run of a step begins, or, with `undoes`, of what takes its change back. */
export function start(incident: Incident, attempt: number, step: Step, starting: Starting): Happening {
  const { undoes, ...rest } = starting;
  const { title, parameters } = (undoes && step.undo) || step;
  const { facts } = undoes ?? incident;
  const { runbook, document, name } = step;
  const given = Object.entries({ ...parameters, DryRun: String(starting.dryRun) });
  const resolved = Object.fromEntries(given.map(([key, value]) => [key, resolve(incident.id, facts, value)]));
  const about = { attempt, step: name, title, runbook, document, parameters: resolved, undoes: undoes?.run };
  return { type: 'StepStarted', ...about, ...rest };
}

/** A fact that a parameter needs is known by then: the blast radius was judged by it. */
function resolve(id: string, facts: Facts, value: ParameterValue): string {
  if (typeof value === 'string') return value;
  const fact = facts[value.fact];
  if (fact === undefined) throw new Error(`${id}: the fact ${value.fact}, a parameter of a step, is not known`);
  return String(value.share === undefined ? fact : Math.floor(fact * value.share));
}

/** Automation has done what it can or may: a person takes over. */
export const handOver = (attempt: number, reason: string): Happening[] => [
  { type: 'HandedOver', reason },
  { type: 'ResponseEnded', attempt, outcome: 'handed over' },
];
