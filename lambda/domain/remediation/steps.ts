import type { Event, GuardrailResult, Obstacle } from '../incident/events.ts';
import type { Incident, Run } from '../incident/incident.ts';
import type { ParameterValue, Step } from '../incident/policy.ts';
import { type Known, parameterOf } from './evidence.ts';

interface RunStart {
  run: string;
  dryRun: boolean;
  preview?: boolean;
  undoes?: Run;
  guardrails: GuardrailResult[];
}

/** Starts a run of a step or, with `undoes`, the revert of that run's change. */
export function startStep(incident: Incident, attempt: number, step: Step, starting: RunStart): Event {
  const { undoes, ...rest } = starting;
  const { title, parameters } = (undoes && step.revert) || step;
  const known = undoes ?? incident;
  const { runbook, document, name } = step;
  const values = Object.entries({ ...parameters, DryRun: String(starting.dryRun) });
  const resolved = Object.fromEntries(values.map(([key, value]) => [key, resolve(incident, known, value)]));
  const properties = { attempt, step: name, title, runbook, document, parameters: resolved, undoes: undoes?.run };
  return { type: 'StepStarted', ...properties, ...rest };
}

/** The value of a parameter from the diagnosis. A guardrail has made sure that it is known; a drill runs without it. */
function resolve({ id, drill }: Incident, known: Known, value: ParameterValue): string {
  const resolved = parameterOf(known, value);
  if (resolved !== undefined) return resolved;
  if (drill && typeof value !== 'string' && 'object' in value) return '';
  throw new Error(`${id}: a parameter of a step is not known: ${JSON.stringify(value)}`);
}

/** Ends the attempt, because automation has done everything that it can or may: a person takes over. */
export const handOver = (attempt: number, reason: string, obstacle?: Obstacle): Event[] => [
  { type: 'HandedOver', reason: obstacle ? `${reason}. ${TRIED_AGAIN}` : reason },
  { type: 'ResponseEnded', attempt, outcome: 'handed over', ...(obstacle ? { obstacle } : {}) },
];

const TRIED_AGAIN = 'Automation tries again once what holds it back has passed';
