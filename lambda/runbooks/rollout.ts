import * as v from 'valibot';
import { describeService, serviceDeployment } from '../adapters/ecs.ts';
import { progressOf, type RolloutAnswer, rollbackProgress, rolloutEnded } from '../domain/remedies/rollout.ts';
import { failed } from '../domain/remedies/verdict.ts';
import { flag } from '../inbound/runbook-parameters.ts';

/** Parameters of functions that start a deployment. With `deployment`, they only report the progress of that deployment. */
export const RolloutParameters = {
  dryRun: flag,
  cluster: v.string(),
  service: v.string(),
  deployment: v.optional(v.string(), ''),
  /** The primary deployment before this one. */
  former: v.optional(v.string(), ''),
  /** The deployment must have ended by now, or the verdict is "failed". */
  required: v.optional(flag, 'false'),
};

type RolloutQuery = { cluster: string; service: string; deployment: string; former: string; required: boolean };

/** The progress of a deployment that a function has started. */
export const rolloutProgress = async (query: RolloutQuery): Promise<RolloutAnswer> =>
  answer(query, progressOf(await describeService(query.cluster, query.service), query.deployment, query.former));

/** The progress of a rollback by ECS: the deployment that is rolled back reports it. */
export const rollbackStatus = async (query: RolloutQuery): Promise<RolloutAnswer> =>
  answer(query, rollbackProgress((await serviceDeployment(query.deployment))?.status ?? 'PENDING'));

function answer(
  { deployment, former, required }: RolloutQuery,
  progress: ReturnType<typeof progressOf>,
): RolloutAnswer {
  if (progress !== 'waiting') return rolloutEnded(progress);
  const message = `${deployment} is not over yet`;
  if (required) return rolloutEnded(failed(message));
  return { verdict: 'done', reason: '', changed: [], waiting: 'true', deployment, former, message };
}
