import { dateTime } from '../kernel/time.ts';
import type { PublicStatus } from './public-incident.ts';
import { STATE_WORDS, type State } from './state.ts';

export const STATUS_WORDS: Record<PublicStatus, string> = {
  investigating: 'Investigating',
  identified: 'Identified',
  monitoring: 'Monitoring',
  resolved: 'Resolved',
  postmortem: 'Post-mortem',
};

/** The paragraphs of a text, which blank lines separate. */
export const paragraphs = (text: string) =>
  text
    .split(/\n\s*\n/)
    .map(paragraph => paragraph.trim())
    .filter(paragraph => paragraph !== '');

/** A time as a page shows it. */
export interface PageTime {
  iso: string;
  text: string;
}

export const time = (iso: string): PageTime => ({ iso, text: dateTime(iso) });

/** A state as a page shows it: a picture, named by `state`, and a word. */
export interface StateView {
  state: State;
  word: string;
}

export const stateView = (state: State): StateView => ({ state, word: STATE_WORDS[state] });

/** "API", "API and Website", "API, Website and Mail". */
export const listed = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
