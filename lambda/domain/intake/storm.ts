import type { OtherTrouble } from '../incident/commands.ts';
import type { Incident } from '../incident/incident.ts';
import { playbookNamed } from '../incident/policy.ts';
import { isCause } from '../incident/troubles.ts';
import { minutesBetween } from '../kernel/time.ts';

/** The bounds of a storm: so many causes of a service, or services with the same trouble, within so many minutes. */
const STORM = { count: 3, minutes: 10 } as const;

/**
 * Why automation stands back: so much fails at once that it is no single trouble, and acting on each would add to it.
 * Undefined when there is no storm, or when one deployment explains it.
 */
export function stormReason(incident: Incident, others: readonly OtherTrouble[]): string | undefined {
  const { troubles, policy, objects, service } = incident;
  if (objects['suspectDeployment'] !== undefined) return undefined;
  const causes = troubles.filter(({ playbook }) => isCause(playbookNamed(policy, playbook)));
  if (areTogether(causes.map(({ since }) => since)))
    return `${causes.length} causes within ${STORM.minutes} min: ${causes.map(({ playbook }) => titleOf(incident, playbook)).join(', ')}`;
  const widespread = causes.find(({ playbook, since }) => {
    const elsewhere = Map.groupBy(
      others.filter(other => other.playbook === playbook && other.service !== service),
      other => other.service,
    );
    return areTogether([since, ...[...elsewhere.values()].map(([first]) => first?.since ?? '')]);
  });
  return widespread && `${titleOf(incident, widespread.playbook)} at ${STORM.count} services or more`;
}

const titleOf = ({ policy }: Incident, playbook: string) => playbookNamed(policy, playbook)?.title ?? playbook;

/** True once a storm was handed over: people know, and automation begins nothing more. */
export const isStormHandedOver = (incident: Incident): boolean =>
  incident.handedOver !== undefined && !incident.drill && stormReason(incident, []) !== undefined;

/** True if enough of the times lie within one window. */
function areTogether(times: readonly string[]): boolean {
  const sorted = times.toSorted();
  return sorted.some((time, i) => {
    const last = sorted[i + STORM.count - 1];
    return last !== undefined && minutesBetween(time, last) <= STORM.minutes;
  });
}
