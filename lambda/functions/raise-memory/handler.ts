import * as v from 'valibot';
import { deployRevision, describeService, describeTaskDefinition, registerTaskDefinition } from '../../adapters/ecs.ts';
import { nextSize, resized, sizeOf } from '../../domain/fargate.ts';
import { entrypoint } from '../entrypoint.ts';
import { flag } from '../requests.ts';

const revision = v.union(
  [v.literal('next'), v.pipe(v.string(), v.regex(/^[1-9]\d*$/))],
  '"next", or the number of a revision',
);

export const RaiseEvent = v.strictObject({ dryRun: flag, cluster: v.string(), service: v.string(), revision });

/**
 * Gives the tasks of a service the next larger size of Fargate, in a new revision of their task definition; or returns
 * to a revision that is there. It begins the deployment, and the runbook waits for it.
 */
export const handler = entrypoint(RaiseEvent, async ({ dryRun, cluster, service, revision }) => {
  const { taskDefinition: current = '' } = await describeService(cluster, service);
  const { wanted, register, what } = await (revision === 'next' ? larger(current) : existing(current, revision));
  if (dryRun) return { dryRun, from: nameOf(current), message: `Dry run: ${service} would be given ${what}.` };
  const taskDefinition = register ? await registerTaskDefinition(register) : wanted;
  // Without a change it would start every task anew for nothing.
  if (taskDefinition !== current) await deployRevision(cluster, service, taskDefinition);
  const message = `${service} is given ${what}: ${nameOf(current)} → ${nameOf(taskDefinition)}.`;
  console.info(message);
  return { dryRun, from: nameOf(current), to: nameOf(taskDefinition), message };
});

/** `backend:41`, from its ARN. */
const nameOf = (taskDefinition: string) => taskDefinition.split('/').at(-1) ?? '';

async function larger(current: string) {
  const { taskDefinition, tags } = await describeTaskDefinition(current);
  const size = sizeOf(taskDefinition);
  if (!size) throw new Error(`${nameOf(current)} has no size of Fargate: nothing to raise`);
  const next = nextSize(size);
  if (!next) throw new Error(`${nameOf(current)} has ${size.memory} MiB, the most that Fargate gives`);
  const { family = '', containerDefinitions = [], ...rest } = resized(taskDefinition, next);
  const register = { ...rest, family, containerDefinitions, ...(tags.length > 0 ? { tags } : {}) };
  const what = `${next.memory} MiB in place of ${size.memory}, with ${next.cpu} CPU units`;
  return { wanted: '', register, what };
}

async function existing(current: string, revision: string) {
  const wanted = current.replace(/:\d+$/, `:${revision}`);
  const { taskDefinition } = await describeTaskDefinition(wanted);
  if (taskDefinition.status !== 'ACTIVE')
    throw new Error(`${nameOf(wanted)} is ${taskDefinition.status}: it cannot run`);
  return { wanted, register: undefined, what: `revision ${revision} again` };
}
