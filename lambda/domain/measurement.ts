import type { Decision } from './commands.ts';
import { impactOf } from './effect.ts';
import { isHarmed } from './harm.ts';
import { attemptUnderWay, type Incident, lastingChanges } from './incident.ts';
import { type Facts, percent, withAffected } from './severity.ts';
import { raise } from './signals.ts';
import type { Happening } from './timeline.ts';

/**
 * What was measured of the service between two diagnoses. It is recorded only when it changes a judgement: whether people
 * suffer, how severe it is, or whether a change that was left in place does harm by now; that is reverted at once.
 */
export function recordMeasurement(incident: Incident, facts: Facts, measuredAt: string): Decision {
  const after = { ...incident, facts: withAffected({ ...incident.facts, ...facts }) };
  const rises = raise(after);
  const harmful = attemptUnderWay(incident)
    ? []
    : lastingChanges(incident).filter(run => impactOf(run.facts, facts) === 'harmful');
  if (isHarmed(after) === isHarmed(incident) && rises.length === 0 && harmful.length === 0) return { happenings: [] };
  const seen = `${percent(after.facts['affectedShare'] ?? 0)} of requests or health URLs fail`;
  return {
    happenings: [
      { type: 'ServiceMeasured', facts, measuredAt },
      ...rises,
      ...harmful.map(({ run, title }): Happening => ({ type: 'HarmSeen', run, title, seen })),
      ...(harmful.length > 0 ? [revertNow(incident)] : []),
    ],
  };
}

/** An attempt that reverts, and does nothing else. */
export const revertNow = ({ attempt }: Incident): Happening => ({
  type: 'ResponseRequested',
  attempt: (attempt?.number ?? 0) + 1,
  revert: true,
});
