import { truncated } from '../kernel/text.ts';

/** The sizes that keep an incident storable, however long it lives and whatever is written into it. */
export const BOUNDS = {
  /** Bytes of what people read of one event, as JSON: deflated some four write units at most, and twice as many if nothing compresses it. */
  event: 6000,
  /** Bytes of one event with a person's words: two thousand characters of three bytes fit. */
  words: 7000,
  /** Characters of a signal's summary, and of the reason of the maintenance that holds it. */
  summary: 200,
  /** Bytes of all signals in the state, as JSON: some two hundred signals of usual length. */
  signals: 96_000,
  /** Runs of runbooks in the state; beyond them the oldest of those that left no change is forgotten. */
  runs: 24,
  /** Bytes of all action items, as JSON. */
  actionItems: 15_000,
} as const;

/**
 * Fields that are never cut, since automation acts on them: half a list of protected sessions, or a fact that is missing, would make it do
 * the wrong thing. The configuration bounds them.
 */
const WHOLE: ReadonlySet<string> = new Set([
  ...['facts', 'times', 'objects', 'after', 'parameters'],
  ...['key', 'keys', 'playbook', 'step', 'run', 'runbook', 'document', 'execution', 'ref', 'url'],
]);

/** The lengths to which other texts and lists are cut, one after the other, until an event fits. */
const CUTS = [
  { text: 4000, list: 200 },
  { text: 1000, list: 50 },
  { text: 300, list: 20 },
  { text: 100, list: 10 },
] as const;

/** The size of a value as it is stored: bytes of its JSON. */
export const sizeOf = (value: unknown): number => bytesOf(JSON.stringify(value));

const bytesOf = (text: string | undefined) => new TextEncoder().encode(text ?? '').length;

/** The size of all that may be cut. */
const sizeOfRest = (value: unknown): number =>
  bytesOf(JSON.stringify(value, (name, field) => (WHOLE.has(name) ? undefined : field)));

/** The event with what people read cut as far as is needed to fit. Nothing that people write usually comes near. */
export function bounded<Value>(event: Value, most: number = BOUNDS.event): Value {
  let cut = event;
  for (const { text, list } of CUTS) {
    cut = shortened(cut, text, list) as Value;
    if (sizeOfRest(cut) <= most) return cut;
  }
  return cut;
}

function shortened(value: unknown, text: number, list: number): unknown {
  if (typeof value === 'string') return truncated(value, text);
  if (Array.isArray(value)) return value.slice(0, list).map(item => shortened(item, text, list));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, WHOLE.has(name) ? field : shortened(field, text, list)]),
  );
}
