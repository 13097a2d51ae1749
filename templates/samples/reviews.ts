import type { Event } from '../../lambda/domain/incident/events.ts';
import type { IncidentHistory } from '../../lambda/domain/incident/history.ts';
import type { Draft, Meeting } from '../../lambda/domain/incident/review-records.ts';
import { postMortem } from '../../lambda/domain/post-mortem/post-mortem.ts';
import { invitationFields, type Recipients, reviewNotice } from '../../lambda/domain/post-mortem/review-notices.ts';
import { lastOf, SAMPLES } from './incidents.ts';
import type { Samples } from './samples.ts';

const MEETING: Meeting = {
  at: '2026-02-02T19:00:00.000Z',
  timeZone: 'America/New_York',
  attendees: ['ada', 'cleo'],
  guests: ['finn'],
};
const URL = 'https://example.com/post-mortem.md';

const DRAFTS: readonly Draft[] = [
  { url: URL, author: 'ada', meeting: MEETING },
  { url: URL, meeting: { ...MEETING, guests: [] } },
  { url: URL },
];

/** The draft of a post-mortem, and the invitation to its review. */
export const postMortemSamples = (): Samples => ({
  'documents/post-mortem.md': [
    postMortem(SAMPLES.resolved, {
      ...{ reviewers: ['cleo'], meeting: MEETING, logGroup: '/ecs/shop' },
      graphs: [
        { title: 'Requests', file: '1-requests.png' },
        { title: 'shop-down', why: 'it is gone' },
      ],
    }),
    postMortem(SAMPLES.byHand, { reviewers: [], meeting: undefined, logGroup: '/ecs/shop', graphs: [] }),
  ],
  'messages/review-invitation.txt': DRAFTS.map((draft, i) =>
    invitationFields(SAMPLES.resolved, draft, i === 0 ? [{ label: 'Read it', url: URL }] : []),
  ),
});

const LATE = { dueAt: '2026-02-01T09:47:00.000Z', expectedAt: '2026-02-02T09:47:00.000Z' };

const CIRCLE: Recipients = {
  people: ['ada', 'cleo', 'finn'],
  ...{ reviewers: ['cleo'], guests: ['finn'], stakeholders: ['finn'], operations: ['cleo'] },
};

/** Every kind of notice about reviews and action items. */
export function reviewNoticeSamples(): Samples {
  const { resolved, reviewed, byHand } = SAMPLES;
  const drafted: IncidentHistory = { ...resolved, postMortem: { url: URL, author: 'ada' } };
  const samples: Record<string, object[]> = {};
  const notify = (incident: IncidentHistory, happening: Event) => {
    const entry = { ...happening, seq: incident.timeline.length, at: '2026-02-14T09:00:00.000Z', command: 'sample' };
    const notice = reviewNotice(incident, entry, CIRCLE);
    if (!notice) throw new Error(`nobody is notified of ${happening.type}`);
    samples[notice.template] = [...(samples[notice.template] ?? []), notice.fields];
  };
  for (const draft of DRAFTS) notify(resolved, { type: 'PostMortemDrafted', ...draft });
  for (const incident of [resolved, drafted]) notify(incident, { type: 'PostMortemOverdue', hours: 24, ...LATE });
  for (const incident of [resolved, byHand]) notify(incident, { type: 'ActionItemDue', item: 'A1' });
  notify(resolved, { type: 'ActionItemChanged', by: 'ada', item: 'A1', owner: 'ada' });
  for (const incident of [reviewed, { ...byHand, actionItems: [] }])
    notify(incident, lastOf(reviewed, 'PostMortemDone'));
  return samples;
}
