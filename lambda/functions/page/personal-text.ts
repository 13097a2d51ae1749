import type { PersonalLink } from '../../adapters/links.ts';
import { type Incident, isOpen } from '../../domain/incident/incident.ts';
import type { LinkAction } from '../../domain/messages/link.ts';
import type { PagedEvent, PageMessage } from '../../domain/messages/page.ts';
import { type PageText, writePage } from '../../domain/messages/page-text.ts';
import { rendered } from '../../runtime/templates.ts';

/** The answer that an event asks for, if it is not "acknowledge". */
const REQUESTED_ACTIONS: Partial<Record<PagedEvent['type'], LinkAction>> = {
  ApprovalRequested: 'approve',
  ApprovalAskedAgain: 'approve',
  PublicationRequested: 'publish',
};

/**
 * A level's message for one person: the e-mail has links for all possible answers, the SMS only the one that is asked for.
 * Without links the message says how to answer from a terminal.
 */
export function personalText(
  { fields }: PageMessage,
  incident: Incident,
  event: PagedEvent,
  links: PersonalLink[],
): PageText {
  const link = links.find(({ action }) => action === (REQUESTED_ACTIONS[event.type] ?? 'acknowledge')) ?? null;
  return writePage(rendered, fields, { lines: answers(incident, event, links), link });
}

function answers({ id, ...incident }: Incident, { type }: PagedEvent, links: PersonalLink[]): string[] {
  const width = Math.max(...links.map(({ label }) => label.length)) + 1;
  if (links.length > 0) return links.map(({ label, url }) => `${`${label}:`.padEnd(width)} ${url}`);
  if (!isOpen(incident)) return [`npx incident show ${id}`];
  return [
    ...(type === 'PublicationRequested' ? [`npx incident publish ${id}`, `npx incident publish ${id} --no`] : []),
    `npx incident ack ${id}`,
  ];
}
