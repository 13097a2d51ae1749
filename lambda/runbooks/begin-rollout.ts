import { updateService } from '../adapters/ecs.ts';
import {
  type EcsService,
  nameOf,
  overwritten,
  primaryDeployment,
  type RolloutAnswer,
  rolloutBegun,
  rolloutEnded,
  rolloutRefused,
} from '../domain/remedies/rollout.ts';
import { failed } from '../domain/remedies/verdict.ts';

interface Rollout {
  cluster: string;
  service: string;
  /** The version to deploy; without one, the tasks of the current version are started anew. */
  taskDefinition?: string;
}

/**
 * Starts a deployment of a service that was judged as it was `running`. ECS knows no condition for it: where a person has deployed
 * another version since, that is deployed again.
 */
export async function beginRollout(running: EcsService, rollout: Rollout, message: string): Promise<RolloutAnswer> {
  const { cluster, service, taskDefinition } = rollout;
  const forced = taskDefinition === undefined ? { forceNewDeployment: true } : {};
  const updated = await updateService({ ...rollout, ...forced });
  if ('refused' in updated) return rolloutRefused(`ECS refused it: ${updated.refused}`);
  const former = primaryDeployment(running)?.id ?? '';
  const id = primaryDeployment(updated)?.id;
  const theirs = taskDefinition === undefined ? undefined : overwritten(running, updated, taskDefinition);
  if (theirs !== undefined) {
    const again = await updateService({ cluster, service, taskDefinition: theirs });
    const outcome = 'refused' in again ? `could not be deployed again: ${again.refused}` : 'is deployed again';
    return rolloutEnded(
      failed(`${nameOf(theirs)} was deployed at the same moment, and ${outcome}`, [
        message,
        `${nameOf(theirs)}, which somebody deployed at the same moment, ${outcome}`,
      ]),
    );
  }
  console.info({ message, deployment: id });
  return id && id !== former
    ? rolloutBegun([message], id, former, message)
    : rolloutEnded(failed('ECS began no deployment', [message]));
}
