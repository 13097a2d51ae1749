import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Incident } from '../../lambda/domain/incident/incident.ts';
import type { Priority } from '../../lambda/domain/incident/review-records.ts';
import { dateTime } from '../../lambda/domain/kernel/time.ts';
import { isNeeded, type OpenPoint, openPoints } from '../../lambda/domain/post-mortem/final-post-mortem.ts';
import { openItems, postMortemPromised } from '../../lambda/domain/review/review.ts';
import type { CommandAnswer } from '../../lambda/inbound/command-request.ts';
import { dueDate, ID, incident, moment, PRIORITIES, priority } from './arguments.ts';
import type { Client, ClientRequest } from './client.ts';
import { Failure } from './failure.ts';
import { table } from './table.ts';

/** The functions that all commands share. */
export interface Tools {
  client: () => Promise<Client>;
  /** @throws Failure when the request was refused. */
  send: (request: ClientRequest, opened?: Promise<Client>) => Promise<CommandAnswer>;
  /** Prints the answer, or that the request changed nothing. */
  printResult: (answer: CommandAnswer, text: string) => void;
  print: (answer: unknown, text: string) => void;
}

interface Assigned {
  owner?: string;
  priority?: Priority;
  due?: string;
}

const DOCUMENT = 'post-mortem.md';

/** Adds the commands for the time after an incident: post-mortem, milestones and action items. */
export function addReview(program: Command, tools: Tools): void {
  program
    .command('post-mortem')
    .description('Download the post-mortem with its graphs and the invitation, or complete the review (--done)')
    .argument('<id>', ID, incident)
    .option('--done <file>', 'the completed document: it is stored and sent to stakeholders, reviewers and customers')
    .option('--request', 'draft a post-mortem that is not required, e.g. for a P3')
    .action((id: string, { done: file, request }: { done?: string; request?: boolean }) => {
      if (request) return requestReview(id, tools);
      return file === undefined ? fetchReview(id, tools) : finishReview(id, file, tools);
    });

  for (const [name, type, what] of [
    ['cause', 'state cause', 'the cause is known'],
    ['fix', 'state fix', 'the fix is in place'],
  ] as const)
    program
      .command(name)
      .description(`Record that ${what}, with the time, for the review`)
      .argument('<id>', ID, incident)
      .argument('<text...>', 'one sentence')
      .option('--at <time>', 'e.g. 2026-01-31T09:12Z (default: now)', moment)
      .action(async (id: string, text: string[], { at = new Date().toISOString() }: { at?: string }) => {
        const act = { type, text: text.join(' '), happenedAt: at } as const;
        tools.printResult(await tools.send({ do: 'act', incident: id, act }), `${id}: ${what} since ${dateTime(at)}.`);
      });

  const action = program.command('action').description('Manage the action items of an incident');
  const assigned = (command: Command) =>
    command
      .option('--owner <name>', 'the owner, as named in config/; they are notified and reminded')
      .option('--priority <priority>', PRIORITIES.join(', '), priority)
      .option('--due <day>', 'e.g. 2026-02-14; the owner is reminded on that day', dueDate);
  const about = (name: string, description: string) =>
    action.command(name).description(description).argument('<id>', ID, incident);

  assigned(about('add', 'Add an action item'))
    .argument('<action>', 'a few words in quotes')
    .argument('<text...>', 'why, and the details')
    .action(async (id: string, what: string, text: string[], given: Assigned) => {
      const act = { type: 'raise action item', action: what, text: text.join(' '), ...assignment(given) } as const;
      const answer = await tools.send({ do: 'act', incident: id, act });
      tools.printResult(answer, `${id}: ${answer.incident?.actionItems.at(-1)?.id} is added.`);
    });

  assigned(about('set', 'Set owner, priority or due date of an action item'))
    .argument('<item>', 'the action item, e.g. A1')
    .action(async (id: string, item: string, given: Assigned) => {
      if (Object.keys(given).length === 0) throw new Failure(2, 'Nothing to change: use --owner, --priority or --due.');
      const act = { type: 'change action item', item, ...assignment(given) } as const;
      tools.printResult(await tools.send({ do: 'act', incident: id, act }), `${id}: ${item.toUpperCase()} is changed.`);
    });

  about('done', 'Mark an action item as done')
    .argument('<item>', 'the action item, e.g. A1')
    .action(async (id: string, item: string) => {
      const answer = await tools.send({ do: 'act', incident: id, act: { type: 'finish action item', item } });
      tools.printResult(answer, `${id}: ${item.toUpperCase()} is done.`);
    });
}

