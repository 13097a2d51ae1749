import * as v from 'valibot';
import { publishMetrics } from '../../adapters/cloudwatch.ts';
import { listSubscriptions } from '../../adapters/sns.ts';
import { PROBE_NAMESPACE } from '../../domain/diagnosis/probe-metrics.ts';
import { drift, SUBSCRIPTION_METRICS } from '../../domain/on-call/subscriptions.ts';
import { deployed, deployedContacts } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/**
 * Checks that pages would reach the people on call: a subscription may never have been confirmed, or may have been ended by its
 * owner or a mail scanner, and SNS reports neither. Addresses are compared, but never logged.
 */
export const handler = entrypoint(v.unknown(), async () => {
  const [{ service, rosters }, { subscribers }] = await Promise.all([deployed(), deployedContacts()]);
  const now = new Date();
  const topics = (process.env['TOPICS'] ?? '').split(',');
  const listed = await Promise.all(topics.map(listSubscriptions));
  const { unconfirmed, levelsWithoutAnybody } = drift(subscribers, listed, rosters, now.toISOString());
  console.info({ message: 'subscriptions compared', unconfirmed, levelsWithoutAnybody });
  await publishMetrics(
    PROBE_NAMESPACE,
    service,
    {
      [SUBSCRIPTION_METRICS.unconfirmed]: unconfirmed.length,
      [SUBSCRIPTION_METRICS.withoutAnybody]: levelsWithoutAnybody.length,
    },
    now,
  );
  return { unconfirmed: unconfirmed.length, levelsWithoutAnybody };
});
