import type { WorldEvent } from 'embedded-aws';
import type { Rehearsed, Summary } from '../../rehearsal/rehearse.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Entry, RecordedIncident } from '../../world/world.ts';
import type { Part } from '../print.ts';
import { cut, layOut, type Row, type Section, WIDTH } from './layout.ts';
import { remedies } from './remedies.ts';
import { customers, people } from './told.ts';

/** Kinds of events that the story is made of, beside the incidents' own. */
const TOLD = ['service', 'person', 'event'];

/** Listens to a rehearsal, and tells its story when it is over. */
export function recordStory() {
  const events: WorldEvent[] = [];
  return {
    listen: (event: WorldEvent) => {
      if (TOLD.includes(event.type)) events.push(event);
    },
    /** The first is the title. */
    linesOf: (scenario: Scenario | undefined, rehearsed: Rehearsed): Part[][] => [
      titleOf(scenario),
      ...storyOf(rehearsed, events),
    ],
  };
}

export const titleOf = (scenario: Scenario | undefined): Part[] => [['bold', scenario?.title ?? EVENTS]];

/** Events have no title of their own. */
export const EVENTS = 'Events sent through the synthesised rules';

/** A rehearsal in the lines of a terminal's window. */
function storyOf({ summary, world }: Rehearsed, events: readonly WorldEvent[]): Part[][] {
  const incidents = [...world.incidents.values()];
  const timeline = incidents.flatMap(incident => incident.timeline).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const sections: Section[] = [
    { label: summary.matched ? 'Sent' : 'Broke', rows: faults(events), most: 2 },
    { label: 'Noticed', rows: noticed(incidents, summary), most: 2 },
    { label: 'Found', rows: found(timeline), most: MOST_FOUND },
    { label: 'Tried', rows: remedies(timeline, events), most: 5 },
    { label: 'Told', rows: people(world, timeline), most: 4 },
    { label: 'Customers', rows: customers(world), most: 1 },
    { label: 'Took', rows: took(summary), most: 2 },
  ];
  return [...layOut(sections.filter(({ rows }) => rows.length > 0)), [], ...verdict(summary), more(summary)];
}

const faults = (events: readonly WorldEvent[]): Row[] =>
  events.flatMap(({ type, at, ...event }): Row[] => {
    if (type === 'service' && event['fault']) return [{ at, text: String(event['change']) }];
    if (type !== 'event') return [];
    const rules = event['rules'] as string[];
    return [
      {
        at,
        text: `${event['detailType']}: ${rules.length > 0 ? `matches ${rules.join(', ')}` : 'matches no rule'}`,
      },
    ];
  });

function noticed(incidents: readonly RecordedIncident[], { incident }: Summary): Row[] {
  if (!incident) return [{ text: 'nothing: no incident was opened' }];
  return incidents.map(({ id, openedAt, timeline }) => {
    const [opened] = timeline;
    const title = timeline.findLast(({ type }) => type === 'CauseFound')?.['title'] ?? opened?.['title'];
    const into = timeline.find(({ type }) => type === 'MergedInto')?.['into'];
    const what = `${opened?.['drill'] ? '[DRILL] ' : ''}${severities(timeline)} ${title}`;
    return { at: openedAt, text: `${what}${into ? `, merged into ${into}` : ''} (${id})`, style: 'bold' as const };
  });
}

/** The first severity and the worst, e.g. `P3, later P1`. */
function severities(timeline: readonly Entry[]): string {
  const all = timeline.flatMap(({ type, severity }) => (type === 'SeverityAssigned' ? [String(severity)] : []));
  const worst = all.toSorted()[0] ?? '';
  return all[0] === worst ? worst : `${all[0]}, later ${worst}:`;
}

const MOST_FOUND = 3;

/** The findings of the first diagnosis that found anything. */
function found(timeline: readonly Entry[]): Row[] {
  const diagnoses = timeline.filter(({ type }) => type === 'DiagnosisRecorded');
  for (const { at, findings } of diagnoses) {
    const bad = (findings as { ok: boolean; summary: string }[]).filter(({ ok }) => !ok);
    if (bad.length > 0)
      return bad.slice(0, MOST_FOUND).map(({ summary: text }, i) => ({ ...(i === 0 ? { at } : {}), text }));
  }
  return diagnoses[0] ? [{ at: diagnoses[0].at, text: 'no check finds anything wrong' }] : [];
}

function took({ minutes: { detect, page, mitigate, resolve, outage }, incident }: Summary): Row[] {
  if (!incident) return [];
  const within = (what: string, minutes: number | null) => (minutes === null ? [] : [`${what} in ${lasting(minutes)}`]);
  const together = detect !== null && page !== null && lasting(detect) === lasting(page);
  const parts = [
    ...(together ? within('noticed and paged', page) : [...within('noticed', detect), ...within('paged', page)]),
    ...(outage === null ? within('recovered', mitigate) : [`harm for ${lasting(outage)}`]),
    ...(resolve === null ? ['not resolved yet'] : within('resolved', resolve)),
  ];
  return [{ text: parts.join(', ') }];
}

/** Where there is more to read. */
const more = ({ scenario = 'event' }: Summary): Part[] => [
  ['dim', `--verbose shows all; what was sent is in out/${scenario}/.`],
];

function lasting(minutes: number): string {
  if (minutes < 1) return `${Math.round(minutes * 60)} s`;
  const whole = Math.round(minutes);
  if (whole < 120) return `${whole} min`;
  const hours = Math.floor(whole / 60);
  return hours < 48 ? `${hours} h ${whole % 60} min` : `${Math.round(hours / 24)} days`;
}

function verdict({ kept, promises, matched }: Summary): Part[][] {
  if (matched) return [['Nothing was expected of it.']];
  const broken = promises.filter(promise => !promise.kept);
  const total = `${promises.length - broken.length} of ${promises.length} expectations hold`;
  return [
    kept ? [['green', `It ended as expected: ${total}.`]] : [['red', `It did not end as expected: ${total}.`]],
    // For more there is no room.
    ...broken.slice(0, 1).map(({ promise }): Part[] => [['red', cut(`✗ ${promise}`, WIDTH)]]),
  ];
}
