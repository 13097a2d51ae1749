import type { Incident } from '../../lambda/domain/incident/incident.ts';
import { renderer } from '../../lambda/domain/kernel/templates.ts';
import { type PageEntry, type PageMessage, pages } from '../../lambda/domain/messages/page.ts';
import { type PageText, writePage } from '../../lambda/domain/messages/page-text.ts';
import { readFolders } from '../../lib/platform/templates.ts';

/** The project's own templates, as the functions have them. */
export const render = renderer(readFolders('messages', 'status-page', 'status-updates'));

/** The pages of an entry as their recipients read them, but for the links. */
export const written = (incident: Incident, entry: PageEntry): (PageMessage & PageText)[] =>
  pages(incident, entry).map(page => ({
    ...page,
    ...writePage(render, page.fields, { lines: [`npx incident ack ${incident.id}`], link: null }),
  }));
