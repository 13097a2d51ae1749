import type { Resources } from '../../domain/diagnosis/resources.ts';
import { readCachePath } from '../../readings/cache-path.ts';

/** The runbook's "verify security group rules", end to end: from the tasks to the cache. */
export async function securityGroups({ redis }: Resources) {
  if (!redis) throw new Error('no Redis is configured');
  const { open, faults } = await readCachePath(redis);
  const state = open ? 'the tasks may reach Redis' : open === false ? 'blocked' : 'nobody can tell';
  return {
    ok: open ?? null,
    summary: `Security groups: ${[state, ...faults].join(': ')}`,
    facts: open === undefined ? {} : { cachePathBlocked: open ? 0 : 1 },
  };
}
