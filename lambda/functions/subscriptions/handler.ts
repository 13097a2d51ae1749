import * as v from 'valibot';
import { publishMetrics } from '../../adapters/cloudwatch.ts';
import { readFailedMessages, readSmsAccount } from '../../adapters/sms.ts';
import { listSubscriptions } from '../../adapters/sns.ts';
import { PROBE_NAMESPACE } from '../../domain/diagnosis/probe-metrics.ts';
import { smsTroubles } from '../../domain/on-call/sms.ts';
import { drift, SUBSCRIPTION_METRICS } from '../../domain/on-call/subscriptions.ts';
import { deployed, deployedContacts } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/**
 * Checks that pages would reach the people on call: a subscription may never have been confirmed, or may have been ended by its
 * owner or a mail scanner, and SMS may be in their sandbox or out of money. SNS takes messages all the same, and reports nothing.
 * Addresses are compared, but never logged.
 */
export const handler = entrypoint(v.unknown(), async () => {
  const [{ service, rosters }, { subscribers }] = await Promise.all([deployed(), deployedContacts()]);
  const now = new Date();
  const topics = (process.env['TOPICS'] ?? '').split(',');
  const hasTelephones = subscribers.some(topic => topic.subscribers.some(({ protocol }) => protocol === 'sms'));
  const [listed, failures, sms] = await Promise.all([
    Promise.all(topics.map(listSubscriptions)),
    readFailedMessages(topics, now),
    hasTelephones ? readSmsAccount(now) : undefined,
  ]);
  const { notReached, levelsWithoutAnybody } = drift(subscribers, listed, { rosters, sms, now: now.toISOString() });
  const troubles = [
    ...(sms ? smsTroubles(sms) : []),
    ...failures.flatMap((failed, i) =>
      failed > 0 ? [`${failed} messages to ${subscribers[i]?.topic} failed within half an hour`] : [],
    ),
  ];
  console.info({ message: 'who is reached', notReached, levelsWithoutAnybody, troubles });
  await publishMetrics(
    PROBE_NAMESPACE,
    service,
    {
      [SUBSCRIPTION_METRICS.troubles]: notReached.length + troubles.length,
      [SUBSCRIPTION_METRICS.withoutAnybody]: levelsWithoutAnybody.length,
    },
    now,
  );
  return { notReached: notReached.length, levelsWithoutAnybody, troubles };
});
