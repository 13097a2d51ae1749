import { unfitForCustomers } from '../communication/customer-text.ts';
import { isPublic } from '../communication/updates.ts';
import { BOUNDS, sizeOf } from '../incident/bounds.ts';
import type { Decision, Obligation, PersonCommand } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import { type ActionItem, type Incident, isOpen, nextItem } from '../incident/incident.ts';
import type { Person } from '../incident/person.ts';
import type { Assignment, MeasuredOutage } from '../incident/review-records.ts';
import { dateTime, minutesBetween, plusMinutes } from '../kernel/time.ts';
import { meetingTime, writeUpDue } from './meeting-time.ts';

const HOUR = 60;
const DAY = 24 * HOUR;
/** Days between two reminders. */
const REMINDER_DAYS = { postMortem: 1, actionItem: 7 };
/** Days to bring the runbook up to date after an incident that was reviewed. */
const RUNBOOK_DAYS = 7;

/**
 * A post-mortem is due for a real incident that was resolved as P1 or P2, and for any incident for which somebody requests
 * one.
 */
export const isReviewed = (incident: Incident) => {
  const { policy, severity, drill, cancelled, mergedInto, resolvedAt, postMortem } = incident;
  const isDue = policy.severities[severity].reviewed && hadConsequences(incident);
  if (drill || cancelled || mergedInto) return false;
  return resolvedAt !== undefined && (isDue || postMortem?.requestedAt !== undefined);
};

/**
 * People suffered, customers were told, automation acted, or a person declared or acknowledged the incident. An alarm alone
 * teaches nothing.
 */
const hadConsequences = ({ harmed, publication, runs, reporter, declared, acknowledged }: Incident) =>
  harmed === true ||
  publication?.at !== undefined ||
  runs.some(({ dryRun, unchanged }) => !dryRun && !unchanged) ||
  reporter !== undefined ||
  Object.keys(declared).length > 0 ||
  acknowledged !== undefined;

/** The incident is over, but its post-mortem or action items are still to be done. */
export const isUnderReview = (incident: Incident) =>
  !isOpen(incident) && ((isReviewed(incident) && !incident.postMortem?.doneAt) || openItems(incident).length > 0);

export const openItems = ({ actionItems }: Incident) => actionItems.filter(({ done }) => !done);

/** The hours of the post-mortem count from the resolution, or from a later request. */
const reviewedFrom = ({ resolvedAt, postMortem, policy, severity }: Incident) =>
  resolvedAt && !policy.severities[severity].reviewed && (postMortem?.requestedAt ?? '') > resolvedAt
    ? postMortem?.requestedAt
    : resolvedAt;

/** The time of the review meeting; undefined while the incident is open. */
export function meetingAt(incident: Incident): string | undefined {
  const { postMortemHours, reviewTimeZone = 'UTC' } = incident.policy;
  const from = reviewedFrom(incident);
  return from && meetingTime(from, postMortemHours, reviewTimeZone);
}

/** The deadline of the post-mortem: within its hours, or after the meeting if that is later. */
export function postMortemDue(incident: Incident): string | undefined {
  const [from, meeting] = [reviewedFrom(incident), meetingAt(incident)];
  if (!from || !meeting) return undefined;
  const [within, written] = [plusMinutes(from, incident.policy.postMortemHours * HOUR), writeUpDue(meeting)];
  return written > within ? written : within;
}

/** The deadline that people were told last: a post-mortem that was late is promised for a day later. */
export const postMortemPromised = (incident: Incident) => incident.postMortem?.expectedAt ?? postMortemDue(incident);

/** The post-mortem is late: records the missed deadline and the new one. */
export const postMortemOverdue = (incident: Incident, now: string): Event => ({
  type: 'PostMortemOverdue',
  hours: incident.policy.postMortemHours,
  dueAt: postMortemPromised(incident),
  expectedAt: plusMinutes(now, REMINDER_DAYS.postMortem * DAY),
});

/** A person requests a post-mortem of an incident for which none is due. */
export function requestPostMortem(
  { id, drill, cancelled, mergedInto, policy, severity, postMortem }: Incident,
  { by, via }: Person,
): Decision {
  if (drill || cancelled) return { refused: `${id} is ${drill ? 'a drill' : 'cancelled'}: there is nothing to review` };
  if (mergedInto) return { refused: `${id} is merged into ${mergedInto.id}, which is reviewed for both` };
  const isDue = policy.severities[severity].reviewed || postMortem?.requestedAt !== undefined;
  return { events: isDue ? [] : [{ type: 'PostMortemRequested', by, via }] };
}

/** Records the outage as the metrics show it. A measurement that failed may be repeated. */
export function recordOutage({ id, drill, outage, ...incident }: Incident, measured: MeasuredOutage): Decision {
  if (drill || isOpen(incident))
    return { refused: `${id} is ${drill ? 'a drill' : incident.status}: nothing to measure` };
  const isNews = !outage || (outage.unknown !== undefined && measured.unknown === undefined);
  return { events: isNews ? [{ type: 'OutageMeasured', ...measured }] : [] };
}

/** Says why there is no post-mortem, and how to get one. */
export const notReviewed = ({ id, status, ...incident }: Incident) =>
  isOpen({ status }) && incident.policy.severities[incident.severity].reviewed
    ? `${id} is ${status} and has no post-mortem yet: it is drafted when it is resolved`
    : `${id} has no post-mortem: one is owed of a P1 or P2, and of others on request (npx incident post-mortem ${id} --request)`;

