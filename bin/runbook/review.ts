import { AGENDA, MEETING_MINUTES } from '../../lambda/domain/review/meeting-time.ts';
import { TextTemplates } from '../../lib/platform/templates.ts';
import type { Source } from './source.ts';

const DOCUMENT = 'documents/post-mortem.md';

/** The runbook's section 4: what follows an incident. */
export function postIncidentReview({ config, policy }: Source) {
  const { reviewGuests = [] } = config;
  const text = new TextTemplates(config.templates).read('documents')[DOCUMENT] ?? '';
  return {
    ...{ reviewers: policy.reviewers ?? [], guests: reviewGuests, agenda: AGENDA, minutes: MEETING_MINUTES },
    hours: policy.postMortemHours,
    timeZone: policy.reviewTimeZone ?? 'UTC',
    actionItemDays: policy.actionItemDays,
    file: `templates/${DOCUMENT}.liquid`,
    sections: [...text.matchAll(/^(##+) (.+)$/gm)].map(([, rank = '', heading = '']) => ({
      heading,
      within: rank.length > 2,
    })),
  };
}
