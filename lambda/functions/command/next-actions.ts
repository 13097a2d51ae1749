import { signedNext, verifyLink } from '../../adapters/links.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { nextLinks } from '../../domain/messages/offered-links.ts';
import type { CommandAnswer } from '../../inbound/command-request.ts';
import { isWindowOpen } from '../../readings/maintenance.ts';
import { lastEvents } from '../../store/incidents.ts';
import { keyOf } from '../../store/keys.ts';

/** Events that the page chooses from. */
const SHOWN = 100;

/** Links to what the person may do next who shows a link of ours; nothing for any other link. */
export async function nextActions(incident: Incident, text: string): Promise<CommandAnswer> {
  const link = await verifyLink(incident.service, text);
  if (!link || link.incident !== incident.id) return { refused: 'this link is none of ours' };
  const now = new Date().toISOString();
  const [next, timeline] = await Promise.all([
    isWindowOpen().then(open => signedNext(incident, nextLinks(incident, link, now, open))),
    lastEvents(keyOf(incident), SHOWN),
  ]);
  return { incident, timeline, next };
}
