import { failingShare, probeAll, slowest } from '../../adapters/health-urls.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';

/** The runbook's `curl -f` of the health URLs. */
export async function serviceHealth({ healthUrls }: Resources) {
  const probes = await probeAll(healthUrls);
  const seconds = slowest(probes);
  return {
    ok: probes.every(({ healthy }) => healthy),
    summary: `Health: ${probes.map(({ url, seen }) => `${new URL(url).host} ${seen}`).join(', ')}`,
    facts: {
      healthFailingShare: failingShare(probes),
      ...(seconds !== undefined && { healthSeconds: seconds }),
    },
  };
}
