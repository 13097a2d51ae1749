import { isPublic } from '../communication/updates.ts';
import type { DeliveryChannel } from '../incident/audiences.ts';
import type { EventOf, EventType, IncidentEvent } from '../incident/events.ts';
import type { ActionItem, Incident } from '../incident/incident.ts';
import type { Draft } from '../incident/review-records.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { clock, dateTime, plusMinutes } from '../kernel/time.ts';
import { lasted } from '../outage/outage.ts';
import { AGENDA, MEETING_MINUTES } from '../review/meeting-time.ts';
import { postMortemDue } from '../review/review.ts';
import { type PostIncident, postIncident } from './post-incident.ts';
import { type Invitees, localTime } from './review-meeting.ts';

/** The entries of which people hear by mail because of a review. */
export const REVIEW_ENTRIES = [
  'PostMortemDrafted',
  'PostMortemOverdue',
  'PostMortemDone',
  'ActionItemRaised',
  'ActionItemChanged',
  'ActionItemDue',
] as const satisfies EventType[];

/** Those who may be told, by the names of the configuration. */
export interface Circle extends Invitees {
  stakeholders: readonly string[];
  operations: readonly string[];
}

/** Who is told what, by which template, before it is written. */
export interface ReviewNotice {
  to: string[];
  channel: DeliveryChannel;
  template: string;
  fields: InvitationFields | OverdueFields | ActionItemFields | PostIncident;
}

/** What is told because of an entry; undefined when it has been overtaken, or means nothing to anybody. A drill is nobody's work. */
export function reviewNotice(incident: Incident, entry: IncidentEvent, circle: Circle): ReviewNotice | undefined {
  if (incident.drill) return undefined;
  const { postMortem } = incident;
  const { reviewers } = circle;
  switch (entry.type) {
    case 'PostMortemDrafted': {
      const { attendees = [], guests = [] } = entry.meeting ?? {};
      const to = reached(circle, [entry.author, ...attendees, ...reviewers, ...guests]);
      return notice(to, 'review-invitation', invitationFields(incident, entry));
    }
    case 'PostMortemOverdue':
      if (postMortem?.doneAt) return undefined;
      return notice(reached(circle, [postMortem?.author, ...reviewers]), 'post-mortem-overdue', {
        ...about(incident),
        due: entry.dueAt ? dateTime(entry.dueAt) : `${entry.hours} hours after the resolution`,
        expected: entry.expectedAt ? dateTime(entry.expectedAt) : null,
        promised: isPublic(incident),
        author: postMortem?.author ?? null,
        url: postMortem?.url ?? null,
      });
    case 'PostMortemDone': {
      const to = reached(circle, [...circle.stakeholders, ...reviewers, postMortem?.author]);
      return {
        to,
        channel: 'stakeholders',
        template: 'messages/post-incident.txt',
        fields: postIncident(incident, entry),
      };
    }
    case 'ActionItemRaised':
    case 'ActionItemChanged':
    case 'ActionItemDue':
      return ofActionItem(incident, entry, circle);
    default:
      return undefined;
  }
}

const notice = (to: string[], template: string, fields: ReviewNotice['fields']): ReviewNotice => ({
  to,
  channel: 'reviewers',
  template: `messages/${template}.txt`,
  fields,
});

/** Those of them whom a mail reaches; operations, when it would reach nobody. */
function reached({ people, operations }: Circle, names: readonly (string | undefined)[]): string[] {
  const known = (some: readonly (string | undefined)[]) => [
    ...new Set(some.flatMap(name => (name !== undefined && people.includes(name) ? [name] : []))),
  ];
  const found = known(names);
  return found.length > 0 ? found : known(operations);
}

type ItemEntry = EventOf<'ActionItemRaised' | 'ActionItemChanged' | 'ActionItemDue'>;

/** An owner hears of what is theirs, whoever reads reviews of what is due and nobody's. Work that fell due begins with nobody. */
function ofActionItem(incident: Incident, entry: ItemEntry, circle: Circle): ReviewNotice | undefined {
  const item = itemOf(incident, entry);
  if (!item || item.done) return undefined;
  const { policy } = incident;
  const owner = entry.type === 'ActionItemDue' ? item.owner : entry.owner;
  const isOwned = owner !== undefined && circle.people.includes(owner);
  const isAnybodys = entry.type === 'ActionItemDue' || (entry.type === 'ActionItemRaised' && policy.playbook.chore);
  if (!isOwned && !isAnybodys) return undefined;
  return notice(reached(circle, isOwned ? [owner] : circle.reviewers), 'action-item', {
    ...about(incident),
    isDue: entry.type === 'ActionItemDue',
    chore: policy.playbook.chore ?? false,
    ...itemFields(item),
  });
}

/** The item of an entry, as it is now. Items are numbered as they were raised. */
function itemOf({ actionItems, timeline }: Incident, entry: ItemEntry): ActionItem | undefined {
  if (entry.type !== 'ActionItemRaised') return actionItems.find(({ id }) => id === entry.item);
  return actionItems[timeline.filter(({ type, seq }) => type === 'ActionItemRaised' && seq < entry.seq).length];
}

/** What every one of these messages says of the incident. */
interface About {
  id: string;
  service: string;
  title: string;
  severity: Severity;
  severityName: string;
}

const about = ({ id, policy, title, severity }: Incident): About => ({
  ...{ id, title, severity, service: policy.title },
  severityName: SEVERITY_NAMES[severity],
});

/** What the template `messages/review-invitation.txt` is filled with: the runbook's 4.2, in the mail and in the calendar. */
export interface InvitationFields extends About {
  duration: string;
  /** Null, there is nobody to meet. */
  meeting: {
    date: string;
    from: string;
    to: string;
    /** On the clocks of the people on call; null, those show UTC. */
    local: string | null;
    attendees: readonly string[];
    guests: readonly string[];
  } | null;
  agenda: readonly { minutes: number; topic: string }[];
  due: string;
  author: string | null;
  url: string;
  /** Good for anybody who has them, also without an account at AWS. */
  links: { label: string; url: string }[];
}

export function invitationFields(
  incident: Incident,
  { author, meeting, url }: Draft,
  links: InvitationFields['links'] = [],
): InvitationFields {
  return {
    ...about(incident),
    duration: lasted(incident) ?? 'not over',
    meeting: meeting
      ? {
          date: meeting.at.slice(0, 10),
          from: clock(meeting.at),
          to: clock(plusMinutes(meeting.at, MEETING_MINUTES)),
          local: localTime(meeting),
          attendees: meeting.attendees,
          guests: meeting.guests,
        }
      : null,
    agenda: AGENDA,
    due: dateTime(postMortemDue(incident) ?? ''),
    author: author ?? null,
    url,
    links,
  };
}

/** What the template `messages/post-mortem-overdue.txt` is filled with. */
export interface OverdueFields extends About {
  due: string;
  /** By when customers are told that it comes. */
  expected: string | null;
  /** Customers were promised it, and read that it is late. */
  promised: boolean;
  author: string | null;
  url: string | null;
}

/** What the template `messages/action-item.txt` is filled with. */
export interface ActionItemFields extends About {
  isDue: boolean;
  /** It is work that fell due, and what remains of no incident. */
  chore: boolean;
  item: string;
  action: string;
  text: string;
  owner: string | null;
  priority: string;
  due: string;
}

const itemFields = ({ id, action, text, owner, priority, dueAt }: ActionItem) => ({
  item: id,
  ...{ action, text, priority },
  owner: owner ?? null,
  due: dueAt.slice(0, 10),
});
