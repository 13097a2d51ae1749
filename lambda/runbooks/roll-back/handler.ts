import * as v from 'valibot';
import {
  describeService,
  listServiceDeployments,
  serviceDeployment,
  stopServiceDeployment,
} from '../../adapters/ecs.ts';
import { latestOf, wayBack, whyNotLatest } from '../../domain/remedies/roll-back.ts';
import {
  nameOf,
  type RolloutAnswer,
  rolloutBegun,
  rolloutEnded,
  rolloutRefused,
  whyNotRolling,
} from '../../domain/remedies/rollout.ts';
import { done } from '../../domain/remedies/verdict.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { beginRollout } from '../begin-rollout.ts';
import { RolloutParameters, rollbackStatus, rolloutProgress } from '../rollout.ts';
import { settled } from '../settled.ts';

export const RollBackEvent = v.strictObject({ ...RolloutParameters, deploymentArn: v.string() });

/**
 * Rolls back a deployment of a service: the named one, as long as it is still the latest, or by default the latest. It starts the
 * rollback, and the runbook waits until that has ended.
 */
export const handler = entrypoint(RollBackEvent, async event => {
  const { dryRun, cluster, service, deploymentArn, deployment } = event;
  if (deployment !== '') return deployment.startsWith('arn:') ? rollbackStatus(event) : rolloutProgress(event);
  const answer = await rollBack(cluster, service, deploymentArn, dryRun);
  console.info(answer.message);
  return answer;
});

async function rollBack(cluster: string, service: string, named: string, dryRun: boolean): Promise<RolloutAnswer> {
  await settled({ dryRun });
  const running = await describeService(cluster, service);
  const unsuitable = whyNotRolling(running);
  if (unsuitable) return rolloutRefused(unsuitable);
  const arn = named || latestOf(await listServiceDeployments(cluster, service))?.arn;
  const found = arn && (await serviceDeployment(arn));
  if (!found) return rolloutRefused(`ECS knows no deployment ${arn || `of ${service}`}`);
  const replaced = whyNotLatest(found, await listServiceDeployments(cluster, service, found.createdAt));
  if (replaced) return rolloutRefused(replaced);
  const way = wayBack(found, running);
  if ('refused' in way) return rolloutRefused(way.refused);
  const what = `${found.arn}, which put ${nameOf(found.target)} into place`;
  if (dryRun) return rolloutEnded(done(), `Dry run: ${what}, would be taken back${to(way)}.`);
  const message = `${what}, is taken back${to(way)}.`;
  // ECS may tell of a moment ago: what it then refuses has ended, or another has taken its place.
  if (way.by === 'stop' && !(await stopServiceDeployment(found.arn)))
    return rolloutRefused(`${found.arn} is no longer under way, so it cannot be stopped`);
  if (way.by !== 'update') return rolloutBegun(way.by === 'stop' ? [message] : [], found.arn, '', message);
  return beginRollout(running, { cluster, service, taskDefinition: way.taskDefinition }, message);
}

const to = (way: { by: string; taskDefinition?: string }) =>
  way.taskDefinition ? `, to ${nameOf(way.taskDefinition)}` : ' by ECS';
