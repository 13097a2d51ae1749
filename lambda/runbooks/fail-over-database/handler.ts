import * as v from 'valibot';
import { failOverCluster, findCluster, findInstances, instanceStatus } from '../../adapters/rds.ts';
import { writerOf } from '../../domain/remedies/database-cluster.ts';
import { failOverOf, hasTakenOver, NO_WRITER } from '../../domain/remedies/fail-over.ts';
import { done, failed, unchanged, type Verdict } from '../../domain/remedies/verdict.ts';
import { flag } from '../../inbound/runbook-parameters.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

const FailOverEvent = v.strictObject({
  dryRun: flag,
  cluster: v.string(),
  writer: v.string(),
  reader: v.string(),
  /** Changes nothing and only reports if the failover has ended. */
  look: v.optional(flag, 'false'),
  /** The failover must have ended by now, or the verdict is "failed". */
  required: v.optional(flag, 'false'),
});

type Answer = Verdict & { waiting: 'true' | 'false'; reader: string; message: string };

const answer = (verdict: Verdict, reader: string, message = verdict.reason, waiting = false): Answer => ({
  ...verdict,
  ...{ waiting: waiting ? 'true' : 'false', reader, message },
});

/** Makes a reader of an Aurora cluster its writer. It starts the failover, and the runbook waits until that has ended. */
export const handler = entrypoint(FailOverEvent, async ({ dryRun, cluster: id, look, required, ...named }) => {
  const cluster = await findCluster(id);
  if (!cluster) return answer((look ? failed : unchanged)(`there is no cluster ${id}`), named.reader);
  if (look) {
    const status = await instanceStatus(named.reader);
    if (hasTakenOver(cluster, named.reader, status)) return answer(done(), named.reader);
    const seen = `the cluster is ${cluster.Status}, its writer ${writerOf(cluster) ?? NO_WRITER}`;
    const message = `${named.reader} has not taken over: ${seen}`;
    return required ? answer(failed(message), named.reader) : answer(done(), named.reader, message, true);
  }
  const instances = await findInstances((process.env['INSTANCES'] ?? '').split(','));
  const found = failOverOf(cluster, instances, named);
  if ('refused' in found) return answer(unchanged(found.refused), named.reader);
  const { writer, reader } = found;
  const described = (name: string) => {
    const { DBInstanceClass, DBInstanceStatus } = instances.find(i => i.DBInstanceIdentifier === name) ?? {};
    return [name, ...(DBInstanceClass ? [`(${DBInstanceClass}, ${DBInstanceStatus})`] : [])].join(' ');
  };
  const instead = writer === NO_WRITER ? 'which has none' : `in place of ${described(writer)}`;
  const what = `make ${described(reader)} the writer of ${id}, ${instead}`;
  if (dryRun) {
    const report = [
      `Would ${what}.`,
      'Every connection to both is dropped; usually within a minute writes are accepted.',
    ];
    return answer({ ...done(), report }, reader, `Dry run: would ${what}.`);
  }
  await failOverCluster(id, reader);
  const message = `RDS was told to ${what}`;
  console.info(message);
  return answer(done([message]), reader, message, true);
});
