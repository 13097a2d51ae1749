import type { Decision, ServiceMeasurement } from '../incident/commands.ts';
import type { Event, EventOf } from '../incident/events.ts';
import { isHealthy } from '../incident/harm.ts';
import { allClear, attemptUnderWay, firing, type Incident, playbookOf } from '../incident/incident.ts';
import { reliefInPlace } from '../incident/reverts.ts';
import { playbooksOf } from '../incident/troubles.ts';
import { raiseSeverity } from '../intake/severity.ts';
import { requestAttempt } from '../intake/signals.ts';
import { percent } from '../kernel/numbers.ts';
import { assessService, atLeast, type Facts, SEVERITIES, type Severity, withService } from '../kernel/severity.ts';
import { impactOf } from './impact.ts';

/** Minutes after which a measurement no longer shows that its judgement has held since. */
export const MEASUREMENTS_APART = 3;

/**
 * Records a measurement of the service between two diagnoses only when it changes a judgement: a different severity in
 * two measurements in a row, or harm by a change that was left in place, which is reverted at once.
 */
export function recordMeasurement(
  incident: Incident,
  now: ServiceMeasurement,
  before: ServiceMeasurement | undefined,
): Decision {
  // Suffering within maintenance is no news, and what is out of its scope has alarms of its own.
  if (incident.held) return { events: [] };
  const attempt = attemptUnderWay(incident);
  const harmful = attempt ? [] : reliefInPlace(incident).filter(run => impactOf(run.facts, now.facts) === 'harmful');
  const confirmed = before && !playbookOf(incident).ownFacts ? confirmedMeasurement(incident, now, before) : undefined;
  if (!confirmed && harmful.length === 0) return { events: [] };
  const { facts, at } = confirmed ?? now;
  const after = { ...incident, facts: withService(incident.facts, facts) };
  const rises = raiseSeverity(after);
  const seen = `${percent(after.facts['affectedShare'] ?? 0)} of requests or health URLs fail`;
  const reverts: Event[] = harmful.map(({ run, title }) => ({ type: 'HarmSeen', run, title, seen }));
  return {
    events: [
      { type: 'ServiceMeasured', facts, measuredAt: at },
      ...rises,
      ...reverts,
      ...(reverts.length > 0 ? [revertNow(incident)] : responseEvents(after, rises)),
    ],
  };
}

/** The measurement whose judgement held in both, if it differs from the current one. */
function confirmedMeasurement({ facts, policy }: Incident, now: ServiceMeasurement, before: ServiceMeasurement) {
  const rank = (measured: Facts) => SEVERITIES.indexOf(assessService(measured, policy.criteria).severity);
  // The earlier of two equal measurements: the judgement has held since then.
  const worse = rank(now.facts) < rank(before.facts) ? now : before;
  const better = rank(now.facts) > rank(before.facts) ? now : before;
  if (rank(better.facts) < rank(facts)) return better;
  return rank(worse.facts) > rank(facts) ? worse : undefined;
}

/**
 * A higher severity may allow steps that were not allowed before. Once people are served well again, the trouble is
 * mitigated.
 */
function responseEvents(after: Incident, rises: readonly Event[]): Event[] {
  if (attemptUnderWay(after) || after.drill) return [];
  const risen = rises.find((rise): rise is EventOf<'SeverityAssigned'> => rise.type === 'SeverityAssigned');
  if (risen && !after.approval && firing(after).length > 0 && allowsMoreSteps(after, risen.severity))
    return requestAttempt(after);
  return isHealthy(after) && allClear(after) && after.status !== 'monitoring'
    ? [{ type: 'Mitigated', reason: 'every signal cleared, and people are served' }]
    : [];
}

const allowsMoreSteps = (incident: Incident, risen: Severity) =>
  playbooksOf(incident)
    .flatMap(({ plan }) => plan)
    .some(
      ({ mode, minimumSeverity }) =>
        mode !== 'off' && !atLeast(incident.severity, minimumSeverity) && atLeast(risen, minimumSeverity),
    );

/** Requests an attempt that only reverts. */
export const revertNow = ({ attempt }: Incident): Event => ({
  type: 'ResponseRequested',
  attempt: (attempt?.number ?? 0) + 1,
  revert: true,
});
