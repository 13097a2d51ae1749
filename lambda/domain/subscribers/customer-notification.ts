import { subscribedComponents } from '../communication/updates.ts';
import type { Incident } from '../incident/incident.ts';
import { type Mail, type Render, renderMail } from '../kernel/templates.ts';
import { clock } from '../kernel/time.ts';
import {
  type PublicIncident,
  type PublicUpdate,
  publicIncident,
  wordsForCustomers,
} from '../status-page/public-incident.ts';
import { listed, STATUS_WORDS } from '../status-page/words.ts';

/**
 * What the templates `messages/customer-notification.txt`, the runbook's 3.2, and `messages/customer-update.txt`, for all that
 * follows, are filled with: what the status page shows, and nothing else.
 */
export interface CustomerNotification {
  service: string;
  /** As customers know the trouble, and what they notice. */
  title: string;
  impact: string;
  /** Empty, nothing is known to be. */
  affected: string;
  /** It is no disruption, but a matter that was declared. */
  investigation: boolean;
  /** `HH:MM UTC` */
  started: string;
  status: string;
  /** What the status page says, and by when it says more. */
  update: string;
  /** Minutes from one update to the next; null once it is over. */
  updateMinutes: number | null;
  /** The incident's own page. */
  url: string;
}

/** The latest that customers are told of an incident. */
export interface CustomerMail extends Mail {
  /** Counts the updates of the incident: what comes later has the higher number. */
  number: number;
  /** The update it tells, by its id. */
  update: string;
  /** The ids of what is affected: who subscribed to one of these gets it. */
  components: string[];
}

/** Undefined while customers are not told of it. */
export function customerMail(incident: Incident, render: Render): CustomerMail | undefined {
  const shown = publicIncident(incident, render);
  const update = shown?.updates[0];
  if (!shown || !update) return undefined;
  const number = shown.updates.length;
  const template = number === 1 ? 'customer-notification' : 'customer-update';
  return {
    number,
    update: update.id,
    components: subscribedComponents(incident).map(({ id }) => id),
    ...renderMail(render, `messages/${template}.txt`, notification(incident, shown, update)),
  };
}

function notification(
  incident: Incident,
  { id, name, status, startedAt, resolvedAt, components }: PublicIncident,
  { at, body }: PublicUpdate,
): CustomerNotification {
  const { policy, publication } = incident;
  return {
    service: policy.title,
    title: name,
    impact: wordsForCustomers(incident, at).impact,
    investigation: publication?.investigation !== undefined,
    affected: listed(components.map(component => component.name)),
    started: `${clock(startedAt)} UTC`,
    status: STATUS_WORDS[status],
    update: body,
    updateMinutes: resolvedAt ? null : policy.updateMinutes,
    url: `${policy.statusPage?.url}/incidents/${id}.html`,
  };
}
