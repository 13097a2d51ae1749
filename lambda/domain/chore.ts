import type { Decision, PersonCommand } from './incident/commands.ts';
import type { Incident } from './incident/incident.ts';
import { REVIEW_PLAYBOOK } from './incident/policy.ts';
import type { Signal } from './incident/signal.ts';
import { minutesBetween } from './kernel/time.ts';
import { openItems } from './review/review.ts';

/** Days from the beginning of a quarter in which its review may still be opened: minutes that were missed are made up for. */
const WINDOW_DAYS = 14;

/**
 * The runbook's quarterly review, as the signal that opens it; undefined in the rest of the quarter, so that a service first
 * deployed then is not greeted with it. It is the same each time it is asked for: what was received already changes nothing.
 */
export function runbookReviewDue(service: string, now: string): Signal | undefined {
  const date = new Date(now);
  const [year, quarter] = [date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3)];
  const at = new Date(Date.UTC(year, quarter * 3)).toISOString();
  if (minutesBetween(at, now) >= WINDOW_DAYS * 24 * 60) return undefined;
  const name = `${year}-Q${quarter + 1}`;
  return {
    ...{ id: `review/${name}`, key: `review:${name}`, state: 'firing', level: 'info', at },
    ...{ service, playbook: REVIEW_PLAYBOOK.name },
    summary: `${name} has begun: are thresholds, steps, people and wording still right? What is not belongs into the configuration and the templates; then npm run runbook`,
  };
}

/** What people may do to work that fell due as to any incident. */
const AS_EVER: readonly PersonCommand['type'][] = ['acknowledge', 'take command', 'note'];

/** What else people do to it: declaring it over does it, and the rest is for trouble. Undefined where it is as ever. */
export function toChore(incident: Incident, command: PersonCommand): Decision | undefined {
  if (!incident.policy.playbook.chore || AS_EVER.includes(command.type)) return undefined;
  if (command.type !== 'resolve')
    return { refused: `${incident.id} is work that fell due, and no trouble: finish its action item` };
  const { by, via, reason, cancelled } = command;
  return {
    events: [
      ...openItems(incident).map(({ id: item }) => ({ type: 'ActionItemDone' as const, by, via, item })),
      { type: 'Resolved', by, via, reason, cancelled },
    ],
  };
}
