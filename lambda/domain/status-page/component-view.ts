import type { Component } from '../incident/service-policy.ts';
import type { Render } from '../kernel/templates.ts';
import { DAYS, type Day, type History, type HistoryEvent, history } from './history.ts';
import type { SiteInput } from './site.ts';
import { componentState } from './state.ts';
import { type StateView, stateView } from './words.ts';

/** A component's state now, and day by day. */
export interface ComponentView {
  id: string;
  name: string;
  description: string;
  now: StateView;
  uptime: string;
  /** The days, the oldest first, each as `day.html` shows it: of most of them nothing changes from one page to the next. */
  bars: string;
  /** The number of days with incidents, maintenance or missing data; null when there are none. */
  summary: string | null;
  /** The same days in words, the newest first; consecutive days without data are one line. */
  told: { from: string; to: string; state: StateView; text: string; events: HistoryEvent[] }[];
  /** True when there are days that `told` does not list. */
  others: boolean;
}

export function componentView(site: SiteInput, { id, name, description }: Component, render: Render): ComponentView {
  const past = history(site, id);
  const notable = past.days.filter(({ state, partly }) => state !== 'operational' || partly);
  return {
    ...{ id, name, description },
    now: stateView(componentState(site, id)),
    uptime: uptimeText(past),
    bars: past.days
      .map(({ date, state, partly, text }) => render('status-page/day.html', { date, state, partly, text }))
      .join(''),
    summary: summary(notable),
    told: lines(notable.reverse()),
    others: notable.length < DAYS,
  };
}

const inDays = (number: number) => `${number} ${number === 1 ? 'day' : 'days'}`;

function uptimeText({ uptime, knownDays }: History): string {
  if (knownDays === 0) return 'No data';
  if (uptime === undefined) return `No uptime yet: ${inDays(knownDays)} with data`;
  const percent = uptime === 1 ? '100' : (uptime * 100).toFixed(2);
  return `${percent} % uptime${knownDays < DAYS ? ` in ${inDays(knownDays)} with data` : ''}`;
}

function summary(notable: Day[]): string | null {
  const count = (matches: (day: Day) => boolean) => notable.filter(matches).length;
  const maintenance = count(({ state }) => state === 'under_maintenance');
  const without = count(({ state }) => state === 'no_data');
  const partly = count(({ state }) => state === 'operational');
  const parts: [number, string][] = [
    [notable.length - maintenance - without - partly, 'with incidents'],
    [maintenance, 'with maintenance'],
    [without, 'without data'],
    [partly, 'measured in part'],
  ];
  return (
    parts
      .filter(([number]) => number > 0)
      .map(([number, what]) => `${inDays(number)} ${what}`)
      .join(', ') || null
  );
}

/** The days as lines, the newest first; consecutive days without data become one line. */
function lines(days: Day[]): ComponentView['told'] {
  const found: ComponentView['told'] = [];
  for (const { date, state, text, events } of days) {
    const last = found.at(-1);
    const follows = last && Date.parse(last.from) - Date.parse(date) === 86_400_000;
    if (state === 'no_data' && last?.state.state === 'no_data' && follows) last.from = date;
    else found.push({ from: date, to: date, state: stateView(state), text, events });
  }
  return found;
}
