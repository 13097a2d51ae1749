import type { Templates } from '../../lambda/domain/kernel/templates.ts';
import { isPageEntry, pages } from '../../lambda/domain/messages/page.ts';
import { readTemplates } from '../../lib/platform/templates.ts';
import { SAMPLES } from './incidents.ts';

/** What pages are written by, tried on each kind of page of each sample. */
export function pageTemplates(): Templates {
  const fields = Object.values(SAMPLES).flatMap(incident =>
    incident.timeline.filter(isPageEntry).flatMap(entry => pages(incident, entry).map(page => page.fields)),
  );
  const answers = ['Acknowledge: https://example.com/a'];
  return readTemplates({
    'messages/page.txt': fields.map(page => ({ ...page, answers })),
    'messages/sms.txt': fields,
  });
}
