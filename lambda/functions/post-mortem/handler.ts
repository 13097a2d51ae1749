import { commit, keyOf } from '../../adapters/incidents.ts';
import { putOnce } from '../../adapters/s3.ts';
import { objectUrl } from '../../domain/console.ts';
import { invitation } from '../../domain/invitation.ts';
import { postMortem } from '../../domain/post-mortem.ts';
import { isReviewed } from '../../domain/review.ts';
import { byName, meetingOf } from '../../domain/review-meeting.ts';
import { invitationFields } from '../../domain/review-notices.ts';
import { letter } from '../../domain/templates.ts';
import type { Draft } from '../../domain/timeline.ts';
import { deployed } from '../deployed.ts';
import { listener } from '../listener.ts';
import { names } from '../names.ts';
import { folderOf } from '../reviews.ts';
import { rendered } from '../templates.ts';
import { draw } from './draw.ts';

/**
 * Drafts the post-mortem of an incident that is over, with pictures and an invitation to its review. What is in the bucket
 * already stays as it is: somebody may have edited it since.
 */
export const handler = listener(async (resolved, entry) => {
  if (entry.type !== 'Resolved' || !isReviewed(resolved) || resolved.postMortem?.url) return { drafted: false };
  const { addresses = {}, resources, region, rosters } = deployed();
  const incident = byName(resolved, addresses);
  const invitees = {
    people: Object.keys(addresses),
    reviewers: names(process.env['REVIEWERS']),
    guests: names(process.env['REVIEW_GUESTS']),
  };
  const meeting = meetingOf(incident, invitees, rosters[0]?.rotation?.timeZone ?? 'UTC');
  const graphs = await draw(incident, resources);

  const bucket = process.env['REVIEWS_BUCKET'] ?? '';
  const write = (name: string, contentType: string, body: string | Uint8Array) =>
    putOnce({ bucket, key: `${folderOf(incident)}${name}`, contentType, body });
  for (const { file, png } of graphs) if (file && png) await write(file, 'image/png', png);

  const url = objectUrl(region, bucket, `${folderOf(incident)}post-mortem.md`);
  const author = invitees.people.find(name => name === incident.commander);
  const draft: Draft = { url, author, meeting };
  if (meeting) {
    const text = letter(rendered, 'messages/review-invitation.txt', invitationFields(incident, draft));
    await write('invitation.ics', 'text/calendar; charset=utf-8', invitation(incident, meeting, text, addresses));
  }
  const fields = postMortem(incident, { ...invitees, meeting, graphs, logGroup: resources.logGroup });
  await write('post-mortem.md', 'text/markdown; charset=utf-8', rendered('documents/post-mortem.md', fields));
  await commit(keyOf(resolved), { type: 'record post-mortem', id: `post-mortem/${entry.seq}`, ...draft });
  return { drafted: true, pictures: graphs.filter(({ png }) => png).length };
});
