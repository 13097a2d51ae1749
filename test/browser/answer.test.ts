import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import type { BrowserContextOptions } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { handler } from '../../lambda/functions/answer/handler.ts';
import { openDoor } from '../support/door.ts';
import { ID, linkPath, useLinks } from '../support/links.ts';
import { ALARM, committed, openIncident, setMinute, stored } from '../support/responder.ts';
import { of, READINGS, step } from '../support/story.ts';
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
  for (const url of await page.evaluate<string[]>('[...document.links].map(link => link.href)')) await page.goto(url);
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
  await page.getByLabel('Note').fill('on my way');
  await button.click();
  expect(await page.getByRole('status').textContent()).toContain('Done: ada has acknowledged it.');
  await page.goto(door.url + path.slice(1));
  expect(await page.getByRole('status').textContent()).toContain('done already');
  expect(await page.getByRole('button').count()).toBe(0);
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
  await expect.poll(() => page.getByText(ALARM).count()).toBeGreaterThan(0);
  expect(await page.getByLabel('What ended it').inputValue()).toBe('the export was stopped');
  await page.getByRole('button', { name: 'Resolve all the same' }).click();
  expect((await stored()).status).toBe('resolved');
});

it.each(['light', 'dark'] as const)('is accessible and fits a narrow phone, %s', async colorScheme => {
  await openIncident([step('ask', { mode: 'approve' })]);
  await committed({ type: 'next step', id: 'plan', attempt: 1, readings: READINGS });
  setMinute(1);
  const acknowledge = await linkPath();
  const pages: [string, string][] = [
    ['acknowledge', acknowledge],
    ['approve', await linkPath({ action: 'approve', step: 'ask' })],
    ['resolve', await linkPath({ action: 'resolve' })],
    ['refused', '/nonsense'],
  ];
  for (const [name, path] of pages) await judge(`${name}-${colorScheme}`, await opened(path, { colorScheme }));
  const page = await opened(acknowledge, { colorScheme });
  await page.getByRole('button').click();
  await judge(`done-${colorScheme}`, page);
  await committed({ type: 'resolve', id: 'resolve', by: 'ben', reason: `${'long'.repeat(40)} ${ID}` });
  await judge(`over-${colorScheme}`, await opened(await linkPath({ person: 'ben' }), { colorScheme }));
});
