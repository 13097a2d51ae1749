import type { Incident } from '../incident/incident.ts';
import { percent } from '../kernel/numbers.ts';
import { SERVICE_FACTS, serviceWords } from '../kernel/severity.ts';
import { clockSince } from '../kernel/time.ts';

/** How people are served, each line with the time of its measurement; null where nothing was measured. */
export interface Situation {
  /** "09:06 UTC: 40 % of requests failing" */
  worst: string | null;
  /** "09:21 UTC: 0 % of requests failing, 0.1 s for an answer on average" */
  now: string | null;
}

/** @param now the time of the message, in ISO 8601 and UTC: times of another day get their date */
export function situation({ worst, facts, measuredAt }: Incident, now: string): Situation {
  const at = SERVICE_FACTS.flatMap(fact => (facts[fact] === undefined ? [] : (measuredAt[fact] ?? [])))
    .sort()
    .at(-1);
  return {
    worst: worst ? `${clockSince(now, worst.at)} UTC: ${percent(worst.share)} of requests failing` : null,
    now: at ? `${clockSince(now, at)} UTC: ${serviceWords(facts)}` : null,
  };
}
