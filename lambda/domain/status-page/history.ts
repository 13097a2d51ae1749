import { duration } from '../kernel/time.ts';
import type { SiteInput } from './site.ts';
import { affects, isMeasured, STATE_WORDS, STATES, type State, stateOf, worst } from './state.ts';

/** Days that the page looks back, today included. */
export const DAYS = 90;

const MINUTE = 60_000;
const DAY = 1440;
/** Minutes of a day that may be missing, as they are when the service is deployed; with more, it was measured in part. */
const GAP = 15;

/** What was the matter for a while: an incident, or announced work. */
interface Span {
  from: number;
  to: number;
  state: State;
  event: HistoryEvent;
}

export interface HistoryEvent {
  name: string;
  /** The page that tells of it. */
  path: string;
}

export interface Day {
  date: string;
  /** The worst of it. */
  state: State;
  /** Some of it was not measured. */
  partly: boolean;
  text: string;
  events: HistoryEvent[];
  /** Minutes of which it is known how the service was, and how many of these it was down. */
  known: number;
  down: number;
}

export interface History {
  /** The oldest first. */
  days: Day[];
  /** Share of what is known that it was not down, 0 to 1; undefined while nothing is. */
  uptime?: number | undefined;
  /** Days of which something is known. */
  knownDays: number;
}

/** An outage, in part or in whole; what is merely slow is up, and so is what was announced. */
const isDown = (state: State) => state === 'partial_outage' || state === 'major_outage';

/** The last 90 days of a component: what of each is known, from incidents and from what was measured. */
export function history(site: SiteInput, component: string): History {
  const spans = spansOf(site, component);
  const today = Date.parse(site.now.slice(0, 10));
  const days = Array.from({ length: DAYS }, (_, index) => today - (DAYS - 1 - index) * DAY * MINUTE).map(start =>
    dayOf(site, spans, start),
  );
  const known = sum(days.map(day => day.known));
  const down = sum(days.map(day => day.down));
  return {
    days,
    uptime: known > 0 ? (known - down) / known : undefined,
    knownDays: days.filter(day => day.known > 0).length,
  };
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

const spansOf = ({ incidents, maintenance, now }: SiteInput, component: string): Span[] => [
  ...incidents
    .filter(incident => affects(incident, component) && stateOf(incident) !== 'operational')
    .flatMap(
      ({
        id,
        name,
        startedAt: from,
        resolvedAt,
        endedAt: to = resolvedAt,
        impact,
        disruptions = [{ from, to, impact }],
      }) =>
        disruptions.map(disruption => ({
          from: Date.parse(disruption.from),
          to: Date.parse(disruption.to ?? now),
          state: stateOf(disruption),
          event: { name, path: `/incidents/${id}.html` },
        })),
    ),
  ...maintenance
    .filter(planned => planned.components.includes(component) && planned.from <= now)
    .map(({ id, title, from, to }) => ({
      from: Date.parse(from),
      to: Date.parse(to),
      state: 'under_maintenance' as const,
      event: { name: title, path: `/maintenance/${id}.html` },
    })),
];

function dayOf(site: SiteInput, all: Span[], start: number): Day {
  const date = new Date(start).toISOString().slice(0, 10);
  const midnight = start + DAY * MINUTE;
  const end = Math.min(midnight, Date.parse(site.now));
  // One that began just now has no minutes yet, and is today's all the same.
  const spans = all.filter(({ from, to }) => from < midnight && to >= start && (to > start || from === to));
  const minutes = minutesByState(spans, start, end);
  const elapsed = (end - start) / MINUTE;
  const measured = Math.min(elapsed, (site.measured.days[date] ?? 0) * DAY);
  const missing = elapsed - measured;
  // Of a day that has only begun, what is known now is known of all of it.
  const whole = missing <= GAP && (measured > 0 || (end < midnight && isMeasured(site)));
  const down = sum([...minutes].filter(([state]) => isDown(state)).map(([, length]) => length));
  const told = worst(spans.map(({ state }) => state));
  return {
    date,
    state: told === 'operational' && !whole && measured === 0 ? 'no_data' : told,
    partly: !whole,
    text: textOf(told, minutes, { whole, measured, over: end === midnight }),
    events: spans.map(({ event }) => event),
    known: whole ? elapsed : Math.max(measured, down),
    down,
  };
}

/** Minutes of each state between two times; where two were at once, the worse counts. */
function minutesByState(spans: Span[], start: number, end: number): Map<State, number> {
  const within = (time: number) => Math.max(start, Math.min(end, time));
  const edges = [...new Set(spans.flatMap(({ from, to }) => [within(from), within(to)]))].sort((a, b) => a - b);
  const minutes = new Map<State, number>();
  for (const [index, next] of edges.slice(1).entries()) {
    const edge = edges[index] ?? next;
    const state = worst(spans.filter(({ from, to }) => from <= edge && to >= next).map(span => span.state));
    minutes.set(state, (minutes.get(state) ?? 0) + (next - edge) / MINUTE);
  }
  minutes.delete('operational');
  return minutes;
}

/** A day in words. */
function textOf(
  state: State,
  minutes: Map<State, number>,
  { whole, measured, over }: { whole: boolean; measured: number; over: boolean },
): string {
  const told = STATES.toReversed().flatMap(each => {
    const length = minutes.get(each);
    return length ? [`${STATE_WORDS[each]} for ${duration(Math.max(1, length))}`] : [];
  });
  if (state !== 'operational' && told.length === 0) told.push(STATE_WORDS[state]);
  const said = told.map((part, index) => (index === 0 ? part : part.toLowerCase())).join(', ');
  if (whole) return said || (over ? 'No incidents' : 'No incidents so far');
  if (measured === 0) return said ? `${said}; otherwise no data` : 'No data';
  return `${said || 'No incidents'}; measured for only ${duration(measured)}`;
}
