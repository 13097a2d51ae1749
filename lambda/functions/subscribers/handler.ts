import { queueMails } from '../../adapters/mail-queue.ts';
import { subscribersOf } from '../../adapters/ses.ts';
import { updateId } from '../../domain/status-page/public-incident.ts';
import { customerMail } from '../../domain/subscribers/customer-notification.ts';
import { isDelivered, notificationChannel, recordDelivery } from '../../runtime/event-subscriber.ts';
import { rendered } from '../../runtime/templates.ts';
import { keepMail } from '../../store/customer-mails.ts';

/**
 * Queues a mail for each subscriber of the components that an incident affects, or of which it was said to, and only for its latest
 * update: updates that were overtaken while SES was down are left out. A mail that is queued twice is sent once.
 */
export const handler = notificationChannel('subscribers', async (incident, event) => {
  const mail = customerMail(incident, rendered);
  if (mail?.update !== updateId(incident, event)) return { queued: 0 };
  if (await isDelivered(incident, event, 'subscribers')) return { queued: 0 };
  const { number } = mail;
  const components = await keepMail(incident.id, mail);
  const subscribers = await subscribersOf(components);
  await queueMails(subscribers.map(email => ({ incident: incident.id, number, email })));
  await recordDelivery(incident, event, 'subscribers');
  return { queued: subscribers.length };
});
