import { afterEach, beforeEach, expect, it } from 'vitest';
import { handler } from '../../lambda/functions/subscribe/handler.ts';
import { openDoor } from '../support/door.ts';
import { confirmationPath, contacts, mailed, optedInto, useSubscribers } from '../support/subscribers.ts';
import { judge, useBrowser } from './browser.ts';

useSubscribers();
const open = useBrowser();

const ADA = 'ada@customer.example';

let door: Awaited<ReturnType<typeof openDoor>>;

beforeEach(async () => {
  door = await openDoor(handler);
});
afterEach(() => door.close());

const at = (path: string) => door.url + path.slice(1);
/** The link in the last mail, led to the door of this test. */
const linkMailed = () => at(new URL(/https:\S+/.exec(mailed().at(-1)?.body ?? '')?.[0] ?? '').pathname);

it.each([
  ['a phone without JavaScript', { javaScriptEnabled: false }],
  ['a large window', { viewport: { width: 1280, height: 900 }, isMobile: false }],
])('subscribes on %s: type, look into the mailbox, press', async (_, options) => {
  const page = await open(at('/subscribe'), options);
  await page.getByLabel('E-mail address').fill(ADA);
  await page.getByLabel('Website').uncheck();
  await page.getByRole('button', { name: 'Subscribe' }).click();
  expect(await page.getByRole('heading').textContent()).toBe('Look into your mailbox');
  await page.goto(linkMailed());
  expect(contacts.size).toBe(0);
  const box = await page.getByRole('button', { name: 'Subscribe' }).boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(44);
  await page.getByRole('button', { name: 'Subscribe' }).click();
  expect(await page.getByRole('heading').textContent()).toBe('You are subscribed');
  expect(optedInto(ADA)).toEqual(['api']);
});

it('keeps what was typed when something is wrong with it, and says what, to a screen reader too', async () => {
  const page = await open(at('/subscribe'));
  await page.getByLabel('E-mail address').fill('ada@customer');
  await page.getByLabel('Website').uncheck();
  await page.getByRole('button', { name: 'Subscribe' }).click();
  expect(await page.getByRole('alert').textContent()).toContain('That is no e-mail address');
  expect(await page.getByLabel('E-mail address').inputValue()).toBe('ada@customer');
  expect(await page.getByLabel('API').isChecked()).toBe(true);
  expect(await page.getByLabel('Website').isChecked()).toBe(false);
});

it('works by the keyboard alone', async () => {
  const page = await open(at('/subscribe'), { isMobile: false });
  const reached = () => page.evaluate<string>('document.activeElement.name || document.activeElement.textContent');
  const order: string[] = [];
  for (let n = 0; n < 5; n++) {
    await page.keyboard.press('Tab');
    order.push(await reached());
    if (order.at(-1) === 'email') await page.keyboard.type(ADA);
  }
  expect(order).toEqual(['email', 'component', 'component', 'Subscribe', 'Status page']);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor();
  expect(mailed()).toHaveLength(1);
});

it('a scanner that follows every link and runs every script subscribes nobody', async () => {
  const page = await open(at(await confirmationPath()));
  for (const url of await page.evaluate<string[]>('[...document.links].map(link => link.href)'))
    expect(url).not.toContain('127.0.0.1');
  await page.reload({ waitUntil: 'networkidle' });
  expect(door.requests.filter(request => !request.startsWith('GET '))).toEqual([]);
  expect(contacts.size).toBe(0);
});

it.each(['light', 'dark'] as const)('is accessible and fits a narrow phone, %s', async colorScheme => {
  const link = await confirmationPath({
    email: `${'long'.repeat(14)}@customer.example`,
    components: ['api', 'website'],
  });
  const judged = async (name: string, path: string) => {
    const page = await open(at(path), { colorScheme });
    await judge(`subscribe-${name}-${colorScheme}`, page);
    return page;
  };
  const form = await judged('form', '/subscribe');
  await form.getByLabel('E-mail address').fill('ada@customer');
  await form.getByRole('button').click();
  await judge(`subscribe-fault-${colorScheme}`, form);
  await form.getByLabel('E-mail address').fill(ADA);
  await form.getByRole('button').click();
  await judge(`subscribe-asked-${colorScheme}`, form);
  const confirm = await judged('confirm', link);
  await confirm.getByRole('button').click();
  await judge(`subscribe-done-${colorScheme}`, confirm);
  await judged('again', link);
  await judged('refused', '/subscribe/nonsense');
});
