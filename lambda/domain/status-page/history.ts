import { duration } from '../kernel/time.ts';
import type { SiteInput } from './site.ts';
import { affects, isMeasured, STATE_WORDS, STATES, type State, stateOf, worst } from './state.ts';

/** The page shows this many days, today included. */
export const DAYS = 90;

const MINUTE = 60_000;
const DAY = 1440;
/** A day may lack this many minutes of measurement, as when the responder is deployed; with more, it is "measured in part". */
const TOLERATED_GAP = 15;

/** Fewer days with data make no figure: one incident on the first day of a page would read as 38 %. */
const FEWEST_DAYS = 7;

/** A period of an incident or of announced maintenance, in milliseconds since 1970. */
interface Span {
  from: number;
  to: number;
  state: State;
  event: HistoryEvent;
}

export interface HistoryEvent {
  name: string;
  /** The page about it. */
  path: string;
}

export interface Day {
  date: string;
  /** The worst state of the day. */
  state: State;
  /** Part of the day was not measured. */
  partly: boolean;
  text: string;
  events: HistoryEvent[];
  /** Minutes of which the state is known, and the downtime in these: minutes, each counted by its weight. */
  known: number;
  down: number;
}

export interface History {
  /** The oldest first. */
  days: Day[];
  /** One minus the share of downtime in the known time, 0 to 1, rounded down to four decimals; undefined while too few days have data. */
  uptime?: number | undefined;
  /** Number of days of which something is known. */
  knownDays: number;
}

/** The weight of a minute as downtime, as Statuspage has it. Slowness and announced maintenance have none. */
const WEIGHTS: Partial<Record<State, number>> = { major_outage: 1, partial_outage: 0.3 };

/** Pages and API tell the same history of a site. */
const known = new WeakMap<SiteInput, Map<string, History>>();

/** The last 90 days of a component, from its incidents, maintenances and the measured minutes. */
export function history(site: SiteInput, component: string): History {
  const ofSite = known.get(site) ?? new Map<string, History>();
  known.set(site, ofSite);
  const found = ofSite.get(component) ?? historyOf(site, component);
  ofSite.set(component, found);
  return found;
}

function historyOf(site: SiteInput, component: string): History {
  const spans = spansOf(site, component);
  const today = Date.parse(site.now.slice(0, 10));
  const now = Date.parse(site.now);
  const days = Array.from({ length: DAYS }, (_, index) => today - (DAYS - 1 - index) * DAY * MINUTE).map(start =>
    dayOf(site, spans, start, now),
  );
  const known = sum(days.map(day => day.known));
  const down = sum(days.map(day => day.down));
  const knownDays = days.filter(day => day.known > 0).length;
  return { days, uptime: knownDays >= FEWEST_DAYS ? rounded((known - down) / known) : undefined, knownDays };
}

/** Down to the hundredth of a per cent, so that only full uptime reads as 100 %. */
const rounded = (share: number) => (share === 1 ? 1 : Math.floor(share * 10_000) / 10_000);

/** Why there is no figure; null when there is one. */
export const noUptime = ({ uptime, knownDays }: Pick<History, 'uptime' | 'knownDays'>): string | null =>
  uptime === undefined ? `fewer than ${FEWEST_DAYS} days of data: ${knownDays}` : null;

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

function dayOf(site: SiteInput, all: Span[], start: number, now: number): Day {
  const date = new Date(start).toISOString().slice(0, 10);
  const midnight = start + DAY * MINUTE;
  const end = Math.min(midnight, now);
  // A span that began just now has no minutes yet, but belongs to today.
  const spans = all.filter(({ from, to }) => from < midnight && to >= start && (to > start || from === to));
  const minutes = minutesByState(spans, start, end);
  const elapsed = (end - start) / MINUTE;
  const measured = Math.min(elapsed, (site.measured.days[date] ?? 0) * DAY);
  const missing = elapsed - measured;
  // At the start of a day no minute is measured yet: if the service is measured now, the day counts as known.
  const whole = missing <= TOLERATED_GAP && (measured > 0 || (end < midnight && isMeasured(site)));
  const outages = [...minutes].flatMap(([state, length]) =>
    WEIGHTS[state] ? [{ length, weight: WEIGHTS[state] }] : [],
  );
  const state = worst(spans.map(({ state }) => state));
  return {
    date,
    state: state === 'operational' && !whole && measured === 0 ? 'no_data' : state,
    partly: !whole,
    text: textOf(state, minutes, { whole, measured, over: end === midnight }),
    events: spans.map(({ event }) => event),
    known: whole ? elapsed : Math.max(measured, sum(outages.map(({ length }) => length))),
    down: sum(outages.map(({ length, weight }) => length * weight)),
  };
}

/** Minutes of each state between two times; where two overlap, the worse counts. */
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
  const parts = STATES.toReversed().flatMap(each => {
    const length = minutes.get(each);
    return length ? [`${STATE_WORDS[each]} for ${duration(Math.max(1, length))}`] : [];
  });
  if (state !== 'operational' && parts.length === 0) parts.push(STATE_WORDS[state]);
  const text = parts.map((part, index) => (index === 0 ? part : part.toLowerCase())).join(', ');
  if (whole) return text || (over ? 'No incidents' : 'No incidents so far');
  if (measured === 0) return text ? `${text}; otherwise no data` : 'No data';
  return `${text || 'No incidents'}; measured for only ${duration(measured)}`;
}
