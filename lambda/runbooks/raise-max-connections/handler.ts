import * as v from 'valibot';
import {
  clusterMaxConnections,
  findCluster,
  findInstance,
  instanceStatus,
  listClusters,
  ownMaxConnections,
  rebootInstance,
  setMaxConnections,
} from '../../adapters/rds.ts';
import {
  awaitsReboot,
  isRaised,
  isSet,
  raiseOf,
  whyNotRaised,
  whyNotRebooted,
} from '../../domain/remedies/raise-connections.ts';
import { done, failed, unchanged, type Verdict } from '../../domain/remedies/verdict.ts';
import { flag } from '../../inbound/runbook-parameters.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

const RaiseEvent = v.strictObject({
  dryRun: flag,
  cluster: v.string(),
  writer: v.string(),
  maxConnections: v.pipe(v.string(), v.regex(/^[1-9]\d{1,5}$/, 'a number of connections')),
  /** `modify` and `reboot` act, one after the other; `is modified` and `is rebooted` only report the progress. */
  stage: v.picklist(['modify', 'is modified', 'reboot', 'is rebooted']),
  /** The stage must be complete by now, or the verdict is "failed". */
  required: v.optional(flag, 'false'),
});

type Answer = Verdict & { waiting: 'true' | 'false'; writer: string; message: string };

const answer = (verdict: Verdict, writer: string, message = verdict.reason, waiting = false): Answer => ({
  ...verdict,
  ...{ waiting: waiting ? 'true' : 'false', writer, message },
});

/** Sets `max_connections` and reboots the writer, where alone it takes effect. The runbook waits between the stages. */
export const handler = entrypoint(RaiseEvent, async event => {
  const { dryRun, cluster: id, writer: named, maxConnections, stage, required } = event;
  const cluster = await findCluster(id);
  if (!cluster) return answer((stage === 'modify' ? unchanged : failed)(`there is no cluster ${id}`), named);
  if (stage === 'is modified' || stage === 'is rebooted') {
    const ready =
      stage === 'is modified' ? awaitsReboot(cluster, named) : isRaised(cluster, named, await instanceStatus(named));
    if (ready) return answer(done(), named);
    const message = stage === 'is modified' ? `${named} does not wait for a reboot` : `${named} is not back yet`;
    return required ? answer(failed(message), named) : answer(done(), named, message, true);
  }
  const raise = raiseOf(cluster, named);
  if ('refused' in raise) return answer(stage === 'modify' ? unchanged(raise.refused) : failed(raise.refused), named);
  const { group, writer } = raise;
  const configured = await clusterMaxConnections(group);
  if (stage === 'reboot') {
    const kept = whyNotRebooted(group, configured, maxConnections);
    if (kept) return answer(failed(kept), writer);
    // A person may have rebooted it meanwhile: again would drop every connection for nothing.
    if (!awaitsReboot(cluster, writer)) return answer(done(), writer, `${writer} has been rebooted already.`, true);
    await rebootInstance(writer);
    return answer(done([`${writer} is rebooted`]), writer, `${writer} is rebooted.`, true);
  }
  const clusters = await listClusters();
  const reason =
    whyNotRaised(cluster, { group, writer, configured, wanted: maxConnections, clusters }) ??
    (await whyOverruled(writer));
  if (reason) return answer(unchanged(reason), writer);
  const what = `max_connections in ${group}: ${maxConnections}, with a reboot of the writer ${writer}`;
  if (dryRun) return answer(done(), writer, `Dry run: would be set, ${what}.`);
  // An earlier run may have ended between the parameter and the reboot.
  if (isSet(configured, maxConnections))
    return answer(done(), writer, `max_connections in ${group} is ${maxConnections}, and waits for the reboot.`, true);
  await setMaxConnections(group, maxConnections);
  const message = `max_connections in ${group} is set to ${maxConnections}; it takes effect with a reboot`;
  console.info(message);
  return answer(done([message]), writer, message, true);
});

/** Says which parameter group of the instance wins over the cluster's: to reboot for that would change nothing. */
async function whyOverruled(writer: string): Promise<string | undefined> {
  for (const { DBParameterGroupName: group = '' } of (await findInstance(writer))?.DBParameterGroups ?? []) {
    const own = await ownMaxConnections(group);
    if (own)
      return `${writer} has max_connections of ${own} by its own parameter group ${group}, which wins: change that`;
  }
  return undefined;
}
