import { reviewLinks } from '../../adapters/links.ts';
import { publishNotice } from '../../adapters/sns.ts';
import { renderMail } from '../../domain/kernel/templates.ts';
import { reviewNotice } from '../../domain/post-mortem/review-notices.ts';
import { names } from '../../runtime/environment.ts';
import { claimDelivery, eventSubscriber, recordDelivery } from '../../runtime/event-subscriber.ts';
import { rendered } from '../../runtime/templates.ts';
import { loadHistory } from '../../store/incidents.ts';
import { keyOf } from '../../store/keys.ts';

/** Tells people by e-mail about the review of an incident and its action items, each event once. */
export const handler = eventSubscriber(async (known, event) => {
  const incident = await loadHistory(keyOf(known));
  const notice =
    incident &&
    reviewNotice(incident, event, {
      people: names(process.env['PEOPLE']),
      reviewers: names(process.env['REVIEWERS']),
      guests: names(process.env['REVIEW_GUESTS']),
      stakeholders: names(process.env['STAKEHOLDERS']),
      operations: names(process.env['OPERATIONS']),
    });
  if (!notice) return { sent: [] };
  const { to, channel, template, fields } = notice;
  if (to.length === 0) throw new Error(`nobody who has an e-mail address is to be told of ${event.type}`);
  if (!(await claimDelivery(incident, event, channel))) return { sent: [] };
  const links = event.type === 'PostMortemDrafted' ? { links: await reviewLinks(incident, event) } : {};
  const message = renderMail(rendered, template, { ...fields, ...links });
  await publishNotice(process.env['NOTICES_TOPIC'] ?? '', { people: to, ...message });
  await recordDelivery(incident, event, channel);
  return { sent: to };
});