const assignment = ({ due, ...given }: Assigned) => ({ ...given, ...(due ? { dueAt: due } : {}) });

async function requestReview(id: string, { send, printResult }: Tools): Promise<void> {
  const answer = await send({ do: 'act', incident: id, act: { type: 'request post-mortem' } });
  const over = answer.incident?.resolvedAt !== undefined;
  const next = over ? `in a minute: npx incident post-mortem ${id}` : 'when it is resolved.';
  printResult(answer, `${id}: a post-mortem is drafted ${next}`);
}

/** Saves the files of a review, and keeps local files that somebody has edited. */
async function fetchReview(id: string, { client, send, print }: Tools): Promise<void> {
  const opened = client();
  const answer = await send({ do: 'review files', incident: id }, opened);
  const saved: { file: string; kept: boolean }[] = [];
  for (const { name } of answer.files ?? []) {
    const { content = '' } = await send({ do: 'review file', incident: id, name }, opened);
    saved.push({ file: join(id, name), kept: await save(id, name, Buffer.from(content, 'base64')) });
  }
  const document = await readFile(join(id, DOCUMENT), 'utf8').catch(() => '');
  const open = openPoints(document);
  print({ incident: answer.incident, saved, open }, fetched(id, answer.incident, saved, open));
}

/** @returns true when a different file of that name existed, which was kept. */
async function save(folder: string, name: string, content: Uint8Array): Promise<boolean> {
  const path = join(folder, name);
  const failed = (error: Error): never => {
    throw new Failure(2, `${path} cannot be written: ${error.message}`, { cause: error });
  };
  await mkdir(folder, { recursive: true }).catch(failed);
  try {
    await writeFile(path, content, { flag: 'wx' });
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EEXIST' ? !(await readFile(path)).equals(content) : failed(error as Error);
  }
}

function fetched(
  id: string,
  known: Incident | undefined,
  saved: { file: string; kept: boolean }[],
  open: OpenPoint[],
): string {
  const files = saved.map(({ file, kept }) => [`  ${file}`, kept ? 'yours is different, and kept' : '']);
  const done = known?.postMortem?.doneAt;
  const due = known && postMortemPromised(known);
  return [
    `${id}: saved\n${table(files, [78])}`,
    ...stillOpen(open, due && !done ? ` by ${dateTime(due)}` : ''),
    done
      ? `The review was done on ${dateTime(done)}.`
      : `When it is complete: npx incident post-mortem ${id} --done ${join(id, DOCUMENT)}`,
  ].join('\n\n');
}

/** The open points: first those without which the review cannot be completed. */
function stillOpen(open: OpenPoint[], by = ''): string[] {
  const listed = (title: string, points: OpenPoint[]) => {
    const rows = points.map(({ section, text }) => [`  ${section}`, text]);
    return rows.length > 0 ? [`${title}\n${table(rows, [36])}`] : [];
  };
  const [needed, rest] = [open.filter(isNeeded), open.filter(point => !isNeeded(point))];
  return [...listed(`Needed${by}:`, needed), ...listed('Open beside that:', rest)];
}

async function finishReview(id: string, file: string, { send, printResult }: Tools): Promise<void> {
  const document = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Failure(2, `${file} cannot be read: ${error.message}`, { cause: error });
  });
  const answer = await send({ do: 'finish post-mortem', incident: id, document });
  const unowned = answer.incident ? openItems(answer.incident).filter(({ owner }) => !owner) : [];
  const rest = [
    ...stillOpen(openPoints(document)),
    ...unowned.map(
      ({ id: item, action }) =>
        `${item} has no owner: npx incident action set ${id} ${item} --owner NAME   (${action})`,
    ),
  ];
  printResult(answer, [`${id}: the review is completed and sent.`, ...rest].join('\n'));
}
