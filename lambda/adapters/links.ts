import { isPublic } from '../domain/communication.ts';
import { type Incident, isOpen } from '../domain/incident.ts';
import { canonical, format, type Link, type LinkAction, parse, type SignedLink } from '../domain/link.ts';
import type { TimelineEntry } from '../domain/timeline.ts';
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
 * the same. None when they cannot be signed: a message without links is better than none.
 */
export async function personalLinks(incident: Incident, entry: TimelineEntry, person: string): Promise<PersonalLink[]> {
  const door = process.env['LINKS_URL'];
  if (!door) return [];
  try {
    return await Promise.all(
      offered(incident, entry).map(async ({ label, ...link }) => ({
        action: link.action,
        label,
        url: `${door}${await sign(incident.service, { ...link, incident: incident.id, person })}`,
      })),
    );
  } catch (error) {
    const { name, message } = error as Error;
    console.error({ message: `no links in the message: ${message}`, error: name, incident: incident.id });
    return [];
  }
}

type Offered = Pick<Link, 'action' | 'expires' | 'step'> & { label: string };

function offered(incident: Incident, { at, type }: TimelineEntry): Offered[] {
  const expires = seconds(at) + HOURS * 3600;
  if (!isOpen(incident)) return [{ action: 'view', label: 'View', expires }];
  const { approval } = incident;
  const answer = approval && { step: approval.step, expires: seconds(approval.expiresAt) };
  return [
    ...(answer
      ? [
          { action: 'approve' as const, label: 'Approve', ...answer },
          { action: 'decline' as const, label: 'Decline', ...answer },
        ]
      : []),
    ...(type === 'PublicationRequested' && !isPublic(incident)
      ? [{ action: 'publish' as const, label: 'Publish', expires }]
      : []),
    { action: 'acknowledge', label: 'Acknowledge', expires },
    ...(type === 'HandedOver' ? [{ action: 'resolve' as const, label: 'Resolve', expires }] : []),
  ];
}

const seconds = (iso: string) => Math.floor(Date.parse(iso) / 1000);
