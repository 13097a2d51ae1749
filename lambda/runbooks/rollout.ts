import * as v from 'valibot';
import { describeService, serviceDeployment } from '../adapters/ecs.ts';
import { progressOf, type RolloutAnswer, rollbackProgress, rolloutEnded } from '../domain/remedies/rollout.ts';
import { failed } from '../domain/remedies/verdict.ts';
import { flag } from '../inbound/runbook-parameters.ts';

/** With `deployment`, a function behind a runbook is asked how the deployment stands that it began. */
export const RolloutParameters = {
  dryRun: flag,
  cluster: v.string(),
  service: v.string(),
  deployment: v.optional(v.string(), ''),
  /** The deployment that led before. */
  former: v.optional(v.string(), ''),
  /** It must be over by now. */
  required: v.optional(flag, 'false'),
};

type Looked = { cluster: string; service: string; deployment: string; former: string; required: boolean };

export const lookAtRollout = async (looked: Looked): Promise<RolloutAnswer> =>
  answer(looked, progressOf(await describeService(looked.cluster, looked.service), looked.deployment, looked.former));

export const lookAtRollback = async (looked: Looked): Promise<RolloutAnswer> =>
  answer(looked, rollbackProgress((await serviceDeployment(looked.deployment))?.status ?? 'PENDING'));

function answer({ deployment, former, required }: Looked, progress: ReturnType<typeof progressOf>): RolloutAnswer {
  if (progress !== 'waiting') return rolloutEnded(progress);
  const message = `${deployment} is not over yet`;
  if (required) return rolloutEnded(failed(message));
  return { verdict: 'done', reason: '', changed: [], waiting: 'true', deployment, former, message };
}
