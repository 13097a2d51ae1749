import * as v from 'valibot';
import { describeService } from '../../adapters/ecs.ts';
import {
  nameOf,
  rolloutEnded,
  rolloutRefused,
  whyNotCurrent,
  whyNotRestarted,
  whyNotRolling,
} from '../../domain/remedies/rollout.ts';
import { done } from '../../domain/remedies/verdict.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { beginRollout } from '../begin-rollout.ts';
import { RolloutParameters, rolloutProgress } from '../rollout.ts';
import { settled } from '../settled.ts';

export const RestartEvent = v.strictObject({ ...RolloutParameters, taskDefinition: v.string() });

/** Restarts every task of a service in its current version, by a new deployment. The runbook waits until that has ended. */
export const handler = entrypoint(RestartEvent, async event => {
  const { dryRun, cluster, service, taskDefinition, deployment } = event;
  if (deployment !== '') return rolloutProgress(event);
  await settled(event);
  const running = await describeService(cluster, service);
  const reason = whyNotRolling(running) ?? whyNotCurrent(running, taskDefinition) ?? whyNotRestarted(running);
  if (reason) return rolloutRefused(reason);
  const what = `tasks of ${service}, in ${nameOf(running.taskDefinition)}`;
  if (dryRun) return rolloutEnded(done(), `Dry run: the ${what}, would be started anew.`);
  return beginRollout(running, { cluster, service }, `The ${what}, are started anew.`);
});
