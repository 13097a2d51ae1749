import * as v from 'valibot';
import { publishMetrics } from '../../adapters/cloudwatch.ts';
import { readSmsAccount } from '../../adapters/sms.ts';
import { listSubscriptions, publishNotice, subscribe } from '../../adapters/sns.ts';
import { PROBE_NAMESPACE } from '../../domain/kernel/probe-metrics.ts';
import { renderMail } from '../../domain/kernel/templates.ts';
import type { NotReachedFields } from '../../domain/messages/not-reached.ts';
import { smsTroubles } from '../../domain/on-call/sms.ts';
import { drift, filterOf, SUBSCRIPTION_METRICS, unconfirmed } from '../../domain/on-call/subscriptions.ts';
import { type Deliveries, readDeliveries } from '../../readings/deliveries.ts';
import { deployed, deployedContacts } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { names } from '../../runtime/environment.ts';
import { rendered } from '../../runtime/templates.ts';

/** The schedule's event, or a person's request to subscribe anew whoever is not subscribed. */
const Event = v.object({ do: v.optional(v.literal('subscribe')) });

/**
 * Checks that pages would reach the people on call: a subscription may never have been confirmed, or may have been ended by its
 * owner or a mail scanner, and SMS may be in their sandbox or out of money. SNS takes messages all the same, and reports nothing.
 * Addresses are compared, but never logged.
 */
export const handler = entrypoint(Event, async request => {
  const [{ service, rosters }, { subscribers }] = await Promise.all([deployed(), deployedContacts()]);
  const now = new Date();
  const topics = (process.env['TOPICS'] ?? '').split(',');
  if (request.do === 'subscribe') return { offered: await offer(topics, subscribers) };
  const hasTelephones = subscribers.some(topic => topic.subscribers.some(({ protocol }) => protocol === 'sms'));
  const [listed, deliveries, sms] = await Promise.all([
    Promise.all(topics.map(listSubscriptions)),
    readDeliveries(topics, { service, watch: process.env['WATCH_FUNCTION'] ?? '', now }),
    hasTelephones ? readSmsAccount(now) : undefined,
  ]);
  const { notReached, levelsWithoutAnybody } = drift(subscribers, listed, { rosters, sms, now: now.toISOString() });
  const troubles = [
    ...(sms ? smsTroubles(sms) : []),
    ...troublesOf(
      deliveries,
      subscribers.map(({ topic }) => topic),
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
  if (isTimeToTell(now)) await tell({ people: notReached, levels: levelsWithoutAnybody, troubles });
  return { notReached: notReached.length, levelsWithoutAnybody, troubles };
});

const troublesOf = ({ failed, unwatched }: Deliveries, topics: readonly string[]): string[] => [
  ...failed.flatMap((count, i) => (count > 0 ? [`${count} messages to ${topics[i]} failed within half an hour`] : [])),
  ...(unwatched ? ['the watch does not run: nobody is escalated to'] : []),
];

/** Once a day, at 09:00 UTC: an alarm that stays red tells nobody anew, and its first message may have reached nobody. */
const isTimeToTell = (now: Date) => now.getUTCHours() === 9 && now.getUTCMinutes() < 15;

async function tell(found: Omit<NotReachedFields, 'service'>): Promise<void> {
  if (found.people.length + found.troubles.length === 0) return;
  const fields = { service: process.env['SERVICE_TITLE'] ?? '', ...found };
  const mail = renderMail(rendered, 'messages/not-reached.txt', fields);
  await publishNotice(process.env['NOTICES_TOPIC'] ?? '', { people: names(process.env['OPERATORS']), ...mail });
}

/** Whoever should be subscribed and is not is asked to confirm, by name. */
async function offer(topics: readonly string[], deployed: Parameters<typeof unconfirmed>[0]) {
  const listed = await Promise.all(topics.map(listSubscriptions));
  const offered = unconfirmed(deployed, listed);
  for (const { place, topic, ...subscriber } of offered)
    await subscribe(topics[place] ?? '', subscriber, filterOf(topic, subscriber));
  return offered.map(({ topic, person, protocol }) => ({ topic, person, protocol }));
}
