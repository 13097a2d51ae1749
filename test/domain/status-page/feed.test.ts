import Parser from 'rss-parser';
import { expect, it } from 'vitest';
import { plusMinutes } from '../../../lambda/domain/kernel/time.ts';
import { renderSite } from '../../../lambda/domain/status-page/render-site.ts';
import type { SiteInput } from '../../../lambda/domain/status-page/site.ts';
import { NOW, siteInput, told } from '../../support/status-page.ts';
import { render } from '../../support/written.ts';

const DAY = 1440;
const feedOf = (format: string, changes: Partial<SiteInput>) =>
  renderSite(siteInput(changes), render).find(({ path }) => path === `history.${format}`)?.body ?? '';

const OPEN = told({ from: 38, number: 3 });
const OVER = told({
  from: 3 * DAY,
  to: 3 * DAY - 47,
  number: 2,
  statuses: ['postmortem', 'resolved', 'investigating'],
});

it.each(['atom', 'rss'])('a reader of %s finds an entry for each update, the newest first', async format => {
  const feed = await new Parser().parseString(feedOf(format, { incidents: [OPEN, OVER] }));
  expect(feed).toMatchObject({ title: 'mockupAWS status', link: 'https://status.mockupaws.com/' });
  const updates = [OPEN, OVER].flatMap(({ id, updates }) => updates.map(update => ({ incident: id, ...update })));
  expect(feed.items.map(({ id, guid, link, isoDate }) => ({ id: id ?? guid, link, isoDate }))).toEqual(
    updates.map(({ id, incident, at }) => {
      const address = `https://status.mockupaws.com/incidents/${incident}.html#${id}`;
      return { id: address, link: address, isoDate: at };
    }),
  );
  expect(feed.items.map(({ title }) => title)).toEqual([
    'Identified: Requests fail',
    'Investigating: Requests fail',
    'Post-mortem: Requests fail',
    'Resolved: Requests fail',
    'Investigating: Requests fail',
  ]);
  expect(feed.items[2]?.content).toContain('<p>An export held too many connections.</p><p>We have given');
});

const entries = (xml: string) => xml.match(/<(entry|item)>.*?<\/\1>/gs) ?? [];

it.each(['atom', 'rss'])('an entry of the feed does not change later: %s', format => {
  const before = entries(feedOf(format, { incidents: [OVER] }));
  const after = entries(feedOf(format, { incidents: [OPEN, OVER], now: plusMinutes(NOW, 300) }));
  expect(before).toHaveLength(3);
  expect(after.slice(2)).toEqual(before);
});

it('an entry links to its update on the page of its incident', () => {
  const page = renderSite(siteInput({ incidents: [OPEN] }), render).find(({ path }) => path.includes(OPEN.id))?.body;
  for (const { id } of OPEN.updates) expect(page).toContain(` id="${id}"`);
});

it('an RSS channel and its items have what RSS 2.0 requires, each once', () => {
  const xml = feedOf('rss', { incidents: [OPEN, OVER] });
  const channel = xml.slice(xml.indexOf('<channel>'), xml.indexOf('<item>'));
  for (const element of ['title', 'link', 'description']) expect(channel.split(`<${element}>`)).toHaveLength(2);
  for (const item of entries(xml)) {
    for (const element of ['<title>', '<description>', '<link>', '<guid ', '<pubDate>'])
      expect(item.split(element)).toHaveLength(2);
    const [, date = ''] = /<pubDate>(.*)<\/pubDate>/.exec(item) ?? [];
    expect(date).toBe(new Date(date).toUTCString());
  }
});
