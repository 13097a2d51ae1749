import { Feed } from 'feed';
import { changedAt } from './changes.ts';
import type { PublicIncident, PublicUpdate } from './public-incident.ts';
import type { SiteFile, SiteInput } from './site.ts';
import { paragraphs, STATUS_WORDS } from './words.ts';

/** The feed contains this many updates; older ones stand on the page alone. */
const LATEST = 100;

/**
 * An Atom feed with one entry an update, the newest first. An entry's id is its address on the incident's page, which never
 * changes.
 */
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

/** The feed declares titles and contents as HTML, so text is escaped. */
const escaped = (text: string) =>
  text.replace(/[&<>"']/g, character => `&#${character.codePointAt(0)};`).replaceAll('\n', '<br>');
