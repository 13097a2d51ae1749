import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { renderSite } from '../../lambda/domain/status-page/render-site.ts';
import type { SiteInput } from '../../lambda/domain/status-page/site.ts';
import { type Served, serve } from '../support/served-site.ts';
import { ago, busySite, COMPONENTS, maintenance, measuredFor, siteInput, told } from '../support/status-page.ts';
import { render } from '../support/written.ts';
import { judge, PHONE, useBrowser } from './browser.ts';

const { API, WEBSITE, MAIL } = COMPONENTS;
const DAY = 1440;
const DESKTOP = { viewport: { width: 1280, height: 800 }, isMobile: false, hasTouch: false };
const DEVICES = { phone: PHONE, desktop: DESKTOP };

const PAST = [
  told({
    from: 3 * DAY,
    to: 3 * DAY - 47,
    number: 2,
    statuses: ['postmortem', 'resolved', 'monitoring', 'investigating'],
  }),
  told({
    from: 12 * DAY,
    to: 12 * DAY - 190,
    impact: 'major',
    name: 'Pages load slowly',
    components: [API, WEBSITE],
    number: 3,
  }),
  told({
    from: 40 * DAY,
    to: 40 * DAY - 90,
    impact: 'none',
    name: 'Reports may arrive late',
    components: [MAIL],
    number: 4,
  }),
];
const OPEN = told({ from: 38, name: `Requests fail ${'endlessly'.repeat(9)}`, number: 9 });
const measured = measuredFor(70);
/** Everything that there can be on a page. */
const DOWN = siteInput({
  incidents: [
    OPEN,
    told({ from: 25, impact: 'minor', name: 'Reports arrive late', components: [MAIL], number: 8 }),
    ...PAST,
  ],
  maintenance: [
    maintenance(30, -60, { components: ['website'] }),
    maintenance(-2 * DAY, -2 * DAY - 120, { id: 'network', title: 'Network work' }),
  ],
  measured: { ...measured, days: { ...measured.days, '2026-01-20': 0.4 } },
  subscribeUrl: '/subscribe',
});

const open = useBrowser();
let served: Served;
afterEach(() => served.close());

const site = async (input: SiteInput) => {
  served = await serve(renderSite(input, render));
};

/** Opens a page; whatever its console says is a fault. */
async function opened(path: string, options: BrowserContextOptions = {}): Promise<{ page: Page; faults: string[] }> {
  const page = await open('about:blank', options);
  const faults: string[] = [];
  page.on('console', message => faults.push(message.text()));
  page.on('pageerror', error => faults.push(error.message));
  await page.goto(served.url + path);
  return { page, faults };
}

const SILENT = { ...measuredFor(90), lastAt: ago(25) };
const STATES: [string, Partial<SiteInput>][] = [
  ['operational', { incidents: PAST, maintenance: [maintenance(-2 * DAY, -2 * DAY - 120)] }],
  ['first-day', { measured: measuredFor(1) }],
  ['partial-outage', { incidents: [told({ from: 38, impact: 'major' })] }],
  ['maintenance', { maintenance: [maintenance(30, -60)] }],
  ['no-data', { incidents: PAST, measured: SILENT }],
  ['never-measured', { measured: { days: {} } }],
];
const PAGES = {
  history: '/history.html',
  incident: `/incidents/${OPEN.id}.html`,
  maintenance: '/maintenance/network.html',
  'not-found': '/404.html',
};

describe.each(Object.entries(DEVICES))('on a %s', (device, options) => {
  describe.each(['light', 'dark'] as const)('%s', colorScheme => {
    const name = (page: string) => `status-page-${page}-${device}-${colorScheme}`;

    it('each page is accessible, fits, and wants nothing that its policy forbids', async () => {
      await site(DOWN);
      const { page, faults } = await opened('/', { ...options, colorScheme });
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      await judge(name('major-outage'), page);
      expect(await faint(page)).toEqual([]);
      for (const [named, path] of Object.entries(PAGES)) {
        await page.goto(served.url + path);
        await judge(name(named), page);
      }
      expect(faults).toEqual([]);
      expect(served.missed).toEqual([]);
    });

    // In one of the two devices each: they differ by what is told, not by how it is laid out.
    it.each(STATES.filter((_, index) => (index % 2 === 0) === (device === 'phone')))('%s', async (state, changes) => {
      await site(siteInput(changes));
      const { page, faults } = await opened('/', { ...options, colorScheme });
      await judge(name(state), page);
      expect(faults).toEqual([]);
    });
  });
});

/** Bars that cannot be told from what is behind them: what is no text needs a contrast of 3. */
const faint = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    type Element = { className: string; parentElement: Element };
    const { document, getComputedStyle } = globalThis as unknown as {
      document: { querySelectorAll: (selector: string) => Iterable<Element> };
      getComputedStyle: (of: Element) => Record<string, string>;
    };
    const luminance = (color: string) => {
      const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(part => {
        const share = Number(part) / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const painted = (bar: Element) => {
      const { backgroundColor = '', backgroundImage = '' } = getComputedStyle(bar);
      return /rgb\([^)]*\)/.exec(backgroundImage)?.[0] ?? backgroundColor;
    };
    return [...document.querySelectorAll('.days .bar')]
      .filter(bar => {
        const card = luminance(getComputedStyle(bar.parentElement.parentElement)['backgroundColor'] ?? '');
        const [dark = 0, light = 0] = [card, luminance(painted(bar))].sort((one, other) => one - other);
        return (light + 0.05) / (dark + 0.05) < 3;
      })
      .map(({ className }) => className);
  });

