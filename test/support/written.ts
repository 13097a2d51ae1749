import type { EventType } from '../../lambda/domain/incident/events.ts';
import type { Incident } from '../../lambda/domain/incident/incident.ts';
import { renderer } from '../../lambda/domain/kernel/templates.ts';
import { isPagedEvent, type PagedEvent, type PageMessage, pages } from '../../lambda/domain/messages/page.ts';
import { type PageText, writePage } from '../../lambda/domain/messages/page-text.ts';
import { readFolders } from '../../lib/platform/templates.ts';
import type { Story } from './story.ts';

/** The project's own templates, as the functions have them. */
export const render = renderer(readFolders('messages', 'status-page', 'status-updates'));

/** The pages of an entry as their recipients read them, but for the links. */
export const written = (incident: Incident, entry: PagedEvent): (PageMessage & PageText)[] =>
  pages(incident, entry).map(page => ({
    ...page,
    ...writePage(render, page.fields, { lines: [`npx incident ack ${incident.id}`], link: null }),
  }));

/** The pages that people get, as the incident stands, because of the last event of a type. */
export function told(story: Story, type: EventType): ReturnType<typeof written> {
  const entry = story.incident.timeline.findLast(e => e.type === type);
  return entry && isPagedEvent(entry) ? written(story.incident, entry) : [];
}
