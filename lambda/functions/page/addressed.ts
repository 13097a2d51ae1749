import type { PersonalLink } from '../../adapters/links.ts';
import { type Incident, isOpen } from '../../domain/incident.ts';
import type { PageEntry, PageMessage } from '../../domain/messages.ts';

/**
 * A level's message as one person gets it: below its headline, which mailboxes show, the e-mail has all that they can answer;
 * the SMS ends with the one answer that is asked for. Without links it says how to answer from a terminal.
 */
export function addressed(
  { subject, body, sms }: PageMessage,
  incident: Incident,
  entry: PageEntry,
  links: PersonalLink[],
): Pick<PageMessage, 'subject' | 'body' | 'sms'> {
  const wanted = entry.type === 'ApprovalRequested' ? 'approve' : 'acknowledge';
  const link = links.find(({ action }) => action === wanted);
  const answer = ['Answer', ...answers(incident, links).map(line => `  ${line}`)].join('\n');
  return {
    subject,
    body: body.replace(/^(?=Incident +INC-)/m, () => `${answer}\n\n`),
    sms: link ? `${sms}\n${link.label}: ${link.url}` : sms,
  };
}

function answers(incident: Incident, links: PersonalLink[]): string[] {
  const width = Math.max(...links.map(({ label }) => label.length)) + 1;
  if (links.length > 0) return links.map(({ label, url }) => `${`${label}:`.padEnd(width)} ${url}`);
  return [`npx incident ${isOpen(incident) ? 'ack' : 'show'} ${incident.id}`];
}