it('fits a screen of 320 pixels, which is a large one at four times its size', async () => {
  await site(DOWN);
  const { page } = await opened('/', { ...DESKTOP, viewport: { width: 320, height: 640 } });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
});

it('by keyboard alone: past the navigation, to what a day was, to a subscription', async () => {
  await site(DOWN);
  const { page } = await opened('/', DESKTOP);
  const press = async (key: string, times = 1) => {
    for (let time = 0; time < times; time++) await page.keyboard.press(key);
  };
  const focused = (what: string) => page.evaluate<string>(`document.activeElement.${what}`);
  await press('Tab');
  expect(await focused('textContent')).toBe('Skip to the content');
  expect(await focused('getBoundingClientRect().x')).toBeGreaterThanOrEqual(0);
  await press('Enter');
  expect(page.url()).toContain('#main');
  // Whatever can be reached can be seen to be.
  const seen: string[] = [];
  for (let stop = 0; stop < 60 && !seen.includes('BUTTON'); stop++) {
    await press('Tab');
    seen.push(await focused('tagName'));
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), seen.join(' ')).not.toBe(
      'none',
    );
    if (seen.at(-1) === 'SUMMARY') {
      await press('Enter');
      expect(await focused('parentElement.open')).toBe(true);
    }
    if (await page.evaluate('document.activeElement.matches("[type=email]")'))
      await page.keyboard.type('customer@example.com');
    if (await page.evaluate('document.activeElement.matches("[value=website]")')) await press('Space');
  }
  // Past the header, an incident is the first thing there is.
  expect(seen[0]).toBe('A');
  expect(seen.filter(tag => tag === 'SUMMARY')).toHaveLength(3);
  await press('Enter');
  await page.waitForURL('**/subscribe');
  expect(served.posted.map(({ path, form }) => [path, [...form]])).toEqual([
    [
      '/subscribe',
      [
        ['email', 'customer@example.com'],
        ['component', 'api'],
        ['component', 'mail'],
      ],
    ],
  ]);
});

it.each([
  [390, 30],
  [1280, 90],
])('at %i pixels the bars of the last %i days can be told apart', async (width, days) => {
  await site(DOWN);
  const { page } = await opened('/', { ...DESKTOP, viewport: { width, height: 800 } });
  const bars = page.locator('.days').first().locator('.bar:visible');
  expect(await bars.count()).toBe(days);
  const boxes = await Promise.all([0, 1, days - 1].map(index => bars.nth(index).boundingBox()));
  const [first, second, last] = boxes.map(box => ({ x: 0, y: 0, width: 0, height: 0, ...box }));
  expect(first?.width).toBeGreaterThanOrEqual(5);
  expect((second?.x ?? 0) - (first?.x ?? 0) - (first?.width ?? 0)).toBeGreaterThanOrEqual(2);
  // One row: their feet are level.
  expect((last?.y ?? 0) + (last?.height ?? 0)).toBeCloseTo((first?.y ?? 0) + (first?.height ?? 0), 0);
});

it('without JavaScript: the days, the pages of incidents, and the way back', async () => {
  await site(DOWN);
  const { page } = await opened('/', { javaScriptEnabled: false });
  const day = page.getByText('Partial outage for 3 hours 10 minutes:').first();
  expect(await day.isVisible()).toBe(false);
  await page.locator('summary').first().click();
  expect(await day.isVisible()).toBe(true);
  await day.getByRole('link', { name: 'Pages load slowly' }).click();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Pages load slowly');
  await page.getByRole('link', { name: 'mockupAWS status' }).click();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Major outage: API');
});

it('a script in an update stays words', async () => {
  const text = '<script>document.title="got you"</script><img src="/x" onerror="document.title=1">';
  await site(
    siteInput({
      incidents: [{ ...OPEN, name: text, updates: OPEN.updates.map(update => ({ ...update, body: text })) }],
    }),
  );
  const { page, faults } = await opened('/');
  expect(await page.title()).toBe('Major outage: API - mockupAWS status');
  expect(await page.getByText(text).count()).toBe(4);
  expect([faults, served.missed]).toEqual([[], []]);
});

it.each(['/', '/history.html'])('500 incidents and 90 days are there within a second: %s', async path => {
  await site(busySite(500));
  const { page } = await opened(path, DESKTOP);
  const times: number[] = [];
  // The best of some: what else the machine does is no part of it.
  for (let load = 0; load < 4; load++) {
    await page.reload();
    times.push(await page.evaluate<number>('performance.getEntriesByType("navigation")[0].loadEventEnd'));
  }
  expect(Math.min(...times)).toBeGreaterThan(0);
  expect(Math.min(...times)).toBeLessThan(1000);
});
