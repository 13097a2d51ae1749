import { isPublic } from '../communication/updates.ts';
import type { DeliveryChannel } from '../incident/audiences.ts';
import type { EventOf, EventType, IncidentEvent } from '../incident/events.ts';
import type { IncidentHistory } from '../incident/history.ts';
import type { ActionItem, Incident } from '../incident/incident.ts';
import type { Draft } from '../incident/review-records.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { clock, dateTime, plusMinutes } from '../kernel/time.ts';
import { lasted } from '../outage/outage.ts';
import { AGENDA, MEETING_MINUTES } from '../review/meeting-time.ts';
import { postMortemDue } from '../review/review.ts';
import { type PostIncident, postIncident } from './post-incident.ts';
import { type Invitees, localTime } from './review-meeting.ts';

/** The events of a review of which people are told by e-mail. */
export const REVIEW_EVENTS = [
  'PostMortemDrafted',
  'PostMortemOverdue',
  'PostMortemDone',
  'ActionItemRaised',
  'ActionItemChanged',
  'ActionItemDue',
] as const satisfies EventType[];

/** The people who may be told, by their names in the configuration. */
export interface Recipients extends Invitees {
  stakeholders: readonly string[];
  operations: readonly string[];
}

/** An e-mail before it is written: recipients, template and fields. */
export interface ReviewNotice {
  to: string[];
  channel: DeliveryChannel;
  template: string;
  fields: InvitationFields | OverdueFields | ActionItemFields | PostIncident;
}

/** The e-mail about an event; undefined when the event has been overtaken, or concerns nobody. A drill causes none. */
export function reviewNotice(
  incident: IncidentHistory,
  event: IncidentEvent,
  recipients: Recipients,
): ReviewNotice | undefined {
  if (incident.drill) return undefined;
  const { postMortem } = incident;
  const { reviewers } = recipients;
  switch (event.type) {
    case 'PostMortemDrafted': {
      const { attendees = [], guests = [] } = event.meeting ?? {};
      const to = reachable(recipients, [event.author, ...attendees, ...reviewers, ...guests]);
      return notice(to, 'review-invitation', invitationFields(incident, event));
    }
    case 'PostMortemOverdue':
      if (postMortem?.doneAt) return undefined;
      return notice(reachable(recipients, [postMortem?.author, ...reviewers]), 'post-mortem-overdue', {
        ...about(incident),
        due: event.dueAt ? dateTime(event.dueAt) : `${event.hours} hours after the resolution`,
        expected: event.expectedAt ? dateTime(event.expectedAt) : null,
        promised: isPublic(incident),
        author: postMortem?.author ?? null,
        url: postMortem?.url ?? null,
      });
    case 'PostMortemDone': {
      const to = reachable(recipients, [...recipients.stakeholders, ...reviewers, postMortem?.author]);
      return {
        to,
        channel: 'stakeholders',
        template: 'messages/post-incident.txt',
        fields: postIncident(incident, event),
      };
    }
    case 'ActionItemRaised':
    case 'ActionItemChanged':
    case 'ActionItemDue':
      return actionItemNotice(incident, event, recipients);
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

/** The people with an e-mail address among these; if there are none, operations. */
function reachable({ people, operations }: Recipients, names: readonly (string | undefined)[]): string[] {
  const known = (some: readonly (string | undefined)[]) => [
    ...new Set(some.flatMap(name => (name !== undefined && people.includes(name) ? [name] : []))),
  ];
  const found = known(names);
  return found.length > 0 ? found : known(operations);
}

type ItemEvent = EventOf<'ActionItemRaised' | 'ActionItemChanged' | 'ActionItemDue'>;

/** The owner is told of their item; the reviewers are told of a due item that nobody owns. */
function actionItemNotice(incident: Incident, event: ItemEvent, recipients: Recipients): ReviewNotice | undefined {
  const item = itemOf(incident, event);
  if (!item || item.done) return undefined;
  const owner = event.type === 'ActionItemDue' ? item.owner : event.owner;
  const isOwned = owner !== undefined && recipients.people.includes(owner);
  if (!isOwned && event.type !== 'ActionItemDue') return undefined;
  return notice(reachable(recipients, isOwned ? [owner] : recipients.reviewers), 'action-item', {
    ...about(incident),
    isDue: event.type === 'ActionItemDue',
    ...itemFields(item),
  });
}

/** The item of an event, in its current state. */
const itemOf = ({ actionItems }: Incident, event: ItemEvent): ActionItem | undefined =>
  actionItems.find(({ id }) => id === event.item);

/** The fields about the incident that all these messages have. */
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

/** The fields of the template `messages/review-invitation.txt`, the runbook's section 4.2, for the e-mail and the calendar. */
export interface InvitationFields extends About {
  duration: string;
  /** Null when there are no attendees. */
  meeting: {
    date: string;
    from: string;
    to: string;
    /** The time in the time zone of the people on call; null when that is UTC. */
    local: string | null;
    attendees: readonly string[];
    guests: readonly string[];
  } | null;
  agenda: readonly { minutes: number; topic: string }[];
  due: string;
  author: string | null;
  url: string;
  /** Links that work for everybody who has them, also without access to AWS. */
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

/** The fields of the template `messages/post-mortem-overdue.txt`. */
export interface OverdueFields extends About {
  due: string;
  /** The new deadline that customers are told. */
  expected: string | null;
  /** Customers were promised a post-mortem, and read that it is late. */
  promised: boolean;
  author: string | null;
  url: string | null;
}

/** The fields of the template `messages/action-item.txt`. */
export interface ActionItemFields extends About {
  isDue: boolean;
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
