import type { EventOf, IncidentEvent } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { LINK, type Link, type LinkAction, type SignedLink } from '../domain/messages/link.ts';
import { type OfferedLink, offeredFiles, offeredLinks } from '../domain/messages/offered-links.ts';
import { signToken, verifyToken } from './signed-tokens.ts';

/** A link in a message to one person. */
export interface PersonalLink {
  action: LinkAction;
  /** Its name in the message. */
  label: string;
  url: string;
}

const key = () => process.env['LINKS_KEY'] ?? '';

/** The link as it stands in a URL. */
export const signLink = (service: string, link: Link): Promise<string> => signToken(key(), LINK, service, link);

/** The link that the text holds, if we signed it, expired or not. @throws when KMS does not answer. */
export const verifyLink = (service: string, text: string): Promise<SignedLink | undefined> =>
  verifyToken(key(), LINK, service, text);

/** The id of the request that a link makes. Derived from the link alone, so that a second use of it is recognised. */
export const requestIdOf = ({ mac }: SignedLink): string => `link/${Buffer.from(mac).toString('base64url')}`;

/** The id of the note that somebody leaves beside it. */
export const noteIdOf = (link: SignedLink): string => `${requestIdOf(link)}/note`;

/** Links for one person to act on an event. The same event gives the same links. */
export const personalLinks = (incident: Incident, event: IncidentEvent, person: string): Promise<PersonalLink[]> =>
  signed(incident, offeredLinks(incident, event), person);

/** Links to the files of a review, the same for all reviewers. */
export const reviewLinks = (incident: Incident, drafted: EventOf<'PostMortemDrafted'>): Promise<PersonalLink[]> =>
  signed(incident, offeredFiles(incident, drafted), 'reviewers');

/** A link to a next action, without the endpoint's address: the page that has it is there already. */
export interface NextLink {
  action: LinkAction;
  path: string;
}

/** Links to the next actions of whoever has come by a link. */
export const signedNext = ({ service, id }: Incident, links: readonly Omit<Link, 'incident'>[]): Promise<NextLink[]> =>
  Promise.all(
    links.map(async link => ({ action: link.action, path: await signLink(service, { ...link, incident: id }) })),
  );

/** Signs links for one person. It returns none when they cannot be signed: a message without links is better than no message. */
async function signed(
  { service, id }: Incident,
  links: readonly OfferedLink[],
  person: string,
): Promise<PersonalLink[]> {
  const endpoint = process.env['LINKS_URL'];
  if (!endpoint) return [];
  try {
    return await Promise.all(
      links.map(async ({ label, ...link }) => ({
        action: link.action,
        label,
        url: `${endpoint}${await signLink(service, { ...link, person, incident: id })}`,
      })),
    );
  } catch (error) {
    const { name, message } = error as Error;
    console.error({ message: `no links in the message: ${message}`, error: name, incident: id });
    return [];
  }
}
