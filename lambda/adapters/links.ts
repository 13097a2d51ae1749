import { isPublic } from '../domain/communication/updates.ts';
import type { EntryOf, TimelineEntry } from '../domain/incident/events.ts';
import { type Incident, isOpen } from '../domain/incident/incident.ts';
import { canonical, format, type Link, type LinkAction, parse, type SignedLink } from '../domain/messages/link.ts';
import { postMortemDue } from '../domain/review/review.ts';
import { generateMac, verifyMac } from './kms.ts';

/** A link in a message to one person. */
export interface PersonalLink {
  action: LinkAction;
  /** What it is called in the message. */
  label: string;
  url: string;
}

/** For how long a link may be used; an approval's ends with the approval. */
const HOURS = 12;

const key = () => process.env['LINKS_KEY'] ?? '';

/** The link as it stands in a URL. */
export async function sign(service: string, link: Link): Promise<string> {
  return format({ ...link, mac: await generateMac(key(), canonical(service, link)) });
}

/** What the text says, if we signed it, whether it has expired or not. @throws when KMS could not say. */
export async function verify(service: string, text: string): Promise<SignedLink | undefined> {
  const link = parse(text);
  return link && (await verifyMac(key(), canonical(service, link), link.mac)) ? link : undefined;
}

/**
 * What a person may do because of an entry, a link each, the most urgent first. Told again of the same entry, the links are
 * the same.
 */
export const personalLinks = (incident: Incident, entry: TimelineEntry, person: string): Promise<PersonalLink[]> =>
  signed(
    incident,
    offered(incident, entry).map(link => ({ ...link, person })),
  );

/** Files of a review, for all who are told of it alike. They are good until the day after the review. */
export function reviewLinks(
  incident: Incident,
  { meeting, at }: EntryOf<'PostMortemDrafted'>,
): Promise<PersonalLink[]> {
  const expires = seconds(meeting?.at ?? postMortemDue(incident) ?? at) + 24 * 3600;
  const files = [
    ...(meeting ? [{ step: 'invitation.ics', label: 'Into your calendar' }] : []),
    { step: 'post-mortem.md', label: 'Read it' },
  ];
  return signed(
    incident,
    files.map(file => ({ action: 'read', person: 'reviewers', expires, ...file })),
  );
}

/** None when they cannot be signed: a message without links is better than none. */
async function signed(
  { service, id }: Incident,
  links: (Omit<Link, 'incident'> & { label: string })[],
): Promise<PersonalLink[]> {
  const door = process.env['LINKS_URL'];
  if (!door) return [];
  try {
    return await Promise.all(
      links.map(async ({ label, ...link }) => ({
        action: link.action,
        label,
        url: `${door}${await sign(service, { ...link, incident: id })}`,
      })),
    );
  } catch (error) {
    const { name, message } = error as Error;
    console.error({ message: `no links in the message: ${message}`, error: name, incident: id });
    return [];
  }
}

type Offered = Pick<Link, 'action' | 'expires' | 'step'> & { label: string };

function offered(incident: Incident, { at, type }: TimelineEntry): Offered[] {
  const expires = seconds(at) + HOURS * 3600;
  if (!isOpen(incident)) return [{ action: 'view', label: 'View', expires }];
  const { approval, publication } = incident;
  const answer = approval && { step: approval.step, expires: seconds(approval.expiresAt) };
  return [
    ...(answer
      ? [
          { action: 'approve' as const, label: 'Approve', ...answer },
          { action: 'decline' as const, label: 'Decline', ...answer },
        ]
      : []),
    ...(type === 'PublicationRequested' && !isPublic(incident) && !publication?.declined
      ? [
          { action: 'publish' as const, label: 'Publish', expires },
          { action: 'withhold' as const, label: 'Do not publish', expires },
        ]
      : []),
    { action: 'acknowledge', label: 'Acknowledge', expires },
    ...(type === 'HandedOver' ? [{ action: 'resolve' as const, label: 'Resolve', expires }] : []),
  ];
}

const seconds = (iso: string) => Math.floor(Date.parse(iso) / 1000);
