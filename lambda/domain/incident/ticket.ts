import type { Incident } from './incident.ts';
import { DRILL } from './signal.ts';

/** The title of an incident's ticket. The id in it, at this place, is how people and webhooks find the incident again. */
export const ticketTitle = ({ drill, severity, policy, title, id }: Incident): string =>
  `${drill ? `${DRILL} ` : ''}${severity} ${id} ${policy.title} ${title}`;
