import type { Incident } from '../../lambda/domain/incident/incident.ts';
import type { Templates } from '../../lambda/domain/kernel/templates.ts';
import { customerMail } from '../../lambda/domain/subscribers/customer-notification.ts';
import {
  CONFIRMATION_HOURS,
  confirmPage,
  INVALID_LINK,
  subscribePage,
} from '../../lambda/domain/subscribers/subscribe-page.ts';
import { readTemplates, type Samples } from '../../lib/platform/templates.ts';
import { SAMPLES } from './incidents.ts';

const COMPONENTS = [
  { id: 'api', name: 'API', description: 'Requests' },
  { id: 'website', name: 'Website', description: '' },
];
const SHOP = { service: 'Shop', url: 'https://status.example.com', components: COMPONENTS };
const TYPED = { email: 'customer@example.com', components: ['api'] };

/** What the door of customers who subscribe shows and sends. */
export const subscribeTemplates = (): Templates =>
  readTemplates({
    'pages/subscribe.html': [subscribePage(SHOP, TYPED), subscribePage(SHOP, TYPED, 'That is no e-mail address.')],
    'pages/confirm-subscription.html': [confirmPage('Shop', TYPED.email, COMPONENTS)],
    'pages/message.html': [INVALID_LINK(SHOP)],
    'messages/subscription-confirmation.txt': [
      { service: 'Shop', components: ['API'], hours: CONFIRMATION_HOURS, url: 'https://example.com/1' },
    ],
  });

/** What subscribers are told of incidents. */
export const customerTemplates = (): Templates => readTemplates(writtenFor(Object.values(SAMPLES).flatMap(stages)));

/** As it stood with each of its entries. */
const stages = (incident: Incident): Incident[] =>
  incident.timeline.map((_, i) => ({ ...incident, timeline: incident.timeline.slice(0, i + 1) }));

/** What each template is filled with when these incidents are told. */
function writtenFor(incidents: Incident[]): Samples {
  const samples: Record<string, object[]> = {};
  const render = (name: string, data: object) => {
    samples[name] = [...(samples[name] ?? []), data];
    return 'Subject: sample\n\nsample';
  };
  for (const incident of incidents) customerMail(incident, render);
  return samples;
}
