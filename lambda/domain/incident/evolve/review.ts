import { plusMinutes } from '../../kernel/time.ts';
import type { EventOf } from '../events.ts';
import type { ActionItem, Incident } from '../incident.ts';

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
      const { action, text, owner, priority = 'medium', at } = event;
      const dueAt = event.dueAt ?? plusMinutes(at, incident.policy.actionItemDays * 24 * 60);
      const id = `A${incident.actionItems.length + 1}`;
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
      return { postMortem: { ...incident.postMortem, remindedAt: event.at, expectedAt: event.expectedAt } };
    case 'PostMortemRequested':
      return { postMortem: { ...incident.postMortem, requestedAt: event.at } };
    case 'PostMortemDone':
      return { postMortem: { ...incident.postMortem, doneAt: event.at }, status: 'closed' };
  }
}

const changeItem = ({ actionItems }: Incident, id: string, change: Partial<ActionItem>) =>
  actionItems.map(item => (item.id === id ? { ...item, ...change } : item));
