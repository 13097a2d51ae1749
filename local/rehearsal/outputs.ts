import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Rehearsed } from './rehearse.ts';

/** The files written, by kind; paths are relative to the working directory. */
export type Outputs = Record<string, string>;

/** Writes one kind of thing into a directory, and gives its name there; undefined when there is nothing of the kind. */
type Write = (directory: string, rehearsed: Rehearsed) => Promise<string | undefined>;

const KINDS: Record<string, Write> = {
  messages: writeMessages,
  'status-page': writeStatusPage,
  'post-mortem': writePostMortem,
  incident: (directory, { world }) => writeJson(directory, 'incident.json', [...world.incidents.values()][0] ?? null),
  summary: (directory, { summary }) => writeJson(directory, 'summary.json', summary),
};

/** Writes what a rehearsal leaves behind into `out/NAME`, replacing what an earlier one left. */
export async function writeOutputs(name: string, rehearsed: Rehearsed): Promise<Outputs> {
  const directory = join(import.meta.dirname, '../../out', name);
  await rm(directory, { recursive: true, force: true });
  const written: Outputs = {};
  for (const [kind, write] of Object.entries(KINDS)) {
    const file = await write(directory, rehearsed);
    if (file) written[kind] = relative(process.cwd(), join(directory, file));
  }
  return written;
}

async function writeMessages(directory: string, { world }: Rehearsed): Promise<string | undefined> {
  const messages = world.received;
  await Promise.all(
    messages.map(({ channel, to, subject, at, body, headers }, index) => {
      const fields = { To: to, Date: at, ...(channel === 'email' ? { Subject: subject } : {}), ...headers };
      const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
      const file = `${String(index + 1).padStart(2, '0')}-${channel}-${to.replace(/[^\w.+-]/g, '_')}.txt`;
      return writeInto(directory, join('messages', file), `${head.join('')}\n${body}\n`);
    }),
  );
  return messages.length > 0 ? 'messages' : undefined;
}

/** Writes the post-mortem of the last incident that has one. */
async function writePostMortem(directory: string, { world: { objects } }: Rehearsed): Promise<string | undefined> {
  const files = objects.of(objects.named('Reviews/Bucket'));
  const folder = files.at(-1)?.key.replace(/[^/]+$/, '');
  const own = files.filter(({ key }) => folder !== undefined && key.startsWith(folder));
  for (const { key, body } of own)
    await writeInto(directory, join('post-mortem', key.slice(folder?.length)), body ?? new Uint8Array());
  return own.length > 0 ? 'post-mortem' : undefined;
}

/** The files of the site, as they lie in its bucket. */
async function writeStatusPage(directory: string, { world }: Rehearsed): Promise<string | undefined> {
  const bucket = world.account.find('AWS::S3::Bucket', 'StatusPage/Bucket');
  const files = bucket ? world.objects.of(bucket.ref) : [];
  await Promise.all(files.map(({ key, body = '' }) => writeInto(directory, join('status-page', key), body)));
  return files.length > 0 ? 'status-page' : undefined;
}

async function writeJson(directory: string, file: string, content: unknown): Promise<string> {
  await writeInto(directory, file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}

async function writeInto(directory: string, file: string, content: string | Uint8Array): Promise<void> {
  const path = join(directory, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
