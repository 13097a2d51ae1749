import * as v from 'valibot';
import { describeNode, failOverNodeGroup, findReplicationGroup, rebootNode } from '../../adapters/elasticache.ts';
import { costOf, hasBegun, hasEnded, restartOf } from '../../domain/remedies/restart-redis.ts';
import { done, failed, unchanged, type Verdict } from '../../domain/remedies/verdict.ts';
import { flag } from '../../inbound/runbook-parameters.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

const RestartEvent = v.strictObject({
  dryRun: flag,
  replicationGroupId: v.string(),
  primaryNodeId: v.string(),
  /** The restart that was decided on; empty when any will do. */
  restartBy: v.optional(v.picklist(['', 'failover', 'reboot']), ''),
  /** Changes nothing and only reports if the restart has begun or ended. */
  look: v.optional(v.picklist(['', 'begin', 'end']), ''),
  by: v.optional(v.string(), ''),
  former: v.optional(v.string(), ''),
  /** The restart must have begun or ended by now, or the verdict is "failed". */
  required: v.optional(flag, 'false'),
});

/** `waiting` names the awaited moment: that the restart begins or ends; or it is "false". */
type Answer = Verdict & { waiting: 'begin' | 'end' | 'false'; by: string; former: string; message: string };

const answer = (verdict: Verdict, more: Partial<Answer> = {}): Answer => ({
  ...verdict,
  ...{ waiting: 'false', by: '', former: '', message: verdict.reason },
  ...more,
});

/**
 * Restarts the primary of a replication group, by failover or reboot as its topology allows. The runbook waits until that has
 * ended.
 */
export const handler = entrypoint(RestartEvent, async event => {
  const { dryRun, replicationGroupId: id, primaryNodeId, restartBy, look, by, former, required } = event;
  const group = await findReplicationGroup(id);
  if (!group) return answer((look === '' ? unchanged : failed)(`there is no replication group ${id}`));
  if (look !== '') {
    const node = (await describeNode(former))?.CacheClusterStatus;
    if ((look === 'begin' ? hasBegun : hasEnded)(group, node, by, former)) return answer(done());
    const message = look === 'begin' ? 'it was not seen to begin' : `the group is ${group.Status}, ${former} ${node}`;
    return required ? answer(failed(message)) : answer(done(), { waiting: look, by, former, message });
  }
  const restart = restartOf(group, primaryNodeId, restartBy);
  if ('refused' in restart) return answer(unchanged(restart.refused));
  const { primary } = restart;
  const what = restart.by === 'failover' ? `a replica takes over from ${primary}` : `${primary} is rebooted`;
  if (dryRun)
    return answer({ ...done(), report: [costOf(restart)] }, { message: `Dry run: ${what}, would be done to ${id}.` });
  const status = restart.by === 'failover' ? await failOverNodeGroup(id, restart.nodeGroup) : await rebootNode(primary);
  const message = `Redis ${id}: ${what}.`;
  console.info({ message, status });
  const waiting = status === 'available' ? 'begin' : 'end';
  return answer(done([message]), { waiting, by: restart.by, former: primary, message });
});
