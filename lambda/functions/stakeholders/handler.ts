import { publishNotice } from '../../adapters/sns.ts';
import { renderMail } from '../../domain/kernel/templates.ts';
import { internalNotification } from '../../domain/messages/internal-notification.ts';
import { claimDelivery, eventSubscriber, recordDelivery } from '../../runtime/event-subscriber.ts';
import { rendered } from '../../runtime/templates.ts';

/** Sends stakeholders the updates that are meant for them, each once. */
export const handler = eventSubscriber(async (incident, event) => {
  if (event.type !== 'UpdatePosted' || event.to !== 'stakeholders') return { sent: [] };
  if (!(await claimDelivery(incident, event, 'stakeholders'))) return { sent: [] };
  const people = (process.env['STAKEHOLDERS'] ?? '').split(',').filter(Boolean);
  const message = renderMail(rendered, 'messages/internal-notification.txt', internalNotification(incident, event));
  await publishNotice(process.env['NOTICES_TOPIC'] ?? '', { people, ...message });
  await recordDelivery(incident, event, 'stakeholders');
  return { sent: people };
});
