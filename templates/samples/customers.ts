import { historyOf, type IncidentHistory } from '../../lambda/domain/incident/history.ts';
import type { Incident } from '../../lambda/domain/incident/incident.ts';
import { customerMail } from '../../lambda/domain/subscribers/customer-notification.ts';
import {
  CONFIRMATION_HOURS,
  confirmPage,
  INVALID_LINK,
  subscribePage,
} from '../../lambda/domain/subscribers/subscribe-page.ts';
import { SAMPLES } from './incidents.ts';
import type { Samples } from './samples.ts';

const COMPONENTS = [
  { id: 'api', name: 'API', description: 'Requests' },
  { id: 'website', name: 'Website', description: '' },
];
const SHOP = { service: 'Shop', url: 'https://status.example.com', components: COMPONENTS };
const TYPED = { email: 'customer@example.com', components: ['api'] };

/** The pages and the mail by which customers subscribe. */
export const subscribeSamples = (): Samples => ({
  'pages/subscribe.html': [subscribePage(SHOP, TYPED), subscribePage(SHOP, TYPED, 'That is no e-mail address.')],
  'pages/confirm-subscription.html': [confirmPage('Shop', TYPED.email, COMPONENTS)],
  'pages/message.html': [INVALID_LINK(SHOP)],
  'messages/subscription-confirmation.txt': [
    { service: 'Shop', components: ['API'], hours: CONFIRMATION_HOURS, url: 'https://example.com/1' },
  ],
});

/** The mails that subscribers get as the sample incidents go on. */
export const customerUpdateSamples = (): Samples => writtenFor(Object.values(SAMPLES).flatMap(stages));

/** The incident as it stood with each of its entries. */
const stages = ({ timeline }: IncidentHistory): Incident[] =>
  timeline.map((_, i) => historyOf(timeline.slice(0, i + 1)));

/** The data that each template is filled with when customers are notified of these incidents. */
function writtenFor(incidents: Incident[]): Samples {
  const samples: Record<string, object[]> = {};
  const render = (name: string, data: object) => {
    samples[name] = [...(samples[name] ?? []), data];
    return 'Subject: sample\n\nsample';
  };
  for (const incident of incidents) customerMail(incident, render);
  return samples;
}