/** The reminders that are due, while the incident is open and afterwards. A drill leaves nothing to be done. */
export function reviewObligations(incident: Incident, now: string): Obligation[] {
  if (incident.drill) return [];
  const { postMortem } = incident;
  const due = isReviewed(incident) && !postMortem?.doneAt ? postMortemPromised(incident) : undefined;
  return [
    ...(due && isReminderDue(due, postMortem?.remindedAt, REMINDER_DAYS.postMortem, now)
      ? [{ type: 'remind of post-mortem' as const }]
      : []),
    ...openItems(incident)
      .filter(({ dueAt, remindedAt }) => isReminderDue(dueAt, remindedAt, REMINDER_DAYS.actionItem, now))
      .map(({ id }) => ({ type: 'remind of action item' as const, item: id })),
  ];
}

const isReminderDue = (dueAt: string, remindedAt: string | undefined, days: number, now: string) =>
  dueAt <= now && (!remindedAt || minutesBetween(remindedAt, now) >= days * DAY);

/** An incident that is reviewed raises an action item to review the runbook. */
export function withRunbookReview(incident: Incident | undefined, events: Event[], now: string): Event[] {
  const end = events.findIndex(({ type }) => type === 'Resolved');
  const resolved = events[end];
  if (!incident || resolved?.type !== 'Resolved' || resolved.cancelled) return events;
  if (!isReviewed({ ...incident, resolvedAt: now })) return events;
  const item: Event = {
    type: 'ActionItemRaised',
    item: nextItem(incident, events),
    action: 'Review the runbook',
    text: 'Update thresholds, steps and wording with what you learned, then run `npm run runbook`',
    dueAt: plusMinutes(now, RUNBOOK_DAYS * DAY),
  };
  return [...events.slice(0, end), item, ...events.slice(end)];
}

/** A person raises an action item. */
export function raiseActionItem(
  incident: Incident,
  { type: _, id: __, ...item }: Extract<PersonCommand, { type: 'raise action item' }>,
): Decision {
  const { id, drill } = incident;
  if (drill) return { refused: `${id} is a drill: it leaves nothing to be done that anybody would be reminded of` };
  const { actionItems } = incident;
  if (sizeOf([...actionItems, item]) > BOUNDS.actionItems)
    return { refused: `${id} has ${actionItems.length} action items, and no room for this one: put it into a ticket` };
  return { events: [{ type: 'ActionItemRaised', item: nextItem(incident), ...item }] };
}

type ItemCommand = Extract<PersonCommand, { type: 'change action item' | 'finish action item' }>;

/** People change or finish an action item, also when the incident is over. */
export function actionItemCommand(incident: Incident, command: ItemCommand): Decision {
  const { by, via } = command;
  const { actionItems, id } = incident;
  const item = actionItems.find(other => other.id === command.item.toUpperCase());
  if (!item) return { refused: `${id} has no action item ${command.item}: ${listOf(actionItems)}` };
  if (command.type === 'change action item') return changeActionItem(incident, item, command);
  return { events: item.done ? [] : [{ type: 'ActionItemDone', by, via, item: item.id }] };
}

/** Only fields that differ from the item's are a change. */
function changeActionItem(
  { id }: Incident,
  item: ActionItem,
  { by, via, ...given }: Extract<PersonCommand, { type: 'change action item' }>,
): Decision {
  if (item.done) return { refused: `${item.id} of ${id} was done by ${item.done.by} already` };
  const changed = (['owner', 'priority', 'dueAt'] as const).filter(
    field => given[field] !== undefined && given[field] !== item[field],
  );
  if (changed.length === 0) return { events: [] };
  const changes: Assignment = Object.fromEntries(changed.map(field => [field, given[field]]));
  return { events: [{ type: 'ActionItemChanged', by, via, item: item.id, ...changes }] };
}

const listOf = (items: ActionItem[]) =>
  items.length === 0 ? 'it has none' : `it has ${items.map(({ id }) => id).join(', ')}`;

/** A person completes the review, in their own words. Customers who were told of the incident get their part of it. */
export function finishPostMortem(
  incident: Incident,
  {
    by,
    via,
    summary,
    rootCause,
    lessons,
    dataImpact,
    customers,
  }: Extract<PersonCommand, { type: 'finish post-mortem' }>,
): Decision {
  const { id, postMortem } = incident;
  if (isOpen(incident)) return { refused: `${id} is ${incident.status}: the review begins when it is resolved` };
  if (!isReviewed(incident)) return { refused: notReviewed(incident) };
  if (postMortem?.doneAt) return { refused: `the post-mortem of ${id} was done already` };
  if (isPublic(incident) && !customers)
    return { refused: `customers were promised a post-mortem of ${id}: say what they are to read of it` };
  const found = customers && unfitForCustomers(customers, incident.policy);
  if (found) return { refused: `customers would read ${found}: say it without` };
  return { events: [{ type: 'PostMortemDone', by, via, summary, rootCause, lessons, dataImpact, customers }] };
}

/** A person states when the cause was known, or when the fix was in place. */
export function stateMilestone(
  { id, startedAt }: Incident,
  { type, by, via, text, happenedAt }: Extract<PersonCommand, { type: 'state cause' | 'state fix' }>,
  now: string,
): Decision {
  const outside =
    happenedAt > now ? 'has not come yet' : happenedAt < startedAt ? `lies before ${id} began` : undefined;
  if (outside) return { refused: `${dateTime(happenedAt)} ${outside}` };
  return {
    events: [{ type: type === 'state cause' ? 'CauseIdentified' : 'FixDeployed', by, via, text, happenedAt }],
  };
}

/** The folder of an incident's review in the bucket of reviews. */
export const folderOf = ({ id }: Pick<Incident, 'id'>) => `reviews/${id}/`;
