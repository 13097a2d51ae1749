import { putOnce } from '../../adapters/s3.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Draft } from '../../domain/incident/review-records.ts';
import { objectUrl } from '../../domain/kernel/console.ts';
import { renderMail } from '../../domain/kernel/templates.ts';
import { invitation } from '../../domain/post-mortem/invitation.ts';
import { postMortem } from '../../domain/post-mortem/post-mortem.ts';
import { byName, meetingOf } from '../../domain/post-mortem/review-meeting.ts';
import { invitationFields } from '../../domain/post-mortem/review-notices.ts';
import { folderOf, isReviewed } from '../../domain/review/review.ts';
import { commit } from '../../runtime/command-handler.ts';
import { deployed, deployedContacts } from '../../runtime/deployed.ts';
import { names } from '../../runtime/environment.ts';
import { eventSubscriber } from '../../runtime/event-subscriber.ts';
import { rendered } from '../../runtime/templates.ts';
import { loadHistory } from '../../store/incidents.ts';
import { keyOf } from '../../store/keys.ts';
import { draw } from './draw.ts';
import { measure } from './measure.ts';

/**
 * Measures the outage of a resolved incident, and drafts its post-mortem, if one is due, with pictures and an invitation to the
 * review. Files that are in the bucket already stay as they are: somebody may have edited them.
 */
export const handler = eventSubscriber(async (resolved, { type, seq }) => {
  if (type !== 'Resolved' && type !== 'PostMortemRequested') return { drafted: false };
  const [{ resources, region }, { addresses }] = await Promise.all([deployed(), deployedContacts()]);
  await recordOutage(resolved, resources);
  const measured = await loadHistory(keyOf(resolved));
  if (!measured || !isReviewed(measured) || measured.postMortem?.url) return { drafted: false };
  const incident = byName(measured, addresses);
  const invitees = {
    people: Object.keys(addresses),
    reviewers: names(process.env['REVIEWERS']),
    guests: names(process.env['REVIEW_GUESTS']),
  };
  const meeting = meetingOf(incident, invitees);
  const graphs = await draw(incident, resources);

  const bucket = process.env['REVIEWS_BUCKET'] ?? '';
  const write = (name: string, contentType: string, body: string | Uint8Array) =>
    putOnce({ bucket, key: `${folderOf(incident)}${name}`, contentType, body });
  for (const { file, png } of graphs) if (file && png) await write(file, 'image/png', png);

  const url = objectUrl(region, bucket, `${folderOf(incident)}post-mortem.md`);
  const author = invitees.people.find(name => name === incident.commander);
  const draft: Draft = { url, author, meeting };
  if (meeting) {
    const text = renderMail(rendered, 'messages/review-invitation.txt', invitationFields(incident, draft));
    await write('invitation.ics', 'text/calendar; charset=utf-8', invitation(incident, meeting, text, addresses));
  }
  const fields = postMortem(incident, { ...invitees, meeting, graphs, logGroup: resources.logGroup });
  await write('post-mortem.md', 'text/markdown; charset=utf-8', rendered('documents/post-mortem.md', fields));
  await commit(keyOf(resolved), { type: 'record post-mortem', id: `post-mortem/${seq}`, ...draft });
  return { drafted: true, pictures: graphs.filter(({ png }) => png).length };
});

/** Drills and false alarms harm nobody and are not measured. */
async function recordOutage(incident: Incident, resources: Resources): Promise<void> {
  const { drill, cancelled, resolvedAt, outage } = incident;
  const isKnown = outage && outage.unknown === undefined;
  if (!resolvedAt || drill || cancelled || isKnown) return;
  const measured = await measure(incident, resources);
  const id = `outage/${outage ? 'again' : 'first'}`;
  await commit(keyOf(incident), { type: 'record outage', id, outage: measured });
}
