import type { WorldEvent } from 'embedded-aws';
import type { Outputs } from '../rehearsal/outputs.ts';
import type { Rehearsed, Summary } from '../rehearsal/rehearse.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Addresses } from '../web/serve.ts';
import { describe, type Line } from './lines.ts';
import { type Part, printLine, type Style, wrap } from './print.ts';
import { EVENTS, recordStory, titleOf } from './story/story.ts';

/** Shows a rehearsal, from its beginning to its end. */
export interface Show {
  begin: (scenario: Scenario | undefined, seed: number) => void;
  event: (event: WorldEvent) => void;
  end: (rehearsed: Rehearsed, outputs: Outputs) => void;
  serving: (addresses: Addresses) => void;
}

const LABEL = 12;
const INDENT = ' '.repeat('00:00:00 '.length + LABEL);

const STYLES: Record<Line['tone'], Style> = {
  bad: ['red', 'bold'],
  good: ['green', 'bold'],
  act: ['cyan', 'bold'],
  warn: ['yellow', 'bold'],
  plain: 'bold',
  quiet: 'dim',
};

/** For people: the story of it, once it is over. */
export function asStory(): Show {
  const story = recordStory();
  let scenario: Scenario | undefined;
  return {
    begin: rehearsed => {
      scenario = rehearsed;
      printLine(...titleOf(scenario));
    },
    event: story.listen,
    end: rehearsed => {
      for (const line of story.linesOf(scenario, rehearsed).slice(1)) printLine(...line);
    },
    serving,
  };
}

/** For people: a line for each thing that happens on the virtual clock, then the summary. */
export function asTerminal({ trace = false }: { trace?: boolean | undefined }): Show {
  const width = Math.max(60, Math.min(process.stdout.columns ?? 110, 130));
  return {
    begin: (scenario, seed) => {
      printLine(['bold', scenario ? `Rehearsal: ${scenario.title}` : EVENTS]);
      if (scenario) for (const line of wrap(scenario.story, width)) printLine(line);
      printLine(['dim', `Virtual time in UTC, seed ${seed}. No AWS account is touched.`]);
      printLine();
    },
    event: event => {
      const line = describe(event, trace);
      if (line) for (const parts of partsOf(line, event.at, width - INDENT.length)) printLine(...parts);
    },
    end: ({ summary }, outputs) => {
      printLine();
      for (const parts of summarise(summary, outputs)) for (const line of wrapped(parts, width)) printLine(...line);
    },
    serving,
  };
}

function serving({ statusPage, mailbox }: Addresses): void {
  printLine();
  printLine(...row('Status page', statusPage ?? 'none is configured'));
  printLine(...row('Mailbox', mailbox));
  printLine(['dim', 'Time stands still until somebody answers a message there. Ctrl-C ends it.']);
  printLine();
}

/** The lines of one thing that happened, with its points below it. */
function partsOf({ label, text, tone, details = [] }: Line, at: string, width: number): Part[][] {
  const inTone = (line: string): Part => (tone === 'quiet' ? ['dim', line] : line);
  const [first = '', ...rest] = wrap(text, width);
  return [
    [['dim', `${at.slice(11, 19)} `], [STYLES[tone], label.padEnd(LABEL)], inTone(first)],
    ...rest.map((more): Part[] => [INDENT, inTone(more)]),
    ...details.flatMap(({ ok, text: detail }) =>
      wrap(detail, width - 2).map((line, i): Part[] => [INDENT, i === 0 ? mark(ok) : ' ', ' ', ['dim', line]]),
    ),
  ];
}

const NAME = 14;

const row = (name: string, ...text: readonly Part[]): Part[] => [['bold', name.padEnd(NAME)], ...text];

/** A row whose text is longer than a line goes on below itself. */
function wrapped(parts: Part[], width: number): Part[][] {
  const last = parts.at(-1);
  if (typeof last !== 'string') return [parts];
  const [first = '', ...rest] = wrap(last, width - NAME - 2);
  return [[...parts.slice(0, -1), first], ...rest.map(line => [' '.repeat(NAME), line])];
}

const mark = (ok: boolean | null): Part => (ok === null ? ['yellow', '?'] : ok ? ['green', '✓'] : ['red', '✗']);

function summarise(
  { incident, minutes, promises, runbooks, matched, service, changed, published, largest, assumed, kept }: Summary,
  outputs: Outputs,
): Part[][] {
  const minute = (name: string, value: number | null) => `${name} ${value === null ? '–' : `${value.toFixed(1)} min`}`;
  const { detect, page, mitigate, resolve, outage } = minutes;
  const times = { detect, page, ...(outage === null ? { mitigate } : {}), resolve };
  return [
    ...(matched ?? []).map(m =>
      row(`event ${m.event}`, m.matched ? `matched ${m.rules.join(', ')}` : 'matched no rule'),
    ),
    incident
      ? row('Incident', `${incident['id']}  ${incident['severity']}  ${incident['status']}  ${incident['title']}`)
      : row('Incident', 'none'),
    row(
      'Time to',
      Object.entries(times)
        .map(([name, value]) => minute(name, value))
        .join(' · '),
    ),
    ...(outage === null ? [] : [row('Lasted', `${outage} min, as the metrics tell`)]),
    ...runbooks.map(({ name, status, at }, i) =>
      row(i === 0 ? 'Runbooks' : '', mark(status === 'Success'), ' ', `${at.slice(11, 16)} ${name}`),
    ),
    row('Service', mark(service.healthy), ' ', service.healthy ? 'healthy' : 'not healthy'),
    row('Changed', changed.length === 0 ? 'nothing of the service' : compact(changed.map(({ action }) => action))),
    row(
      'Published',
      published.length === 0 ? 'nothing' : compact(published.map(({ via, status }) => `${status} (${via})`)),
    ),
    ...nearest(largest),
    row('Assumed', assumed.length === 0 ? 'nothing is set up in the account' : assumed.join('; ')),
    ...promises.map(({ promise, kept: ok }, i) => row(i === 0 ? 'Expected' : '', mark(ok), ' ', promise)),
    ...Object.values(outputs).map((file, i) => row(i === 0 ? 'Written' : '', file)),
    [],
    ...(promises.length === 0
      ? []
      : [[kept ? ['green', 'It ended as expected.'] : ['red', 'It did not end as expected.']] satisfies Part[]]),
  ];
}

/** The thing that came nearest to a limit of AWS in bytes. Texts with a limit in characters are cut to fit it; an environment never grows. */
function nearest(largest: Summary['largest']): Part[][] {
  const found = largest.find(({ kind, unit }) => unit === 'bytes' && kind !== 'environment of a function');
  if (!found) return [];
  const { kind, size, share } = found;
  return [row('Largest', `${kind}: ${Math.ceil(size / 1024)} KB, ${Math.round(share * 100)} % of what AWS takes`)];
}

/** Names in the order in which they first came, each with how often it did. */
function compact(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} × ${count}` : name)).join(' · ');
}
