import { describeService } from '../adapters/ecs.ts';
import { failingShare, probeAll, slowest, toHealthCheck } from '../adapters/health-urls.ts';
import { promptness, requestsFailing, tasksRunning } from '../domain/diagnosis/service-health.ts';
import { judgeTraffic } from '../domain/diagnosis/traffic.ts';
import type { ServiceMeasurement } from '../domain/incident/commands.ts';
import type { Check } from '../domain/incident/events.ts';
import { measuredNow } from '../domain/remediation/impact.ts';
import { deployed } from '../runtime/deployed.ts';
import { readTraffic } from './traffic.ts';

/**
 * Measures the service now: health URLs, the share of failing requests, response times, and running tasks. Severity is judged by
 * `facts`, a smoke test by `checks`.
 */
export async function measureService(): Promise<ServiceMeasurement & { checks: Check[] }> {
  const { resources, criteria } = await deployed();
  const now = new Date();
  const [probes, minutes, service] = await Promise.all([
    probeAll(resources.healthUrls),
    readTraffic(resources, now),
    describeService(resources.cluster, resources.ecsService),
  ]);
  const traffic = judgeTraffic(minutes, now, resources.minimumRequests);
  const seconds = slowest(probes);
  const facts = {
    ...measuredNow(traffic, failingShare(probes)),
    ...(seconds !== undefined && { healthSeconds: seconds }),
  };
  return {
    facts,
    at: now.toISOString(),
    checks: [
      ...probes.map(toHealthCheck),
      requestsFailing(traffic),
      promptness(facts, criteria),
      tasksRunning(service),
    ],
  };
}
