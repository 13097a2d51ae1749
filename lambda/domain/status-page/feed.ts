import { Feed } from 'feed';
import { changedAt } from './changes.ts';
import type { PublicIncident, PublicUpdate } from './public-incident.ts';
import type { SiteFile, SiteInput } from './site.ts';
import { paragraphs, STATUS_WORDS } from './words.ts';

/** Updates that a feed reader is given; those before stand on the page. */
const LATEST = 100;

/** One entry an update, the newest first. What an entry is known by is where it stands on its incident's page, and stays. */
export function feedFile(site: SiteInput): SiteFile {
  const { title, url, incidents } = site;
  const address = `${url}/history.atom`;
  const feed = new Feed({
    id: address,
    title: `${title} status`,
    updated: new Date(changedAt(site)),
    link: `${url}/`,
    feed: address,
    author: { name: title },
    generator: false,
  });
  const updates = incidents.flatMap(incident => incident.updates.map(update => ({ incident, update })));
  updates.sort((one, other) => other.update.at.localeCompare(one.update.at));
  for (const { incident, update } of updates.slice(0, LATEST)) feed.addItem(entry(url, incident, update));
  return { path: 'history.atom', contentType: 'application/atom+xml; charset=utf-8', body: feed.atom1() };
}

function entry(url: string, { id, name }: PublicIncident, update: PublicUpdate) {
  const address = `${url}/incidents/${id}.html#${update.id}`;
  const date = new Date(update.at);
  return {
    ...{ id: address, link: address, date, published: date },
    title: escaped(`${STATUS_WORDS[update.status]}: ${name}`),
    content: paragraphs(update.body)
      .map(paragraph => `<p>${escaped(paragraph)}</p>`)
      .join(''),
  };
}

/** Titles and contents of a feed are HTML. */
const escaped = (text: string) =>
  text.replace(/[&<>"']/g, character => `&#${character.codePointAt(0)};`).replaceAll('\n', '<br>');
