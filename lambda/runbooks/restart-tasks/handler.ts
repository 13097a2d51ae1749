import * as v from 'valibot';
import { beginDeployment, describeService } from '../../adapters/ecs.ts';
import {
  begun,
  nameOf,
  over,
  primaryOf,
  refused,
  whyNotCurrent,
  whyNotRestarted,
  whyNotRolling,
} from '../../domain/remedies/rollout.ts';
import { done, failed } from '../../domain/remedies/verdict.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { Look, lookAtRollout } from '../rollout.ts';

export const RestartEvent = v.strictObject({ ...Look, taskDefinition: v.string() });

/** Starts every task of a service anew, in the version that runs. It begins that, and the runbook waits for it. */
export const handler = entrypoint(RestartEvent, async event => {
  const { dryRun, cluster, service, taskDefinition, deployment } = event;
  if (deployment !== '') return lookAtRollout(event);
  const running = await describeService(cluster, service);
  const reason = whyNotRolling(running) ?? whyNotCurrent(running, taskDefinition) ?? whyNotRestarted(running);
  if (reason) return refused(reason);
  const what = `tasks of ${service}, in ${nameOf(running.taskDefinition)}`;
  if (dryRun) return over(done(), `Dry run: the ${what}, would be started anew.`);
  const former = primaryOf(running)?.id ?? '';
  const id = await beginDeployment({ cluster, service, forceNewDeployment: true });
  const message = `The ${what}, are started anew.`;
  console.info({ message, deployment: id });
  return id && id !== former
    ? begun([message], id, former, message)
    : over(failed('ECS began no deployment', [message]));
});
