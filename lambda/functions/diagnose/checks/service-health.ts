import { probe, slowest } from '../../../adapters/http.ts';
import type { Resources } from '../../../domain/deployed.ts';

/** The runbook's `curl -f` of the health URLs. */
export async function serviceHealth({ healthUrls }: Resources) {
  const probes = await Promise.all(healthUrls.map(target => probe(target)));
  const failing = probes.filter(({ healthy }) => !healthy);
  const seconds = slowest(probes);
  return {
    ok: failing.length === 0,
    summary: `Health: ${probes.map(({ url, seen }) => `${new URL(url).host} ${seen}`).join(', ')}`,
    facts: {
      healthFailingShare: healthUrls.length === 0 ? 0 : failing.length / healthUrls.length,
      ...(seconds !== undefined && { healthSeconds: seconds }),
    },
  };
}
