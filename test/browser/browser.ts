import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium as driver, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

/** Pixels of a picture: at windows that are higher Chromium fails, and nobody looks at so much. */
const HIGHEST = 4000;
export const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

const SCREENSHOTS = `${import.meta.dirname}/../../out/screenshots`;
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Chromium for all tests of a file; what they opened is closed after each. Gives what opens a page, on a phone unless told otherwise. */
export function useBrowser(): (url: string, options?: BrowserContextOptions) => Promise<Page> {
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    // So that the package unpacks the libraries Chromium needs, too, and finds them: a new machine may have none of them.
    process.env['AWS_LAMBDA_JS_RUNTIME'] = 'nodejs24.x';
    const { default: chromium } = await import('@sparticuz/chromium');
    // The package's own arguments are Lambda's: one process for everything, which ends with its first page.
    browser = await driver.launch({ executablePath: await chromium.executablePath(), args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  return async (url, options = {}) => {
    const page = await (await browser.newContext({ ...PHONE, ...options })).newPage();
    await page.goto(url);
    return page;
  };
}

/** Of a page that it has not drawn yet, Chromium has no picture. */
const DRAWN = 'new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))';

/** That it is accessible and no wider than its window, with a picture of it to look at. */
export async function judge(name: string, page: Page): Promise<void> {
  await page.evaluate(DRAWN);
  const size = '[document.documentElement.scrollWidth, document.documentElement.scrollHeight]';
  const [wide = 0, high = 0] = await page.evaluate<number[]>(size);
  const { width, height } = page.viewportSize() ?? PHONE.viewport;
  // A picture of the whole page would need a window as high as the page, however little of it is wanted.
  await page.setViewportSize({ width, height: Math.min(high, HIGHEST) });
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
  await page.setViewportSize({ width, height });
  expect(wide, name).toBeLessThanOrEqual(width);
  expect(await violationsOf(page), name).toEqual([]);
}

/** Through the debugger: the page's own policy lets no script in. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axe, 'utf8'));
  return page.evaluate(async () => {
    const { axe: judge } = globalThis as unknown as {
      axe: { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await judge.run({ resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}
