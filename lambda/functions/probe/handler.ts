import * as v from 'valibot';
import { publishMetrics } from '../../adapters/cloudwatch.ts';
import { describeService } from '../../adapters/ecs.ts';
import { readNodes } from '../../adapters/elasticache.ts';
import { failingShare, type Probe, probeAll, slowest } from '../../adapters/health-urls.ts';
import { findCluster } from '../../adapters/rds.ts';
import { askWriter, canAskWriter } from '../../adapters/writer-state.ts';
import type { Deployed } from '../../domain/deployed.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';
import { judgeTraffic, type Traffic } from '../../domain/diagnosis/traffic.ts';
import { PROBE_METRICS, PROBE_NAMESPACE } from '../../domain/kernel/probe-metrics.ts';
import { readCachePath } from '../../readings/cache-path.ts';
import { measureCertificates } from '../../readings/certificates.ts';
import { missingNames } from '../../readings/missing-names.ts';
import { readTasks } from '../../readings/tasks.ts';
import { readDeployments, readTraffic } from '../../readings/traffic.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { service } from '../../runtime/environment.ts';
import { inTime } from '../../runtime/in-time.ts';

/** Seconds for the table to answer, so that the rest of the function's time is for measuring. */
const CONFIGURATION_SECONDS = 10;

/**
 * Measures the service once a minute and publishes metrics, on which the alarms are based. A value that could not be measured is
 * not published, so that its alarm finds data missing.
 */
export const handler = entrypoint(v.unknown(), async () => {
  const now = new Date();
  const { resources } = await configuration(now);
  const health = probeAll(resources.healthUrls);
  const minutes = readTraffic(resources, now);
  const traffic = minutes.then(read => judgeTraffic(read, now, resources.minimumRequests));
  const stopped = resources.memory && readTasks(resources, now);
  const certificates = resources.certificates && measureCertificates(resources.certificates, now);
  const measurements = {
    [PROBE_METRICS.health]: health.then(healthFailing),
    [PROBE_METRICS.healthSeconds]: health.then(slowest),
    [PROBE_METRICS.errors]: traffic.then(judged('share')),
    [PROBE_METRICS.seconds]: traffic.then(judged('seconds')),
    [PROBE_METRICS.p95]: traffic.then(judged('p95')),
    [PROBE_METRICS.tasks]: describeService(resources.cluster, resources.ecsService).then(s => s.runningCount ?? 0),
    [PROBE_METRICS.deployment]: readDeployments(resources, now, minutes).then(({ fault }) => (fault ? 1 : 0)),
    [PROBE_METRICS.writerGone]: writerGone(resources.database),
    [PROBE_METRICS.namesMissing]: namesMissing(resources),
    ...(canAskWriter() && { [PROBE_METRICS.writerReadOnly]: writerReadOnly() }),
    ...(resources.redis && {
      [PROBE_METRICS.cachePath]: cachePathBlocked(resources.redis),
      [PROBE_METRICS.cacheNodesGone]: nodesGone(resources.redis),
    }),
    ...(stopped && {
      [PROBE_METRICS.kills]: stopped.then(({ kills }) => kills),
      [PROBE_METRICS.restarts]: stopped.then(({ restarts }) => restarts),
    }),
    ...(certificates && {
      [PROBE_METRICS.certificateDays]: certificates.days,
      [PROBE_METRICS.certificateFaults]: certificates.faults,
    }),
  };
  const names = Object.keys(measurements);
  const outcomes = await Promise.allSettled(Object.values(measurements));
  const values: Record<string, number> = {};
  const failures: Error[] = [];
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.status === 'rejected') failures.push(outcome.reason as Error);
    else if (outcome.value !== undefined) values[names[i] ?? ''] = outcome.value;
  }
  await publishMetrics(PROBE_NAMESPACE, service(), values, now);
  console.info({ message: 'probed', ...values });
  for (const { message } of failures) console.error({ message });
  // A missing resource has an alarm of its own; measurements of it must fail, and need not fail the probe.
  if (failures.length > 0 && !values[PROBE_METRICS.namesMissing])
    throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
});

/**
 * The configuration. While it cannot be read, and this instance of the function has never read it, the health URLs alone are measured:
 * they stand in the environment too.
 */
async function configuration(now: Date): Promise<Deployed> {
  try {
    return await inTime(CONFIGURATION_SECONDS, deployed());
  } catch (error) {
    const { HEALTH_URLS } = process.env;
    if (HEALTH_URLS) {
      const probes = await probeAll(JSON.parse(HEALTH_URLS));
      const seconds = slowest(probes);
      await publishMetrics(
        PROBE_NAMESPACE,
        service(),
        {
          [PROBE_METRICS.health]: healthFailing(probes),
          ...(seconds === undefined ? {} : { [PROBE_METRICS.healthSeconds]: seconds }),
        },
        now,
      );
    }
    throw error;
  }
}

function healthFailing(probes: readonly Probe[]): number {
  const failing = probes.filter(({ healthy }) => !healthy);
  for (const { url, seen } of failing) console.info({ message: 'health check failed', url, seen });
  return failingShare(probes);
}

/** Undefined when there were too few requests to judge. */
const judged = (fact: 'share' | 'seconds' | 'p95') => (traffic: Traffic) =>
  'share' in traffic ? traffic[fact] : undefined;

/** 1 when the database has no writer, or when there is no cluster. */
async function writerGone({ cluster }: Resources['database']): Promise<number> {
  const found = await findCluster(cluster);
  const gone = !found?.DBClusterMembers?.some(({ IsClusterWriter }) => IsClusterWriter);
  if (gone) console.info({ message: 'the database has no writer', cluster, found: found?.Status });
  return Number(gone);
}

/** Undefined when the database does not answer. */
async function writerReadOnly(): Promise<number | undefined> {
  const state = await askWriter();
  if (!state.answered || state.readOnly) console.info({ message: 'the database accepts no writes', ...state });
  return state.answered ? Number(state.readOnly) : undefined;
}

async function nodesGone({ nodes }: NonNullable<Resources['redis']>): Promise<number> {
  const gone = (await readNodes(nodes)).filter(({ serves }) => !serves);
  if (gone.length > 0) console.info({ message: 'nodes of the cache are gone', gone });
  return gone.length;
}

async function namesMissing(resources: Resources): Promise<number> {
  const missing = await missingNames(resources);
  if (missing.length > 0) console.info({ message: 'the configuration names what does not exist', missing });
  return missing.length;
}

/** Undefined when the security groups do not tell. */
async function cachePathBlocked(redis: NonNullable<Resources['redis']>): Promise<number | undefined> {
  const { open, faults } = await readCachePath(redis);
  if (!open) console.info({ message: 'the path to the cache is not open', open, faults });
  return open === undefined ? undefined : Number(!open);
}
