import type { IncidentEvent } from './events.ts';
import { fold } from './evolve.ts';
import type { Incident } from './incident.ts';

/** An incident with all its events, for what looks back: the post-mortem, the figures, the whole timeline. */
export interface IncidentHistory extends Incident {
  timeline: readonly IncidentEvent[];
}

/** The incident that these events describe. @throws Error for an empty timeline. */
export const historyOf = (timeline: readonly IncidentEvent[]): IncidentHistory => ({ ...fold(timeline), timeline });

/** Events of an incident that one answer shows: answers of Lambda are limited to 6 MB. */
export const MOST_EVENTS = 2000;
