import { styleText } from 'node:util';
import type { WorldEvent } from 'embedded-aws';
import type { Outputs } from '../rehearsal/outputs.ts';
import type { Summary } from '../rehearsal/rehearse.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Addresses } from '../web/serve.ts';
import { describe, type Line } from './lines.ts';
import { print } from './print.ts';

/** Shows a rehearsal, from its beginning to its end. */
export interface Show {
  begin: (scenario: Scenario | undefined, seed: number) => void;
  event: (event: WorldEvent) => void;
  end: (summary: Summary, outputs: Outputs) => void;
  serving: (addresses: Addresses) => void;
}

type Style = Parameters<typeof styleText>[0];

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

/** For people: a line for each thing that happens on the virtual clock, then the summary. */
export function asTerminal({ trace = false }: { trace?: boolean | undefined }): Show {
  const width = Math.max(60, Math.min(process.stdout.columns ?? 110, 130));
  return {
    begin: (scenario, seed) => {
      print(
        styleText('bold', scenario ? `Rehearsal: ${scenario.title}` : 'Sending events through the synthesised rules'),
      );
      if (scenario) for (const line of wrap(scenario.story, width)) print(line);
      print(styleText('dim', `Virtual time in UTC, seed ${seed}. No AWS account is touched.`));
      print();
    },
    event: event => {
      const line = describe(event, trace);
      if (!line) return;
      const [first = '', ...rest] = wrap(line.text, width - INDENT.length);
      const style = STYLES[line.tone];
      const text = line.tone === 'quiet' ? styleText('dim', first) : first;
      print(`${styleText('dim', event.at.slice(11, 19))} ${styleText(style, line.label.padEnd(LABEL))}${text}`);
      for (const more of rest) print(`${INDENT}${line.tone === 'quiet' ? styleText('dim', more) : more}`);
      for (const detail of line.details ?? []) {
        const [start = '', ...others] = wrap(detail.text, width - INDENT.length - 2);
        print(`${INDENT}${mark(detail.ok)} ${styleText('dim', start)}`);
        for (const other of others) print(`${INDENT}  ${styleText('dim', other)}`);
      }
    },
    end: (summary, outputs) => {
      print();
      for (const line of summarise(summary, outputs)) print(line);
    },
    serving: ({ statusPage, mailbox }) => {
      print();
      print(row('Status page', statusPage ?? 'none is configured'));
      print(row('Mailbox', mailbox));
      print(styleText('dim', 'Time stands still until somebody answers a message there. Ctrl-C ends it.'));
      print();
    },
  };
}

const row = (name: string, text: string) => `${styleText('bold', name.padEnd(14))}${text}`;

const mark = (ok: boolean | null) =>
  ok === null ? styleText('yellow', '?') : ok ? styleText('green', '✓') : styleText('red', '✗');

function summarise(
  { incident, minutes, promises, runbooks, matched, service, changed, published, largest, assumed, kept }: Summary,
  outputs: Outputs,
): string[] {
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
      row(i === 0 ? 'Runbooks' : '', `${mark(status === 'Success')} ${at.slice(11, 16)} ${name}`),
    ),
    row('Service', service.healthy ? `${mark(true)} healthy` : `${mark(false)} not healthy`),
    row('Changed', changed.length === 0 ? 'nothing of the service' : compact(changed.map(({ action }) => action))),
    row(
      'Published',
      published.length === 0 ? 'nothing' : compact(published.map(({ via, status }) => `${status} (${via})`)),
    ),
    ...nearest(largest),
    row('Assumed', assumed.length === 0 ? 'nothing is set up in the account' : assumed.join('; ')),
    ...promises.map(({ promise, kept: ok }, i) => row(i === 0 ? 'Expected' : '', `${mark(ok)} ${promise}`)),
    ...Object.values(outputs).map((file, i) => row(i === 0 ? 'Written' : '', file)),
    '',
    ...(promises.length === 0
      ? []
      : [kept ? styleText('green', 'It ended as expected.') : styleText('red', 'It did not end as expected.')]),
  ];
}

/** The thing that came nearest to a limit of AWS in bytes. Texts with a limit in characters are cut to fit it; an environment never grows. */
function nearest(largest: Summary['largest']): string[] {
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

/** Breaks text at blanks. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
