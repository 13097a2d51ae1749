import { publishNotice } from '../../adapters/sns.ts';
import { renderMail } from '../../domain/kernel/templates.ts';
import { internalNotification } from '../../domain/messages/internal-notification.ts';
import { eventSubscriber, isDelivered, recordDelivery } from '../../runtime/event-subscriber.ts';
import { rendered } from '../../runtime/templates.ts';

/** Tells stakeholders of an update that is meant for them. What was told is not told again. */
export const handler = eventSubscriber(async (incident, entry) => {
  if (entry.type !== 'UpdatePosted' || entry.to !== 'stakeholders') return { sent: [] };
  if (isDelivered(incident, entry, 'stakeholders')) return { sent: [] };
  const people = (process.env['STAKEHOLDERS'] ?? '').split(',').filter(Boolean);
  const message = renderMail(rendered, 'messages/internal-notification.txt', internalNotification(incident, entry));
  await publishNotice(process.env['NOTICES_TOPIC'] ?? '', { people, ...message });
  await recordDelivery(incident, entry, 'stakeholders');
  return { sent: people };
});
