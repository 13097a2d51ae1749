import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ADVICE, check, type Fault, type Report } from './architecture/check.ts';
import { ARCHITECTURE } from './architecture/rooms.ts';
import { sources } from './architecture/source.ts';

const DOMAIN = 'lambda/domain';

/** Faults of one rule that are printed; `--json` prints all. */
const SHOWN = 40;

const { json } = parseArgs({ options: { json: { type: 'boolean' } } }).values;
const root = join(import.meta.dirname, '..');
const packages = new Map(
  globSync('packages/*/package.json', { cwd: root }).map(path => [
    (JSON.parse(readFileSync(join(root, path), 'utf8')) as { name: string }).name,
    dirname(path),
  ]),
);
const report = check(ARCHITECTURE, sources(root), packages);
console.log(json ? JSON.stringify(report, null, 2) : asText(report));
process.exitCode = report.faults.length === 0 ? 0 : 1;

function asText({ rooms, comments, faults }: Report): string {
  const { folders, words, maxShare } = ARCHITECTURE.comments;
  const share = ((comments.begunBadly / (comments.total || 1)) * 100).toFixed(1);
  const byRule = Object.entries(Object.groupBy(faults, ({ rule }) => rule)) as [Fault['rule'], Fault[]][];
  return [
    ...roomsAsText(rooms),
    '',
    `${comments.begunBadly} of ${comments.total} comments in ${folders.join(' and ')} (${share} %) begin with ${words.join(', ')}; at most ${maxShare * 100} % may.`,
    ...byRule.flatMap(([rule, found]) => ['', ...faultsAsText(rule, found)]),
    '',
    faults.length === 0 ? 'The architecture holds.' : `${faults.length} faults.`,
  ].join('\n');
}

function roomsAsText(rooms: Report['rooms']): readonly string[] {
  const width = Math.max(...rooms.map(({ room }) => room.length));
  const row = (room: string, files: number | string, lines: number | string, uses: string) =>
    `${room.padEnd(width)} ${String(files).padStart(5)} ${String(lines).padStart(6)}  ${uses}`.trimEnd();
  // Neighbours go without the folder they share; a folder of rooms counts as one for those outside.
  const short = (other: string, room: string) => {
    if (dirname(other) === dirname(room)) return other.slice(other.lastIndexOf('/') + 1);
    return dirname(other) === DOMAIN ? DOMAIN : other;
  };
  return [
    row('room', 'files', 'lines', 'uses'),
    ...rooms.map(({ room, files, lines, uses }) =>
      row(
        room,
        files,
        lines,
        uses.length > 0 ? `→ ${[...new Set(uses.map(other => short(other, room)))].join(', ')}` : '',
      ),
    ),
  ];
}

function faultsAsText(rule: Fault['rule'], faults: readonly Fault[]): readonly string[] {
  return [
    `${rule}: ${faults.length}. ${ADVICE[rule]}`,
    ...faults
      .slice(0, SHOWN)
      .map(({ file, line, message }) => `  ${line === undefined ? file : `${file}:${line}`}  ${message}`),
    ...(faults.length > SHOWN ? [`  and ${faults.length - SHOWN} more: npm run check:architecture -- --json`] : []),
  ];
}
