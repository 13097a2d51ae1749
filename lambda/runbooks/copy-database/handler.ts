import * as v from 'valibot';
import { createInstance, findCluster, findInstance, restoreCluster } from '../../adapters/rds.ts';
import {
  copyOf,
  description,
  firstInstance,
  LATEST,
  modelOf,
  nextSteps,
  refusal,
  restoration,
} from '../../domain/remedies/copy-database.ts';
import { done, failed, unchanged, type Verdict } from '../../domain/remedies/verdict.ts';
import { flag } from '../../inbound/runbook-parameters.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

const time = v.pipe(
  v.string(),
  v.check(text => text === LATEST || !Number.isNaN(Date.parse(text)), 'latest, or a time such as 2026-01-31T18:00:00Z'),
);

const CopyEvent = v.strictObject({
  dryRun: flag,
  kind: v.picklist(['restore', 'clone']),
  name: v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case letters and digits, with single hyphens')),
  /** The time to restore to; a clone has none. */
  restoreTo: v.optional(time, LATEST),
  /** `copy` and `add instance` act, one after the other; `is copied` and `is added` only report the progress. */
  stage: v.picklist(['copy', 'is copied', 'add instance', 'is added']),
  /** The stage must be complete by now, or the verdict is "failed". */
  required: v.optional(flag, 'false'),
});

type Answer = Verdict & { waiting: 'true' | 'false'; message: string };

const answer = (verdict: Verdict, message = verdict.reason, waiting = false): Answer => ({
  ...verdict,
  ...{ waiting: waiting ? 'true' : 'false', message },
});

/** Creates a copy of the Aurora cluster. RDS takes minutes; the runbook waits until the copy is available. */
export const handler = entrypoint(CopyEvent, async ({ dryRun, kind, name, restoreTo, stage, required }) => {
  const id = process.env['CLUSTER'] ?? '';
  const copy = copyOf(id, name);
  if (stage === 'is copied' || stage === 'is added') {
    const [cluster, instance] = await Promise.all([findCluster(copy.cluster), findInstance(copy.instance)]);
    const [what, status] =
      stage === 'is copied' ? [copy.cluster, cluster?.Status] : [copy.instance, instance?.DBInstanceStatus];
    if (status === 'available') {
      const report = stage === 'is added' ? nextSteps(id, copy, cluster ?? {}) : [];
      return answer({ ...done(), report }, `${what} is available`);
    }
    const message = `${what} is ${status ?? 'not there'}`;
    return required ? answer(failed(message)) : answer(done(), message, true);
  }
  const wanted = kind === 'clone' ? { kind } : { kind, to: restoreTo };
  // Once the copy exists, a failure leaves it behind, so the verdict must be "failed" and not "unchanged".
  const refuse = stage === 'copy' ? unchanged : failed;
  const source = await findCluster(id);
  if (!source) return answer(refuse(`there is no cluster ${id}`));
  const like = await findInstance(modelOf(source) ?? '');
  if (!like) return answer(refuse(`${id} has no instance whose size the copy could have`));
  if (stage === 'add instance') {
    await createInstance(firstInstance(source, like, copy));
    const message = `RDS was told to add the instance ${copy.instance}`;
    return answer(done([message]), message, true);
  }
  const [cluster, instance] = await Promise.all([findCluster(copy.cluster), findInstance(copy.instance)]);
  const refused = refusal(source, wanted, copy, { cluster: cluster !== undefined, instance: instance !== undefined });
  if (refused) return answer(unchanged(refused));
  const report = description(id, source, wanted, copy, like);
  if (dryRun) return answer({ ...done(), report }, `Dry run: ${copy.cluster} would be made`);
  await restoreCluster(restoration(id, source, wanted, copy.cluster));
  const message = `RDS was told to make the cluster ${copy.cluster}`;
  console.info(message);
  return answer({ ...done([message]), report }, message, true);
});
