import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Rehearsed } from './rehearsal.ts';

/** What was written, by what it is; paths are relative to where the command was called. */
export type Outputs = Record<string, string>;

/** Writes the messages as text, and incident and summary as JSON, into `out/NAME`, replacing those of an earlier run. */
export async function writeOutputs(name: string, { messages, incidents, summary }: Rehearsed): Promise<Outputs> {
  const directory = join(import.meta.dirname, '..', 'out', name);
  const inMessages = join(directory, 'messages');
  await rm(directory, { recursive: true, force: true });
  await mkdir(inMessages, { recursive: true });
  await Promise.all(
    messages.map(({ channel, to, subject, at, body }, index) => {
      const head = `To: ${to}\nDate: ${at}\n${channel === 'email' ? `Subject: ${subject}\n` : ''}`;
      const file = `${String(index + 1).padStart(2, '0')}-${channel}-${to.replace(/[^\w.+-]/g, '_')}.txt`;
      return writeFile(join(inMessages, file), `${head}\n${body}\n`);
    }),
  );
  const json = (file: string, content: unknown) =>
    writeFile(join(directory, file), `${JSON.stringify(content, null, 2)}\n`);
  await Promise.all([json('incident.json', incidents[0] ?? null), json('summary.json', summary)]);
  const here = (file: string) => relative(process.cwd(), join(directory, file));
  return { messages: here('messages'), incident: here('incident.json'), summary: here('summary.json') };
}
