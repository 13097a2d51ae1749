import type { Incident, Run } from './incident.ts';
import { type PlaybookPolicy, type Policy, playbookNamed, type Step } from './policy.ts';
import type { Trouble } from './records.ts';

/** True if the playbook names a cause: it has a plan, and is no symptom that many causes have. */
export const isCause = (playbook: PlaybookPolicy | undefined): boolean =>
  playbook !== undefined && !playbook.symptom && playbook.plan.length > 0;

/** True if a signal of the playbook fires, other than for maintenance. */
export const fires = ({ signals }: Pick<Incident, 'signals'>, playbook: string): boolean =>
  Object.values(signals).some(
    signal => signal.playbook === playbook && signal.state === 'firing' && !signal.maintenance,
  );

/**
 * The playbook that gives the incident its title: the first cause that fires. Without one it stays as it is, since a name is
 * not taken back.
 */
export function leadOf(incident: Incident): string {
  const causes = incident.troubles.filter(({ playbook }) => isCause(playbookNamed(incident.policy, playbook)));
  const firing = causes.filter(({ playbook }) => fires(incident, playbook));
  const stays = firing.length === 0 || firing.some(({ playbook }) => playbook === incident.playbook);
  return stays ? incident.playbook : (firing[0]?.playbook ?? incident.playbook);
}

/**
 * The trouble whose plan has its turn next: causes in the order in which they appeared, then symptoms. One whose plan has come to
 * its end in this round is left out, and so is one that waits for an approval, or has no plan.
 */
export function nextTrouble(incident: Incident): PlaybookPolicy | undefined {
  const waiting = incident.troubles
    .filter(trouble => !isSpent(incident, trouble) && !waitsForAnswer(incident, trouble))
    .filter(({ playbook }) => incident.drill || fires(incident, playbook))
    .flatMap(({ playbook }) => playbookNamed(incident.policy, playbook) ?? [])
    .filter(({ plan }) => plan.length > 0);
  return waiting.find(isCause) ?? waiting[0];
}

/** True while people are asked to approve a step of its plan, or of another plan's before one of its own. */
const waitsForAnswer = ({ approval }: Incident, { playbook, waits }: Trouble) =>
  approval !== undefined && (waits === true || approval.playbook === playbook);

const isSpent = ({ roundBegunIn = 0 }: Incident, { spentIn }: Trouble) =>
  spentIn !== undefined && spentIn >= roundBegunIn;

/** True if the trouble has a plan, which has had no turn yet in this round. */
export function awaitsTurn(incident: Incident, playbook: string): boolean {
  const { policy, troubles, roundBegunIn = 0 } = incident;
  const trouble = troubles.find(known => known.playbook === playbook);
  if (trouble && waitsForAnswer(incident, trouble)) return false;
  return (trouble?.turnIn ?? 0) < roundBegunIn && (playbookNamed(policy, playbook)?.plan.length ?? 0) > 0;
}

/** The playbooks of all troubles of an incident, as far as its policy has them. */
export const playbooksOf = ({ policy, troubles }: Pick<Incident, 'policy' | 'troubles'>): PlaybookPolicy[] =>
  troubles.flatMap(({ playbook }) => playbookNamed(policy, playbook) ?? []);

/** The step of a run as it was planned; undefined when the policy has no such step. */
export const stepOf = ({ policy }: Pick<Incident, 'policy'>, run: Pick<Run, 'playbook' | 'step'>): Step | undefined =>
  playbookNamed(policy, run.playbook)?.plan.find(({ name }) => name === run.step);

/** The slot in which only one incident can be open: the service, or a playbook of it that is independent of the others. */
export const slotOf = (service: string, playbook: string, policy: Pick<Policy, 'playbooks'>): string =>
  playbookNamed(policy, playbook)?.independent ? `${service}/${playbook}` : service;
