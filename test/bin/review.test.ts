import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handler as postMortem } from '../../lambda/functions/post-mortem/handler.ts';
import { useBucket } from '../support/bucket.ts';
import { runIncident, useAwsEndpoint } from '../support/command-line.ts';
import { committed, invoke, lastEvent, openIncident, setMinute, stored, useResponder } from '../support/responder.ts';
import { completed, REVIEWED_ID as ID, resolvedIncident } from '../support/reviewed.ts';

useResponder({ RESPONSE_STATE_MACHINE: 'response', REVIEWS_BUCKET: 'reviews', REVIEWERS: 'cleo' });
mockClient(SFNClient);
const { stored: files } = useBucket();
const aws = useAwsEndpoint();
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'incident-review-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const incident = (...args: string[]) => runIncident(aws, args, directory);
const saved = () => readdirSync(join(directory, ID));
const document = join(ID, 'post-mortem.md');
const mine = () => readFileSync(join(directory, document), 'utf8');
const write = (text: string) => writeFileSync(join(directory, document), text);

async function drafted(): Promise<void> {
  await resolvedIncident();
  await invoke(postMortem, await lastEvent('Resolved'));
  files.set(`reviews/${ID}/1-requests-that-failed.png`, Buffer.from([137, 80, 0, 255]));
}

describe('npx incident post-mortem', () => {
  it('saves the draft with its pictures, and says what is open, by when, and how to finish', async () => {
    await drafted();
    const { code, out } = await incident('post-mortem', ID);
    expect(code).toBe(0);
    expect(saved()).toEqual(['1-requests-that-failed.png', 'post-mortem.md']);
    expect(readFileSync(join(directory, ID, '1-requests-that-failed.png'))).toEqual(Buffer.from([137, 80, 0, 255]));
    expect(mine()).toBe(String(files.get(`reviews/${ID}/post-mortem.md`)));
    expect(out).toMatchSnapshot();
  });

  it('does not overwrite a file that somebody has edited', async () => {
    await drafted();
    await incident('post-mortem', ID);
    write('mine');
    const { code, out } = await incident('post-mortem', ID);
    expect([code, mine()]).toEqual([0, 'mine']);
    expect(out).toMatch(/post-mortem\.md +yours is different, and kept/);
  });

  it('--done finishes the review with the text of the file', async () => {
    await drafted();
    await incident('post-mortem', ID);
    write(completed(mine()));
    const { code, out } = await incident('post-mortem', ID, '--done', document);
    expect(code).toBe(0);
    expect(out).toBe(
      `${ID}: the review is completed and sent.\nA1 has no owner: npx incident action set ${ID} A1 --owner NAME   (Review the runbook)`,
    );
    expect(await stored()).toMatchObject({ status: 'closed' });
    expect((await incident('show', ID)).out).toMatch(/Review +done on 2026-04-07 10:00 UTC\n +https:/);
    const again = await incident('post-mortem', ID, '--done', document);
    expect([again.code, again.err]).toEqual([1, `the post-mortem of ${ID} was done already`]);
  });

  it('--done is refused while a section is open, and names that section', async () => {
    await drafted();
    await incident('post-mortem', ID);
    const { code, err } = await incident('post-mortem', ID, '--done', document);
    expect(code).toBe(1);
    expect(err).toContain(`the post-mortem of ${ID} is not complete: "Summary" is still open: what caused it`);
    expect((await stored()).status).toBe('resolved');
  });

  it.each<[number, string, string[], () => unknown, RegExp]>([
    [1, 'the incident is open', ['post-mortem', ID], () => openIncident(), /has no post-mortem: one is owed/],
    [1, 'the incident does not exist', ['post-mortem', 'INC-2026-04-07-999'], () => {}, /there is no incident/],
    [2, 'the file does not exist', ['post-mortem', ID, '--done', 'x.md'], () => {}, /^x\.md cannot be read: ENOENT/],
    [
      2,
      'the incident id is malformed',
      ['post-mortem', 'x'],
      () => {},
      /Expected the incident, e\.g\. INC-2026-01-31-001/,
    ],
  ])('exits with %i when %s', async (code, _, args, given, err) => {
    await given();
    expect(await incident(...args)).toMatchObject({ code, out: '', err: expect.stringMatching(err) });
  });

  it('exits with 2 when the folder cannot be written', async () => {
    await drafted();
    writeFileSync(join(directory, ID), 'a file where the folder is to be');
    expect(await incident('post-mortem', ID)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/cannot be written/),
    });
  });

  it('prints one JSON document with --json', async () => {
    await drafted();
    const { out } = await incident('post-mortem', ID, '--json');
    expect(JSON.parse(out)).toMatchObject({
      saved: [{ file: join(ID, '1-requests-that-failed.png'), kept: false }, { file: document }],
      open: expect.arrayContaining([{ section: 'Root cause', text: 'the cause, not the symptom' }]),
    });
  });
});

