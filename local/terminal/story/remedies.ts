import type { WorldEvent } from 'embedded-aws';
import type { Entry } from '../../world/world.ts';
import type { Style } from '../print.ts';
import type { Row } from './layout.ts';

/** The share of requests that fail, by the diagnosis and the measurements in between. */
const FAILING = 'usersAffectedShare';

/** Everything that automation and people tried against the trouble, each with what came of it. */
export function remedies(timeline: readonly Entry[], events: readonly WorldEvent[]): Row[] {
  const runs = counted(timeline.flatMap(entry => rowOf(entry, timeline)));
  const people = events
    .filter(isDeed)
    .map((event): Row => ({ at: event.at, text: `${event['who']} ${event['does']}` }));
  const rows = [...runs, ...people, ...ends(timeline)].sort((a, b) => Date.parse(a.at ?? '') - Date.parse(b.at ?? ''));
  return rows.length > 0 ? rows : [{ text: 'nothing' }];
}

/** A deed of people beyond answering messages. */
const isDeed = ({ type, ...event }: WorldEvent) => type === 'person' && !String(event['does']).startsWith('opens ');

function rowOf(entry: Entry, timeline: readonly Entry[]): Row[] {
  const { at, type, title: text, step } = entry;
  if (type === 'StepStarted' && !entry['preview']) {
    const [end, endStyle] = outcomeOf(entry, timeline);
    const approved = timeline.findLast(
      other => other.type === 'ApprovalGiven' && other['step'] === step && other.at <= at,
    );
    return [{ at, text, end: `: ${approved ? `approved by ${approved['by']}, ` : ''}${end}`, endStyle }];
  }
  if (type !== 'ApprovalRequested') return [];
  const after = timeline.slice(timeline.indexOf(entry));
  const answer = after.find(other => ANSWERS.includes(other.type) && other['step'] === step);
  // An approved step is told as it is run.
  if (answer?.type === 'ApprovalGiven') return [];
  return [{ at, text, end: `: ${answered(answer)}`, endStyle: 'yellow' }];
}

const ANSWERS = ['ApprovalGiven', 'ApprovalDeclined'];

function answered(answer: Entry | undefined): string {
  if (!answer) return 'awaits approval';
  return answer['by'] === 'time' ? 'not approved in time' : `declined by ${answer['by']}`;
}

function outcomeOf({ run, dryRun, undoes, at }: Entry, timeline: readonly Entry[]): [end: string, style: Style] {
  if (dryRun) return ['dry run', 'yellow'];
  const ended = timeline.find(({ type, run: other }) => other === run && /^Step(Succeeded|Failed)$/.test(type));
  if (!ended) return ['under way', 'yellow'];
  const { type, impact, unchanged } = ended;
  const succeeded = type === 'StepSucceeded';
  if (undoes) return succeeded ? ['done', 'green'] : ['could not be done', 'red'];
  const measured = measuredChange(timeline, at, ended.at);
  if (succeeded || impact === 'relieved')
    return cameBack(timeline, ended.at) ? [`helped for a while${measured}`, 'yellow'] : [`helped${measured}`, 'green'];
  if (unchanged) return ['could not be run', 'red'];
  return [`${impact === 'harmful' ? 'made it worse' : 'did not help'}${measured}`, 'red'];
}

/** True if people were measured to suffer again later. */
const cameBack = (timeline: readonly Entry[], since: string) =>
  failing(timeline.filter(({ at }) => at > since)).some(share => share >= SUFFERING);

/** The share of failing requests from which people suffer. */
const SUFFERING = 0.05;

/** The share of failing requests before a step and after it, where it was measured. */
function measuredChange(timeline: readonly Entry[], from: string, to: string): string {
  const before = failing(timeline.filter(({ at }) => at <= from)).at(-1);
  const after = failing(timeline.filter(({ at }) => at >= to))[0];
  if (before === undefined || after === undefined || before < 0.01) return '';
  return ` (${points(before)}→${points(after)} % fail)`;
}

const points = (share: number) => Math.round(share * 100);

const failing = (entries: readonly Entry[]): number[] =>
  entries.flatMap(({ facts, findings = [] }) => {
    const found = [facts, ...findings.map(({ facts }: Entry) => facts)].map(own => own?.[FAILING]);
    return found.filter(value => typeof value === 'number');
  });

/** The same row again is told once, with how often it came. */
function counted(rows: readonly Row[]): Row[] {
  const same = Map.groupBy(rows, ({ text, end }) => text + end);
  return [...same.values()].flatMap(([first, ...others]) =>
    first
      ? [{ ...first, end: others.length > 0 ? `${first.end}, ${others.length + 1} times` : (first.end ?? '') }]
      : [],
  );
}

/** The moment at which automation gave it to people. */
function ends(timeline: readonly Entry[]): Row[] {
  const handed = timeline.find(({ type }) => type === 'HandedOver');
  if (!handed) return [];
  const before = timeline.slice(0, timeline.indexOf(handed));
  return [{ at: handed.at, text: 'Automation handed over to people', end: `: ${whyOf(before)}` }];
}

function whyOf(before: readonly Entry[]): string {
  const has = (wanted: string) => before.some(({ type }) => type === wanted);
  const runs = before.filter(({ type, preview }) => type === 'StepStarted' && !preview);
  if (runs.some(({ dryRun }) => !dryRun) || has('ApprovalDeclined')) return 'no step is left';
  if (runs.length > 0) return 'it may change nothing';
  return has('StepSkipped') ? 'no step fits what was measured' : 'there is nothing it could do';
}
