import * as v from 'valibot';
import { describeService, describeTaskDefinition, registerTaskDefinition } from '../../adapters/ecs.ts';
import { nextSize, resized, sizeOf } from '../../domain/remedies/fargate.ts';
import { nameOf, rolloutEnded, rolloutRefused, whyNotCurrent, whyNotRolling } from '../../domain/remedies/rollout.ts';
import { done } from '../../domain/remedies/verdict.ts';
import { flag } from '../../inbound/runbook-parameters.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { beginRollout } from '../begin-rollout.ts';
import { RolloutParameters, rolloutProgress } from '../rollout.ts';
import { settled } from '../settled.ts';

const revision = v.union(
  [v.literal('next'), v.pipe(v.string(), v.regex(/^[1-9]\d*$/))],
  '"next", or the number of a revision',
);

export const RaiseEvent = v.strictObject({
  ...RolloutParameters,
  revision,
  taskDefinition: v.string(),
  /** Takes nothing back but what was raised here: a version that somebody has deployed since stays. */
  onlyRaised: v.optional(flag, 'false'),
});

/** The tag of a revision that was raised here: the family and number of the one that it was raised from. */
const RAISED_FROM = 'incident-response:raised-from';

/**
 * Gives the tasks of a service the next larger Fargate size, in a new revision of their task definition, or returns to an existing
 * revision. It starts the deployment, and the runbook waits until that has ended.
 */
export const handler = entrypoint(RaiseEvent, async event => {
  const { dryRun, cluster, service, revision, taskDefinition, deployment, onlyRaised } = event;
  if (deployment !== '') return rolloutProgress(event);
  await settled(event);
  const running = await describeService(cluster, service);
  const { taskDefinition: current = '' } = running;
  const reason = whyNotRolling(running) ?? whyNotCurrent(running, taskDefinition);
  if (reason) return rolloutRefused(reason);
  if (onlyRaised && revision !== 'next' && taskDefinition === '' && !(await wasRaised(current, revision)))
    return rolloutEnded(
      done(),
      `${service} stays as it is: it runs ${nameOf(current)}, which was not raised from revision ${revision}.`,
    );
  const change = await (revision === 'next' ? larger(current) : existing(current, revision));
  if (change.refused !== undefined) return rolloutRefused(change.refused);
  const { wanted, register, what } = change;
  if (dryRun)
    return rolloutEnded(done(), `Dry run: ${service}, which runs ${nameOf(current)}, would be given ${what}.`);
  const next = register ? await registerTaskDefinition(register) : wanted;
  // Without a change, a deployment would restart every task for nothing.
  if (next === current) return rolloutEnded(done(), `${service} runs ${nameOf(current)} already.`);
  const message = `${service} is given ${what}: ${nameOf(current)} → ${nameOf(next)}.`;
  return beginRollout(running, { cluster, service, taskDefinition: next }, message);
});

async function larger(current: string) {
  const { taskDefinition, tags } = await describeTaskDefinition(current);
  const size = sizeOf(taskDefinition);
  if (!size) return { refused: `${nameOf(current)} has no size of Fargate: nothing to raise` };
  const next = nextSize(size);
  if (!next) return { refused: `${nameOf(current)} has ${size.memory} MiB, the most that Fargate gives` };
  const { family = '', containerDefinitions = [], ...rest } = resized(taskDefinition, next);
  const others = tags.filter(({ key }) => key !== RAISED_FROM);
  const register = {
    ...{ ...rest, family, containerDefinitions },
    tags: [...others, { key: RAISED_FROM, value: nameOf(current) }],
  };
  const what = `${next.memory} MiB in place of ${size.memory}, with ${next.cpu} CPU units`;
  return { wanted: '', register, what };
}

/** True of the revision itself, too: a raise that ended halfway has deployed nothing. */
async function wasRaised(current: string, revision: string): Promise<boolean> {
  const former = nameOf(current).replace(/:\d+$/, `:${revision}`);
  if (former === nameOf(current)) return true;
  const { tags } = await describeTaskDefinition(current);
  return tags.some(({ key, value }) => key === RAISED_FROM && value === former);
}

async function existing(current: string, revision: string) {
  const wanted = current.replace(/:\d+$/, `:${revision}`);
  const { taskDefinition } = await describeTaskDefinition(wanted);
  if (taskDefinition.status !== 'ACTIVE')
    return { refused: `${nameOf(wanted)} is ${taskDefinition.status}: it cannot run` };
  return { wanted, register: undefined, what: `revision ${revision} again` };
}
