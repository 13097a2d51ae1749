import * as v from 'valibot';
import { setSuspended, suspendedScaling } from '../../adapters/auto-scaling.ts';
import { readParameter, writeParameter } from '../../adapters/parameters.ts';
import { toSuspend, toText, toWays } from '../../domain/remedies/scaling.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { ScaleParameters, type ScaleRequest, scale, tasksProgress } from '../scaling.ts';

const ScaleEvent = v.strictObject({ ...ScaleParameters, autoScaling: v.picklist(['suspend', 'resume', 'none']) });

/**
 * Sets the number of tasks, and suspends auto scaling before or resumes it after. It resumes only what it has suspended itself,
 * which it stores in a parameter, so that the caller need not know of the earlier run.
 */
export const handler = entrypoint(ScaleEvent, event => {
  const { autoScaling, former } = event;
  if (former !== '') return tasksProgress(event, autoScaling === 'resume');
  // A service is scaled down for a while, and back up.
  const isUp = event.expectedCount !== '' && event.desiredCount > Number(event.expectedCount);
  return scale(event, {
    isRevert: isUp || autoScaling === 'resume',
    ...(autoScaling === 'suspend' && { before: () => suspend(event) }),
    ...(autoScaling === 'resume' && { after: () => resume(event) }),
  });
});

const parameter = () => process.env['SUSPENDED_PARAMETER'] ?? '';

async function suspend({ cluster, service }: ScaleRequest): Promise<string[]> {
  const suspended = await suspendedScaling(cluster, service);
  if (!suspended) return [];
  const ours = toSuspend(suspended);
  if (ours.length === 0) return [];
  // Store it before the suspension: after a crash in between, nobody would resume what is not stored.
  await writeParameter(parameter(), toText([...toWays(await readParameter(parameter())), ...ours]));
  await setSuspended(cluster, service, [...suspended, ...ours]);
  return [`Auto scaling of ${service} is suspended (${toText(ours)})`];
}

async function resume({ cluster, service }: ScaleRequest): Promise<string[]> {
  const ours = toWays(await readParameter(parameter()));
  const suspended = (await suspendedScaling(cluster, service)) ?? [];
  const left = suspended.filter(way => !ours.includes(way));
  const resumed = suspended.filter(way => ours.includes(way));
  if (resumed.length > 0) await setSuspended(cluster, service, left);
  if (ours.length > 0) await writeParameter(parameter(), toText([]));
  const kept = left.length > 0 ? `; what somebody else had suspended stays so (${toText(left)})` : '';
  return resumed.length > 0 ? [`Auto scaling of ${service} is resumed (${toText(resumed)})${kept}`] : [];
}
