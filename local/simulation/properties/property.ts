import type { Entry, RecordedIncident } from '../../world/world.ts';
import type { Chronicle } from '../chronicle.ts';

/** Something that must hold in every world. */
export interface Property {
  name: string;
  /** What goes against it, in words; nothing where it holds. */
  violations(chronicle: Chronicle): string[];
}

export const MINUTE = 60_000;

/** A time in milliseconds, from and until. */
export interface Span {
  from: number;
  to: number;
}

export const millis = (at: string) => Date.parse(at);
export const minuteOf = ({ began }: Chronicle, at: string | number) =>
  Math.round(((typeof at === 'number' ? at : millis(at)) - millis(began)) / 6000) / 10;

export const overlaps = (one: Span, other: Span) => one.from < other.to && other.from < one.to;
export const isWithin = (at: number, spans: readonly Span[]) => spans.some(({ from, to }) => from <= at && at < to);

/** Each event of every incident, with its incident. */
export const entriesOf = (
  { incidents }: Chronicle,
  ...types: string[]
): { incident: RecordedIncident; entry: Entry }[] =>
  incidents.flatMap(incident =>
    incident.timeline.flatMap(entry => (types.includes(entry.type) ? [{ incident, entry }] : [])),
  );

/** Incidents, two and two, that were open at once. */
export function openAtOnce(
  incidents: readonly RecordedIncident[],
  ended: string,
): [RecordedIncident, RecordedIncident][] {
  const lives = incidents.map(incident => ({
    incident,
    from: millis(incident.timeline[0]?.at ?? ''),
    to: millis(endOf(incident)?.at ?? ended),
  }));
  return lives.flatMap((life, i) =>
    lives
      .slice(i + 1)
      .filter(other => overlaps(life, other))
      .map((other): [RecordedIncident, RecordedIncident] => [life.incident, other.incident]),
  );
}

/** True if a message names the incident, in words or in a link. */
export const isAbout = ({ body, subject }: { body: string; subject: string }, { id }: Pick<RecordedIncident, 'id'>) =>
  [body, subject].some(text => text.includes(id) || text.includes(`.${id.replace(/\D/g, '')}.`));

/** When the incident was over, by resolution or by merge. */
export const endOf = ({ timeline }: RecordedIncident): Entry | undefined =>
  timeline.find(({ type }) => type === 'Resolved' || type === 'MergedInto');
