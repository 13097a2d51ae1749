import { isPublic } from '../communication/updates.ts';
import type { EventOf, IncidentEvent } from '../incident/events.ts';
import { type Incident, isOpen } from '../incident/incident.ts';
import { postMortemDue } from '../review/review.ts';
import type { Link } from './link.ts';

/** A link before it is addressed to somebody and signed. `label`: its name in the message. */
export type OfferedLink = Omit<Link, 'incident' | 'person'> & { label: string };

/** Hours for which a link can be used; the link to an approval ends with the approval. */
const VALID_HOURS = 12;

/** The actions a person may take as the incident stands, a link each, the most urgent first. They are good from an event on. */
export function offeredLinks(incident: Incident, { at }: IncidentEvent): OfferedLink[] {
  const expires = seconds(at) + VALID_HOURS * 3600;
  if (!isOpen(incident)) return [{ action: 'view', label: 'View', expires }];
  const { approval, publication, handedOver } = incident;
  const answer = approval && { step: approval.step, expires: seconds(approval.expiresAt) };
  return [
    ...(answer
      ? [
          { action: 'approve' as const, label: 'Approve', ...answer },
          { action: 'decline' as const, label: 'Decline', ...answer },
        ]
      : []),
    ...(publication?.askedAt && !isPublic(incident) && !publication.declined
      ? [
          { action: 'publish' as const, label: 'Publish', expires },
          { action: 'withhold' as const, label: 'Do not publish', expires },
        ]
      : []),
    { action: 'acknowledge', label: 'Acknowledge', expires },
    ...(handedOver ? [{ action: 'resolve' as const, label: 'Resolve', expires }] : []),
  ];
}

/**
 * The actions that are open to whoever has come by a link, a link each, in the order in which they are needed. None lives longer than
 * the link that the person was sent; one that shows or reads leads to no other.
 */
export function nextLinks(incident: Incident, link: Link, now: string, maintained: boolean): Omit<Link, 'incident'>[] {
  if (!isOpen(incident) || link.action === 'view' || link.action === 'read') return [];
  const { person, expires } = link;
  const { approval, publication, acknowledged, commander, version, held } = incident;
  const next = (action: Link['action']) => ({ action, person, expires, step: String(version) });
  const answer = approval && {
    ...{ person, step: approval.step },
    expires: Math.min(expires, seconds(approval.expiresAt)),
  };
  return [
    ...(answer
      ? [
          { ...answer, action: 'approve' as const },
          { ...answer, action: 'decline' as const },
        ]
      : []),
    ...(acknowledged && acknowledged.until > now ? [] : [next('acknowledge')]),
    ...(publication?.askedAt && !isPublic(incident) && !publication.declined
      ? [next('publish'), next('withhold')]
      : []),
    ...(commander === person ? [] : [next('command')]),
    next('note'),
    ...(held ? [] : [next('severity')]),
    next('resolve'),
    next('merge'),
    next(maintained ? 'unmaintain' : 'maintain'),
  ];
}

/** The files of a review. The links are good until the day after the review. */
export function offeredFiles(incident: Incident, { meeting, at }: EventOf<'PostMortemDrafted'>): OfferedLink[] {
  const expires = seconds(meeting?.at ?? postMortemDue(incident) ?? at) + 24 * 3600;
  const files = [
    ...(meeting ? [{ step: 'invitation.ics', label: 'Into your calendar' }] : []),
    { step: 'post-mortem.md', label: 'Read it' },
  ];
  return files.map(file => ({ action: 'read', expires, ...file }));
}

const seconds = (iso: string) => Math.floor(Date.parse(iso) / 1000);
