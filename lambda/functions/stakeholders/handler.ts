import { publishNotice } from '../../adapters/sns.ts';
import { internalNotification } from '../../domain/messages/internal-notification.ts';
import { writeUpdate } from '../../domain/messages/page-text.ts';
import { claimDelivery, eventSubscriber, recordDelivery } from '../../runtime/event-subscriber.ts';
import { rendered } from '../../runtime/templates.ts';

/** Sends stakeholders the updates that are meant for them, each once. An automatic one that a later update has overtaken is not sent. */
export const handler = eventSubscriber(async (incident, event) => {
  if (event.type !== 'UpdatePosted' || event.to !== 'stakeholders') return { sent: [] };
  const isOvertaken = event.text === undefined && (incident.told.stakeholders?.seq ?? 0) > event.seq;
  if (isOvertaken) return { sent: [] };
  if (!(await claimDelivery(incident, event, 'stakeholders'))) return { sent: [] };
  const people = (process.env['STAKEHOLDERS'] ?? '').split(',').filter(Boolean);
  const message = writeUpdate(rendered, internalNotification(incident, event));
  await publishNotice(process.env['NOTICES_TOPIC'] ?? '', { people, ...message });
  await recordDelivery(incident, event, 'stakeholders');
  return { sent: people };
});
