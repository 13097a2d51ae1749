import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import type { BrowserContextOptions } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { alarmLabel } from '../../lambda/domain/incident/signal.ts';
import { handler } from '../../lambda/functions/answer/handler.ts';
import { openDoor } from '../support/door.ts';
import { ID, linkPath, useLinks } from '../support/links.ts';
import { ALARM, committed, openIncident, setMinute, stored } from '../support/responder.ts';
import { minute, of, READINGS, step } from '../support/story.ts';
import { judge, useBrowser } from './browser.ts';

useLinks();
const workflows = mockClient(SFNClient);

const open = useBrowser();
let door: Awaited<ReturnType<typeof openDoor>>;

beforeEach(async () => {
  workflows.reset();
  workflows.on(StartExecutionCommand).resolves({});
  door = await openDoor(handler);
});
afterEach(() => door.close());

const opened = (path: string, options?: BrowserContextOptions) => open(door.url + path.slice(1), options);
const acknowledged = async () => of((await stored()).timeline, 'Acknowledged').map(({ by }) => by);

it('a scanner that follows every link and runs every script changes nothing', async () => {
  await openIncident();
  const before = (await stored()).timeline.length;
  const page = await opened(await linkPath());
  await page.mouse.move(180, 300);
  await page.mouse.wheel(0, 2000);
  const links = await page.evaluate<string[]>('[...document.links].map(link => link.href)');
  for (const url of links.filter(url => url.startsWith(door.url))) await page.goto(url);
  await page.reload({ waitUntil: 'networkidle' });
  expect(door.requests.filter(request => !request.startsWith('GET '))).toEqual([]);
  expect((await stored()).timeline).toHaveLength(before);
});

it('works on a phone without JavaScript: open, press, done; and again, done already', async () => {
  await openIncident();
  const path = await linkPath();
  const page = await opened(path, { javaScriptEnabled: false });
  const button = page.getByRole('button', { name: 'Acknowledge' });
  const box = await button.boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(44);
  expect((box?.y ?? 1000) + (box?.height ?? 0), 'seen without scrolling').toBeLessThanOrEqual(740);
  await page.getByLabel('Note').first().fill('on my way');
  await button.click();
  expect(await page.getByRole('status').textContent()).toContain('Done: ada has acknowledged it.');
  await page.goto(door.url + path.slice(1));
  expect(await page.getByRole('status').textContent()).toContain('done already');
  expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
  expect(await acknowledged()).toEqual(['ada']);
  expect(of((await stored()).timeline, 'NoteAdded')).toMatchObject([{ by: 'ada', text: 'on my way' }]);
});

it('asks for the reason of a resolution, and again while alarms are red', async () => {
  await openIncident();
  const page = await opened(await linkPath({ action: 'resolve' }));
  await page.getByRole('button', { name: 'Resolve' }).click();
  expect((await stored()).status).toBe('identified');
  await page.getByLabel('What ended it').fill('the export was stopped');
  await page.getByRole('button', { name: 'Resolve' }).click();
  expect((await stored()).status).toBe('identified');
  await expect.poll(() => page.getByText(alarmLabel(ALARM)).count()).toBeGreaterThan(0);
  expect(await page.getByLabel('What ended it').inputValue()).toBe('the export was stopped');
  await page.getByRole('button', { name: 'Resolve all the same' }).click();
  expect((await stored()).status).toBe('resolved');
});

it('is a place to work from without JavaScript: a note, the command, the end, each by a link of its own', async () => {
  await openIncident();
  const page = await opened(await linkPath(), { javaScriptEnabled: false });
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByText('Add note').first().click();
  await page.getByLabel('Text').fill('the export job holds the connections');
  await page.getByRole('button', { name: 'Add note' }).click();
  expect(await page.getByRole('status').textContent()).toContain('Done: ada has added a note.');
  await page.getByText('Resolve', { exact: true }).first().click();
  await page.getByLabel('What ended it').fill('the export was stopped');
  await page.getByRole('button', { name: 'Resolve' }).click();
  await page.getByRole('button', { name: 'Resolve all the same' }).first().click();
  expect((await stored()).status).toBe('resolved');
  expect(of((await stored()).timeline, 'NoteAdded')).toHaveLength(1);
  expect(new Set(door.requests.filter(request => request.startsWith('POST '))).size).toBe(3);
});

it.each(['light', 'dark'] as const)('is accessible and fits a narrow phone, %s', async colorScheme => {
  await openIncident([step('ask', { mode: 'approve' })]);
  await committed({ type: 'next step', id: 'plan', attempt: 1, readings: READINGS });
  setMinute(1);
  await committed({
    ...{ type: 'record diagnosis', id: 'd', attempt: 1 },
    findings: [
      {
        check: 'Sessions',
        ok: false,
        summary: 'Sessions: 1,650 of 1,722 are idle in transaction',
        facts: {},
        at: minute(1),
      },
      { check: 'Health', ok: true, summary: 'Health URLs: all answer', facts: {}, at: minute(1) },
      { check: 'Redis', ok: null, summary: 'Redis: could not be checked (access denied)', facts: {} },
    ],
  });
  const acknowledge = await linkPath();
  const pages: [string, string][] = [
    ['acknowledge', acknowledge],
    ['approve', await linkPath({ action: 'approve', step: 'ask' })],
    ['resolve', await linkPath({ action: 'resolve' })],
    ['refused', '/nonsense'],
  ];
  for (const [name, path] of pages) await judge(`${name}-${colorScheme}`, await opened(path, { colorScheme }));
  const page = await opened(acknowledge, { colorScheme });
  await page.getByRole('button', { name: 'Acknowledge' }).first().click();
  await judge(`done-${colorScheme}`, page);
  await page.evaluate('document.querySelectorAll("details").forEach(one => { one.open = true; })');
  await judge(`next-${colorScheme}`, page);
  const wide = await opened(acknowledge, { colorScheme, viewport: { width: 1280, height: 900 }, isMobile: false });
  await judge(`desktop-${colorScheme}`, wide);
  await committed({ type: 'resolve', id: 'resolve', by: 'ben', reason: `${'long'.repeat(40)} ${ID}` });
  await judge(`over-${colorScheme}`, await opened(await linkPath({ person: 'ben' }), { colorScheme }));
});
