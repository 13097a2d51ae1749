import { plusMinutes } from '../../kernel/time.ts';
import type { EventOf } from '../events.ts';
import type { ActionItem, Incident } from '../incident.ts';
import { withUpdate } from '../public-updates.ts';

/** Action items, the measured outage and the post-mortem: the work that follows an incident. */
export function evolveReview(
  incident: Incident,
  event: EventOf<
    | 'ActionItemRaised'
    | 'ActionItemChanged'
    | 'ActionItemDone'
    | 'ActionItemDue'
    | 'OutageMeasured'
    | 'PostMortemDrafted'
    | 'PostMortemOverdue'
    | 'PostMortemRequested'
    | 'PostMortemDone'
  >,
): Partial<Incident> {
  switch (event.type) {
    case 'ActionItemRaised': {
      const { item: id, action, text, owner, priority = 'medium', at } = event;
      const dueAt = event.dueAt ?? plusMinutes(at, incident.policy.actionItemDays * 24 * 60);
      return { actionItems: [...incident.actionItems, { id, action, text, owner, priority, dueAt }] };
    }
    case 'ActionItemChanged': {
      const { owner, priority, dueAt } = event;
      const given = Object.entries({ owner, priority, dueAt }).filter(([, value]) => value !== undefined);
      // A new due date brings a new reminder.
      const reminder = dueAt === undefined ? {} : { remindedAt: undefined };
      return { actionItems: changeItem(incident, event.item, { ...Object.fromEntries(given), ...reminder }) };
    }
    case 'ActionItemDone': {
      const { item, by, via, at } = event;
      return { actionItems: changeItem(incident, item, { done: { by, via, at } }) };
    }
    case 'ActionItemDue':
      return { actionItems: changeItem(incident, event.item, { remindedAt: event.at }) };
    case 'OutageMeasured': {
      const { from, to, open, worst, slowest, unknown } = event;
      return { outage: { from, to, open, worst, slowest, unknown } };
    }
    case 'PostMortemDrafted': {
      const { url, author, meeting } = event;
      return { postMortem: { ...incident.postMortem, url, author, meeting } };
    }
    case 'PostMortemOverdue':
      return {
        postMortem: { ...incident.postMortem, remindedAt: event.at, expectedAt: event.expectedAt },
        publicUpdates: withLatePostMortem(incident, event),
      };
    case 'PostMortemRequested':
      return { postMortem: { ...incident.postMortem, requestedAt: event.at } };
    case 'PostMortemDone':
      return {
        postMortem: { ...incident.postMortem, doneAt: event.at },
        status: 'closed',
        ...(event.customers && incident.publication?.at
          ? {
              publicUpdates: withUpdate(incident, {
                ...{ kind: 'post-mortem', seq: event.seq, at: event.at, status: 'closed', text: event.customers },
              }),
            }
          : {}),
      };
  }
}

const changeItem = ({ actionItems }: Incident, id: string, change: Partial<ActionItem>) =>
  actionItems.map(item => (item.id === id ? { ...item, ...change } : item));

/** Only the last announcement of a new deadline is shown. */
function withLatePostMortem(
  { publicUpdates, fixed }: Incident,
  { seq, at, expectedAt }: EventOf<'PostMortemOverdue'>,
): Incident['publicUpdates'] {
  const others = publicUpdates.filter(({ kind }) => kind !== 'late');
  if (!expectedAt) return others;
  return withUpdate(
    { publicUpdates: others, fixed },
    { kind: 'late', seq, at, status: 'resolved', nextAt: expectedAt },
  );
}
