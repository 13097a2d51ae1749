import type { Source } from './source.ts';
import { readStep } from './steps.ts';

/** The runbook's immediate mitigation (2.4), in its order, by the names of runbooks. */
const RUNBOOKS = ['circuit-breaker', 'scale-up', 'maintenance-mode', 'roll-back'];

/** What relieves people whatever the cause, as far as the service has it. */
export const mitigations = (source: Source) =>
  RUNBOOKS.flatMap(runbook => {
    const step = source.playbooks.flatMap(({ policy }) => policy.plan).find(other => other.runbook === runbook);
    return step ? [readStep(source, step)] : [];
  });
