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
 * The fields of the templates `messages/customer-notification.txt` (the runbook's section 3.2) for the first mail and
 * `messages/customer-update.txt` for later ones: the content of the status page, and nothing else.
 */
export interface CustomerNotification {
  service: string;
  /** Title and impact in the customers' words. */
  title: string;
  impact: string;
  /** Names of the affected components; empty when none is known to be affected. */
  affected: string;
  /** True for an investigation: something was declared and no disruption measured. */
  investigation: boolean;
  /** `HH:MM UTC` */
  started: string;
  status: string;
  /** The update on the status page, with the time of the next one. */
  update: string;
  /** Minutes from one update to the next; null once it is over. */
  updateMinutes: number | null;
  /** The incident's own page. */
  url: string;
}

/** The mail with the latest public update of an incident. */
export interface CustomerMail extends Mail {
  /** Counts the updates of the incident: a later mail has a higher number. */
  number: number;
  /** The id of the update. */
  update: string;
  /** Ids of the affected components: whoever subscribed to one of these gets the mail. */
  components: string[];
}

/** Undefined while the incident is not published. */
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