describe('npx incident action', () => {
  const add = (...more: string[]) => incident('action', 'add', ID, 'Add tasks', 'too', 'few', '--as', 'ada', ...more);

  it('adds, changes and finishes action items, which npx incident show lists', async () => {
    await openIncident();
    expect(await add()).toMatchObject({ code: 0, out: `${ID}: A1 is added.` });
    expect((await add('--owner', 'ben', '--priority', 'HIGH', '--due', '2026-05-01')).out).toBe(`${ID}: A2 is added.`);
    expect((await incident('action', 'set', ID, 'a1', '--owner', 'cleo', '--as', 'ada')).out).toBe(
      `${ID}: A1 is changed.`,
    );
    expect((await stored()).actionItems).toMatchObject([
      { id: 'A1', action: 'Add tasks', text: 'too few', owner: 'cleo', priority: 'medium' },
      { id: 'A2', owner: 'ben', priority: 'high', dueAt: '2026-05-01T09:00:00.000Z' },
    ]);
    const shown = (await incident('show', ID)).out;
    expect(shown).toMatch(/A1 +medium +cleo +2026-04-21 +Add tasks: too few/);
    expect(shown).toMatch(/A2 +high +ben +2026-05-01 +Add tasks: too few/);
    expect((await incident('action', 'done', ID, 'A1', '--as', 'ada')).out).toBe(`${ID}: A1 is done.`);
    expect((await incident('action', 'done', ID, 'A1', '--as', 'ada')).out).toBe(`${ID}: no change.`);
    expect((await incident('show', ID)).out).toMatch(/A2 +high.*\n +1 done/);
  });

  it('adds an action item to a resolved incident, and show has the overdue review', async () => {
    await drafted();
    setMinute(100);
    expect((await add()).out).toBe(`${ID}: A2 is added.`);
    setMinute(30 + 1440);
    await committed({ type: 'fulfil', id: 'overdue', obligation: { type: 'remind of post-mortem' } });
    expect((await incident('show', ID)).out).toMatch(
      /Review +post-mortem due by 2026-04-08 10:00 UTC, overdue, expected by 2026-04-09 10:00 UTC\n +https:/,
    );
  });

  it.each<[number, string, string[], RegExp]>([
    [1, 'the action item does not exist', ['set', ID, 'A7', '--owner', 'ada'], /has no action item A7: it has none/],
    [2, 'the id of the action item is malformed', ['done', ID, 'first'], /an action item such as A1/],
    [2, 'no change is named', ['set', ID, 'A1'], /Nothing to change: use --owner, --priority or --due/],
    [2, 'the priority does not exist', ['set', ID, 'A1', '--priority', 'urgent'], /Expected one of high, medium, low/],
    [2, 'the day does not exist', ['set', ID, 'A1', '--due', '2026-02-30'], /Expected a day, e\.g\. 2026-02-14/],
    [2, 'the text is missing', ['add', ID, 'Add tasks'], /missing required argument 'text'/],
    [2, 'no subcommand is given', [], /Usage: incident action/],
  ])('exits with %i when %s', async (code, _, args, err) => {
    await openIncident();
    expect(await incident('action', ...args, '--as', 'ada')).toMatchObject({ code, err: expect.stringMatching(err) });
  });
});

it('--help of post-mortem and action prints the options without asking AWS', async () => {
  expect((await incident('post-mortem', '--help')).out).toContain('--done <file>');
  expect((await incident('action', 'add', '--help')).out).toContain('--due <day>');
  expect(aws.calls).toEqual([]);
});
