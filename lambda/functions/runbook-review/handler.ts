import * as v from 'valibot';
import { publishNotice } from '../../adapters/sns.ts';
import { renderMail } from '../../domain/kernel/templates.ts';
import { quarterOf, runbookReviewFields } from '../../domain/review/runbook-review.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { names } from '../../runtime/environment.ts';
import { rendered } from '../../runtime/templates.ts';
import { claimRunbookReview, recordRunbookReview } from '../../store/runbook-reviews.ts';

/** EventBridge's own event. Its time says which quarter is meant, also in a retry and when a dead letter is sent again. */
const ScheduledEvent = v.object({
  'detail-type': v.literal('Scheduled Event'),
  time: v.pipe(v.string(), v.isoTimestamp('a time such as 2026-01-01T09:00:00Z')),
});

/**
 * Mails the reviewers once a quarter that the runbook is due for review. It claims, mails, then records: the claim keeps doubled
 * events apart, and only a mail that SNS has taken counts as done, so that what fails or crashes before is mailed by the
 * retry. A crash between the mail and its record mails twice; recorded first, it would never be mailed.
 */
export const handler = entrypoint(ScheduledEvent, async ({ time }) => {
  const service = process.env['SERVICE'] ?? '';
  const to = names(process.env['REVIEWERS']);
  const quarter = quarterOf(time);
  const claim = await claimRunbookReview(service, time);
  if (claim === 'held')
    throw new Error(`another invocation has claimed the review of ${quarter}: this one tries again`);
  if (claim === 'claimed') {
    if (to.length === 0)
      throw new Error(
        `nobody is told of the review of ${quarter}: no reviewer has an e-mail address in the configuration`,
      );
    const fields = runbookReviewFields(process.env['SERVICE_TITLE'] ?? service, time);
    const mail = renderMail(rendered, 'messages/runbook-review.txt', fields);
    await publishNotice(process.env['NOTICES_TOPIC'] ?? '', { people: to, ...mail });
    await recordRunbookReview(service, time, to);
  }
  const result = { quarter, mailed: claim === 'claimed' ? to : [] };
  console.info({ message: 'runbook review', ...result });
  return result;
});
