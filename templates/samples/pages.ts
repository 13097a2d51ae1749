import { isPagedEvent, pages } from '../../lambda/domain/messages/page.ts';
import { SAMPLES } from './incidents.ts';
import type { Samples } from './samples.ts';

/** Every kind of page that the sample incidents lead to. */
export function pageSamples(): Samples {
  const fields = Object.values(SAMPLES).flatMap(incident =>
    incident.timeline.filter(isPagedEvent).flatMap(entry => pages(incident, entry).map(page => page.fields)),
  );
  const answers = ['Acknowledge: https://example.com/a'];
  return {
    'messages/page.txt': fields.map(page => ({ ...page, answers })),
    'messages/sms.txt': fields,
  };
}
