import { CHECKS } from '../../lambda/domain/incident/checks.ts';
import { percent } from '../../lambda/domain/kernel/numbers.ts';
import { type Written, wordsOf } from '../../local/messages/written.ts';
import type { Entry, RecordedIncident, RehearsalWorld } from '../../local/world/world.ts';

/** One kind of thing that must not stand in a text for people. */
interface Fault {
  name: string;
  /** The words at fault; undefined in a text without fault. */
  in: (words: string, written: Written, world: RehearsalWorld) => string | undefined;
}

const matching = (pattern: RegExp) => (words: string) => pattern.exec(words)?.[0];

/** Single words are English as well. */
const FACTS = Object.values(CHECKS)
  .flat()
  .filter(name => /[A-Z]/.test(name));

/** A step's name within a runbook's, a command or a path is the name of that. */
const stepsIn = ({ incidents }: RehearsalWorld) => [
  ...new Set(timelinesOf(incidents).flatMap(({ step }) => (typeof step === 'string' ? [step] : []))),
];

const timelinesOf = (incidents: RehearsalWorld['incidents']) =>
  [...incidents.values()].flatMap(({ timeline }) => timeline);

const FAULTS: readonly Fault[] = [
  { name: 'a fact identifier', in: matching(new RegExp(`\\b(?:${FACTS.join('|')})\\b`)) },
  { name: 'an entry number', in: matching(/\b(?:entry|entries|event number) \d+\b/i) },
  {
    name: 'a step identifier',
    in: (words, _, world) =>
      stepsIn(world)
        .map(step => new RegExp(`(?<![\\w/.-])${step}(?![\\w/.-])`).exec(withoutCommands(words))?.[0])
        .find(found => found !== undefined),
  },
  { name: 'a value that is none', in: matching(/\b(?:undefined|null|NaN|Infinity|Invalid Date)\b|\[object/) },
  { name: 'a signal key', in: matching(/\b(?:alarm|probe|declared):[\w-]+\//) },
  { name: 'a number that nobody has rounded', in: matching(/\d\.\d{5,}/) },
  {
    name: 'a value that was no longer so, without its time',
    in: (words, { way, at }, world) =>
      way === 'email' || way === 'sms' ? undatedIn(words.split('\n'), failingAt(world, at)) : undefined,
  },
  {
    name: 'work that nobody does',
    in: (words, written, { incidents }) => {
      if (written.audience !== 'customers' && written.audience !== 'stakeholders') return undefined;
      if (written.way === 'document') return undefined;
      const claim = CLAIM.exec(words)?.[0];
      return claim && ![...incidents.values()].some(incident => isWorkedOn(incident, written.at)) ? claim : undefined;
    },
  },
];

/** A line with a share of failing requests that is not `now`, and neither it nor what stands above it in its paragraph has a time. */
function undatedIn(lines: readonly string[], now: string | undefined): string | undefined {
  return lines.find((line, i) => {
    const value = /(\d+(?:\.\d+)? %) of requests fail/.exec(line.replace(CHANGE, ''))?.[1];
    if (value === undefined || value === now || TIME.test(line)) return false;
    const above = lines.slice(lines.lastIndexOf('', i) + 1, i);
    return !above.some(other => AS_OF.test(other));
  });
}

/** The effect of a step is told as it was measured then. */
const CHANGE = /from [\d.]+ % to [\d.]+ % of requests failing/g;
const TIME = /\b\d\d:\d\d\b/;
/** What was found, or the reasons, as of a time. */
const AS_OF = /as of .*\d\d:\d\d UTC$|\(.*\d\d:\d\d UTC\)$/;

/** The share of failing requests as it was last recorded by then, as messages write it. */
function failingAt({ incidents }: RehearsalWorld, at: string): string | undefined {
  const shares = timelinesOf(incidents)
    .filter(entry => entry.at <= at)
    .sort((one, other) => one.at.localeCompare(other.at))
    .flatMap(({ facts, findings = [] }) => [facts, ...findings.map((finding: Entry) => finding['facts'])])
    .flatMap(facts => (typeof facts?.usersAffectedShare === 'number' ? [facts.usersAffectedShare] : []));
  const last = shares.at(-1);
  return last === undefined ? undefined : percent(last);
}

/** Commands take a step by its name. */
const withoutCommands = (words: string) => words.replace(/npx incident [^\n]*/g, '');

/** Says that somebody or something mends it at this moment. */
const CLAIM =
  /\b(?:working on (?:a|the) (?:fix|solution)|working through the plan|fix is (?:under way|being)|being (?:fixed|repaired|worked on)|(?:we|engineers|our team) (?:are|is) (?:working|fixing|repairing|restoring|implementing))\b/i;

/** Milliseconds from the decision to its event: people may hear of it first. */
const SOON = 90_000;

/** True where somebody has it on, or automation is changing something, or has mended it, at a time. */
export function isWorkedOn({ timeline }: Pick<RecordedIncident, 'timeline'>, at: string): boolean {
  const until = (millis: number) => timeline.filter(entry => Date.parse(entry.at) <= millis);
  const before = until(Date.parse(at));
  return isTaken(before, at) || isChanged(until(Date.parse(at) + SOON)) || has(before, 'Mitigated');
}

const last = (entries: readonly Entry[], ...types: string[]) =>
  entries.findLastIndex(({ type }) => types.includes(type));
const has = (entries: readonly Entry[], type: string) => last(entries, type) >= 0;

/** An acknowledgement is a lease. */
const isTaken = (entries: readonly Entry[], at: string) =>
  entries.some(
    ({ type, until }, i) => type === 'Acknowledged' && until > at && last(entries, 'AcknowledgementWithdrawn') < i,
  ) || has(entries, 'CommandTaken');

const isChanged = (entries: readonly Entry[]) =>
  entries.findLastIndex(({ type, dryRun }) => type === 'StepStarted' && !dryRun) > last(entries, 'HandedOver');

/** The faults in what people read, by kind and reader, each with its first example. */
export function faultsIn(written: readonly Written[], world: RehearsalWorld): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of written) {
    const words = wordsOf(text);
    for (const fault of FAULTS) {
      const at = fault.in(words, text, world);
      const kind = `${fault.name} (${text.audience}, ${text.way})`;
      if (at !== undefined && !found.has(kind)) found.set(kind, `${at}, ${text.at.slice(11, 16)}: ${text.subject}`);
    }
  }
  return found;
}
