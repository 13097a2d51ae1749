import type { IncidentEvent } from '../incident/events.ts';

/** A line of the timeline: an event, or the last of several that say the same. */
export interface TimelineLine {
  event: IncidentEvent;
  /** How often it happened. */
  times: number;
  /** When it happened first. */
  since: string;
}

/**
 * The timeline with repetitions counted: reminders, pages, routine updates and deliveries that say the same as one before,
 * with nothing else in between, are one line at the place of the last.
 *
 * @example condensed(timeline).map(({ event, times }) => `${event.at} ${event.type}${times > 1 ? ` (${times} times)` : ''}`)
 */
export function condensed(timeline: readonly IncidentEvent[]): TimelineLine[] {
  const lines: TimelineLine[] = [];
  let repeatable = new Map<string, TimelineLine>();
  for (const event of timeline) {
    const routine = routineOf(event);
    if (routine === undefined) repeatable = new Map();
    const earlier = routine === undefined ? undefined : repeatable.get(routine);
    const line = { event, times: (earlier?.times ?? 0) + 1, since: earlier?.since ?? event.at };
    if (earlier) lines.splice(lines.lastIndexOf(earlier), 1);
    lines.push(line);
    if (routine !== undefined) repeatable.set(routine, line);
  }
  return lines;
}

/** The content of a routine event without its time; undefined for any other event. */
function routineOf(event: IncidentEvent): string | undefined {
  switch (event.type) {
    case 'Reminded':
      return `${event.type} ${event.level}`;
    case 'PageSent':
      return `${event.type} ${event.level} ${event.to} ${event.urgency}`;
    case 'UpdatePosted':
      return event.text === undefined ? `${event.type} ${event.to} ${event.status}` : undefined;
    case 'MessageDelivered':
      return `${event.type} ${event.channel}`;
    case 'SignalFlaps':
      return `${event.type} ${event.key}`;
    case 'SettlingFailed':
      return `${event.type} ${event.checks.map(({ check, passed }) => `${check} ${passed}`).join()}`;
    default:
      return undefined;
  }
}
