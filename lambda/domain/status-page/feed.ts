import { Feed } from 'feed';
import { htmlText } from '../encoding/html.ts';
import { changedAt } from './changes.ts';
import type { PublicIncident, PublicUpdate } from './public-incident.ts';
import type { SiteFile, SiteInput } from './site.ts';
import { paragraphs, STATUS_WORDS } from './words.ts';

/** The feed contains this many updates; older ones stand on the page alone. */
const LATEST = 100;

/**
 * The updates as an Atom and as an RSS feed, one entry each, the newest first. An entry's id is its address on the incident's
 * page, which never changes.
 */
export const feedFiles = (site: SiteInput): SiteFile[] => [
  {
    path: 'history.atom',
    contentType: 'application/atom+xml; charset=utf-8',
    body: feedOf(site, 'content').atom1(),
  },
  {
    path: 'history.rss',
    contentType: 'application/rss+xml; charset=utf-8',
    body: feedOf(site, 'description').rss2(),
  },
];

/** `text`: the field of an item for its text, which differs by format. */
function feedOf(site: SiteInput, text: 'content' | 'description'): Feed {
  const { title, url, incidents } = site;
  const [atom, rss] = [`${url}/history.atom`, `${url}/history.rss`];
  const feed = new Feed({
    id: atom,
    title: `${title} status`,
    description: `Incidents of ${title}, update by update`,
    updated: new Date(changedAt(site)),
    link: `${url}/`,
    feedLinks: { atom, rss },
    author: { name: title },
    language: 'en',
    generator: false,
  });
  const updates = incidents.flatMap(incident => incident.updates.map(update => ({ incident, update })));
  updates.sort((one, other) => other.update.at.localeCompare(one.update.at));
  for (const { incident, update } of updates.slice(0, LATEST))
    feed.addItem({ ...entry(url, incident, update), [text]: html(update) });
  return feed;
}

function entry(url: string, { id, name }: PublicIncident, update: PublicUpdate) {
  const address = `${url}/incidents/${id}.html#${update.id}`;
  const date = new Date(update.at);
  return {
    ...{ id: address, link: address, date, published: date },
    title: escaped(`${STATUS_WORDS[update.status]}: ${name}`),
  };
}

const html = ({ body }: PublicUpdate) =>
  paragraphs(body)
    .map(paragraph => `<p>${escaped(paragraph)}</p>`)
    .join('');

/** The feed declares titles and contents as HTML, so text is encoded. */
const escaped = (text: string) => htmlText(text).replaceAll('\n', '<br>');
