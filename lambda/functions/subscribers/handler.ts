import { queueMails } from '../../adapters/mail-queue.ts';
import { subscribersOf } from '../../adapters/ses.ts';
import { updateId } from '../../domain/status-page/public-incident.ts';
import { customerMail } from '../../domain/subscribers/customer-notification.ts';
import { isDelivered, notificationChannel, recordDelivery } from '../../runtime/event-subscriber.ts';
import { rendered } from '../../runtime/templates.ts';
import { keepMail } from '../../store/customer-mails.ts';

/**
 * Queues a mail for each subscriber of what an incident affects. Only for its latest update: whatever was overtaken while SES was
 * down is told by what overtook it, which comes behind. Queued twice, it is told once.
 */
export const handler = notificationChannel('subscribers', async (incident, entry) => {
  const letter = customerMail(incident, rendered);
  if (letter?.update !== updateId(incident, entry) || isDelivered(incident, entry, 'subscribers')) return { queued: 0 };
  const { number, components } = letter;
  await keepMail(incident.id, letter);
  const subscribers = await subscribersOf(components);
  await queueMails(subscribers.map(email => ({ incident: incident.id, number, email })));
  await recordDelivery(incident, entry, 'subscribers');
  return { queued: subscribers.length };
});
