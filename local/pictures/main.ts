import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { rehearse } from '../rehearsal/rehearse.ts';
import { withSynthesis } from '../rehearsal/synthesize.ts';
import { databaseConnections } from '../scenarios/database-connections.ts';
import { type Part, print } from '../terminal/print.ts';
import { withProgress } from '../terminal/progress.ts';
import { recordStory } from '../terminal/story/story.ts';
import { Servers } from '../web/serve.ts';
import { RehearsalWorld } from '../world/world.ts';
import { recordingOf, type Shown } from './recording.ts';

const IMAGES = join(import.meta.dirname, '../../docs/images');
const MINUTE = 60_000;
/** By then automation has taken its first step, and customers have been told. */
const MINUTES = 12;

const PHONE = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };
const DESKTOP = { viewport: { width: 900, height: 780 } };

const progress = withProgress('Synthesising the app');
await withSynthesis(async assembly => {
  await mkdir(IMAGES, { recursive: true });
  progress.now('Recording the rehearsal');
  await writeFile(join(IMAGES, 'rehearsal.svg'), await recording(structuredClone(assembly)));
  progress.now('Taking pictures of the pages');
  const world = await RehearsalWorld.create(assembly, 1);
  databaseConnections.inject(world);
  await world.clock.run(MINUTES * MINUTE, () => false);
  const servers = await Servers.open(0);
  const browser = await chromium();
  try {
    const { mailbox, statusPage } = servers.show(world, { scenario: databaseConnections, outputs: {} });
    const mails = await (await fetch(new URL('/messages?to=ada', mailbox))).text();
    const [, link = ''] = mails.match(/Acknowledge: <a href="([^"]+)"/) ?? [];
    await picture(browser, new URL(link, mailbox), 'page-behind-the-link.png', PHONE);
    await picture(browser, new URL(statusPage ?? ''), 'status-page.png', DESKTOP);
  } finally {
    await browser.close();
    await servers.close();
  }
});
progress.done();

/** The terminal from the command to its end. */
async function recording(assembly: Parameters<typeof rehearse>[1]['assembly']): Promise<string> {
  const story = recordStory();
  const rehearsed = await rehearse(databaseConnections, { assembly, seed: 1, listener: story.listen });
  const [title = [], ...lines] = story.linesOf(databaseConnections, rehearsed);
  const waiting = (text: string, at: number): Shown => ({ parts: [['dim', text]], at, until: at + 1 });
  const told = lines.map((parts, i): Shown => ({ parts, at: 5 + i * 0.6 }));
  const command: Part[] = [['green', '$ '], 'npm start'];
  return recordingOf([
    { parts: command, at: 0.5 },
    { parts: [], at: 0.5 },
    { parts: title, at: 1.5 },
    waiting('Synthesising the app … 3 s', 2),
    waiting('Rehearsing … 09:09 on the virtual clock, 5 s', 3),
    waiting('Rehearsing … 09:28 on the virtual clock, 7 s', 4),
    ...told,
  ]);
}

/** The Chromium of the browser tests. */
async function chromium(): Promise<Browser> {
  // So that the package unpacks the libraries Chromium needs, too, and finds them: a new machine may have none of them.
  process.env['AWS_LAMBDA_JS_RUNTIME'] = 'nodejs24.x';
  const [{ default: packaged }, { chromium: driver }] = await Promise.all([
    import('@sparticuz/chromium'),
    import('playwright-core'),
  ]);
  return driver.launch({ executablePath: await packaged.executablePath(), args: ['--no-sandbox'] });
}

async function picture(browser: Browser, url: URL, name: string, options: BrowserContextOptions): Promise<void> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(String(url));
  await page.screenshot({ path: join(IMAGES, name) });
  const { length } = await readFile(join(IMAGES, name));
  print(`${name}: ${Math.round(length / 1024)} KB`);
}
