import * as v from 'valibot';
import { describeService, setDesiredCount } from '../adapters/ecs.ts';
import { type Counted, overtakenBy, scalingProgress, whyNotScaled } from '../domain/remedies/scaling.ts';
import { done, failed, unchanged, type Verdict } from '../domain/remedies/verdict.ts';
import { flag } from '../inbound/runbook-parameters.ts';
import { settled } from './settled.ts';

const count = v.pipe(v.string(), v.regex(/^\d{1,5}$/, 'a number of tasks'));

/** Parameters of functions that set the number of tasks. With `former`, they only report the progress towards that number. */
export const ScaleParameters = {
  dryRun: flag,
  cluster: v.string(),
  service: v.string(),
  desiredCount: v.pipe(v.union([v.number(), count]), v.transform(Number), v.integer(), v.minValue(0)),
  /** The number of tasks on which the caller's decision is based; empty when any number will do. */
  expectedCount: v.union([v.literal(''), count], 'a number of tasks, or nothing'),
  former: v.optional(v.union([v.literal(''), count]), ''),
  /** The tasks must run by now, or the verdict is "failed". */
  required: v.optional(flag, 'false'),
};

export type ScaleRequest = {
  dryRun: boolean;
  cluster: string;
  service: string;
  desiredCount: number;
  expectedCount: string;
  former: string;
  required: boolean;
};

/** The answer to the document, one step of which repeats the call, with `former`, until `waiting` is "false". */
export type ScalingAnswer = Verdict & { waiting: 'true' | 'false'; former: string; message: string };

export const scalingAnswer = (verdict: Verdict, message = verdict.reason): ScalingAnswer => ({
  ...verdict,
  ...{ waiting: 'false', former: '', message },
});

export async function tasksProgress(request: ScaleRequest, autoScaled: boolean): Promise<ScalingAnswer> {
  const { cluster, service, desiredCount, former, required } = request;
  const found = await describeService(cluster, service);
  const progress = scalingProgress(found, desiredCount, Number(former), autoScaled);
  if (progress !== 'waiting') return scalingAnswer(progress, taskCounts(found));
  const message = `${taskCounts(found)}; ${desiredCount} are asked for`;
  return required ? scalingAnswer(failed(message)) : { ...done(), waiting: 'true', former, message };
}

export const taskCounts = ({ runningCount, desiredCount }: Counted) => `${runningCount} of ${desiredCount} tasks run`;

/** The acts around the change, e.g. to suspend or resume auto scaling; each returns its changes in words. */
interface Around {
  before?: () => Promise<string[]>;
  after?: () => Promise<string[]>;
  /** Takes an earlier change back: where somebody else has decided since, nothing is left to take back. */
  isRevert: boolean;
}

/**
 * Sets the number of tasks. Where somebody else has set another number since, that stays: a revert is done then, with what comes
 * `after`, and anything else ends without a change.
 */
export async function scale(
  { dryRun, cluster, service, desiredCount, expectedCount }: ScaleRequest,
  { before, after, isRevert }: Around,
): Promise<ScalingAnswer> {
  await settled({ dryRun });
  const found = await describeService(cluster, service);
  const reason = whyNotScaled(found);
  if (reason) return scalingAnswer(unchanged(reason));
  const overtaken = overtakenBy(found, desiredCount, expectedCount);
  if (overtaken) {
    if (!isRevert) return scalingAnswer(unchanged(overtaken));
    if (dryRun) return scalingAnswer(done(), `Dry run: ${overtaken}, which would stay so.`);
    const changed = (await after?.()) ?? [];
    return scalingAnswer(done(changed), [`${service} stays as it is: ${overtaken}`, ...changed].join('. '));
  }
  // A repeated call, after an answer that was lost, finds its own number: what it was before is what the caller expected.
  const former = expectedCount === '' ? (found.desiredCount ?? 0) : Number(expectedCount);
  if (dryRun) return scalingAnswer(done(), `Dry run: ${taskCounts(found)}; ${desiredCount} would be asked for.`);
  const changed = (await before?.()) ?? [];
  await setDesiredCount(cluster, service, desiredCount);
  if (former !== desiredCount) changed.push(`${service} is to run ${desiredCount} tasks in place of ${former}`);
  changed.push(...((await after?.()) ?? []));
  const message = changed.length > 0 ? `${changed.join('. ')}.` : `${service} is to run ${former} tasks already.`;
  console.info(message);
  return { ...done(changed), waiting: 'true', former: String(former), message };
}
