import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Addresses } from '../../local/web/serve.ts';
import { judge, useBrowser } from './browser.ts';

const open = useBrowser();
let rehearsal: ChildProcess;
let served: Addresses;

beforeAll(async () => {
  const main = join(import.meta.dirname, '../../local/main.ts');
  rehearsal = spawn(process.execPath, [main, 'nobody-answers', '--json', '--serve', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: rehearsal.stdout as NodeJS.ReadableStream })) {
    const { type, ...addresses } = JSON.parse(line);
    if (type === 'serving') {
      served = addresses;
      rehearsal.stdout?.resume();
      return;
    }
  }
  throw new Error('the rehearsal ended before it was served');
}, 300_000);
afterAll(() => rehearsal?.kill('SIGKILL'));

it.each(['light', 'dark'] as const)('the mailbox is accessible and fits a narrow phone, %s', async colorScheme => {
  for (const [name, path] of [
    ['overview', ''],
    ['all', 'messages'],
    ['ada', 'messages?to=ada'],
    ['slack', 'messages?to=Slack'],
    ['pagerduty', 'messages?to=PagerDuty'],
  ])
    await judge(`mailbox-${name}-${colorScheme}`, await open(served.mailbox + path, { colorScheme }));
  await judge(
    `mailbox-desktop-${colorScheme}`,
    await open(`${served.mailbox}messages?to=cleo`, {
      colorScheme,
      viewport: { width: 1280, height: 900 },
      isMobile: false,
    }),
  );
});

it('a person finds their message, presses Acknowledge, and sees what came of it', async () => {
  const page = await open(served.mailbox, { javaScriptEnabled: false });
  await page.getByRole('link', { name: 'ada' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Acknowledge: ' }).last().getByRole('link').first().click();
  expect(page.url()).toContain('/door/');
  await page.getByLabel('Note').first().fill('on my way');
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  expect(await page.getByRole('status').textContent()).toContain('Done: ada has acknowledged it.');
  await page.goto(served.mailbox);
  await page.getByRole('link', { name: 'Slack' }).click();
  const told = await page.getByRole('listitem').allTextContents();
  expect(told.slice(-2).join()).toContain('Acknowledged by ada');
  expect(told.at(-1)).toContain('on my way');
});

it('the status page that a message names is the rehearsed one, and its pages lead to one another', async () => {
  const page = await open(`${served.mailbox}messages?to=finn`);
  await page.getByRole('link', { name: 'https://status.mockupaws.com', exact: true }).first().click();
  expect(page.url()).toBe(served.statusPage);
  await judge('rehearsed-status-page', page);
  await page.locator('a[href^="/incidents/"]').first().click();
  expect(page.url()).toMatch(/\/incidents\/INC-[-\d]+\.html$/);
  await judge('rehearsed-status-page-incident', page);
});

it('a customer subscribes on the status page, and confirms by the mail', async () => {
  const page = await open(served.statusPage ?? '', { javaScriptEnabled: false });
  await page.getByLabel('E-mail address').fill('noa@customer.example');
  await page.getByRole('button', { name: 'Subscribe' }).click();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Look into your mailbox');
  await page.goto(`${served.mailbox}messages?to=noa@customer.example`);
  await page.getByRole('link', { name: /subscribe\// }).click();
  await page.getByRole('button', { name: 'Subscribe' }).click();
  expect(await page.textContent('main')).toContain('subscribed');
});

it('time passes at the press of a button', async () => {
  const page = await open(served.mailbox, { javaScriptEnabled: false });
  const now = async () => Date.parse(`${(await page.textContent('main'))?.match(/It is (\S+ \S+) UTC/)?.[1]}Z`);
  const before = await now();
  await page.getByRole('button', { name: 'Let 10 minutes pass' }).click();
  expect(await now()).toBe(before + 600_000);
});

it('Ctrl-C ends it with the code of the rehearsal', async () => {
  rehearsal.kill('SIGINT');
  expect(await once(rehearsal, 'exit')).toEqual([0, null]);
});
