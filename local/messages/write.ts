import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Scenario } from '../scenarios/scenario.ts';
import { AUDIENCES, type Audience, type Document, type Written, wordsOf } from './written.ts';

/** How many texts of a scenario each audience has. */
export type Counts = Partial<Record<Audience, number>>;

const LINE = '='.repeat(100);

/** Writes a scenario's texts into the directory: for each audience one file to read, and beside it its pages and documents. */
export async function writeTexts(
  directory: string,
  { name, title }: Pick<Scenario, 'name' | 'title'>,
  written: readonly Written[],
  files: readonly Document[],
): Promise<Counts> {
  for (const { audience, key, content } of files) await writeInto(join(directory, audience, name, key), content);
  const counts: Counts = {};
  for (const [audience, texts] of Map.groupBy(written, one => one.audience)) {
    counts[audience] = texts.length;
    const parts: string[] = [`${name}: ${title}\nWhat ${audience} read, in order of time.\n`];
    for (const [index, { texts: same, first }] of folded(texts).entries()) {
      const file = fileOf(first, index);
      if (file && first.way === 'page') await writeInto(join(directory, audience, name, file), first.body);
      parts.push(
        `${LINE}\n${headOf(first, same)}\n${LINE}\n\n${file ? `${name}/${file}\n${readOut(first)}` : first.body}\n`,
      );
    }
    await writeInto(join(directory, audience, `${name}.txt`), parts.join('\n'));
  }
  return counts;
}

/** A page is read as its words. */
const readOut = (written: Written) =>
  written.form === 'html' ? wordsOf({ ...written, subject: '' }) : written.form === 'text' ? written.body : '';

/** Texts that are the same for several people are read once. */
function folded(texts: readonly Written[]): { first: Written; texts: Written[] }[] {
  const groups = Map.groupBy(texts, ({ way, subject, body }) => `${way}\n${subject}\n${body}`);
  return [...groups.values()].flatMap(same => (same[0] ? [{ first: same[0], texts: same }] : []));
}

function headOf({ at, way, subject, body }: Written, same: readonly Written[]): string {
  const to = [...new Set(same.map(one => one.to))].join(', ');
  const size = way === 'sms' ? `, ${body.length} characters` : '';
  const when = way === 'document' ? 'at the end' : `${at.slice(0, 19).replace('T', ' ')} UTC`;
  return `${when}  ${way} to ${to}${size}${subject ? `\n${subject}` : ''}`;
}

function fileOf({ way, subject, form }: Written, index: number): string | undefined {
  if (way === 'document') return subject;
  return form === 'html' ? `${index + 1}-${subject.replace(/[^\w]+/g, '-').replace(/^-|-$/g, '')}.html` : undefined;
}

/** The table of all files. */
export async function writeIndex(
  directory: string,
  all: readonly { scenario: Scenario; counts: Counts }[],
): Promise<void> {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = all.map(({ scenario: { name, title }, counts }) =>
    row([
      `${name}: ${title}`,
      ...AUDIENCES.map(audience => (counts[audience] ? `[${counts[audience]}](${audience}/${name}.txt)` : '')),
    ]),
  );
  const table = [row(['Scenario', ...AUDIENCES]), row(['---', ...AUDIENCES.map(() => '---:')]), ...rows].join('\n');
  await writeInto(
    join(directory, 'index.md'),
    `# Everything that people read in rehearsals\n\nThe number of texts, by audience; behind it are the texts.\n\n${table}\n`,
  );
}

export const empty = (directory: string) => rm(directory, { recursive: true, force: true });

async function writeInto(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
