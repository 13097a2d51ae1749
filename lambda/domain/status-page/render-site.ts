import type { Render } from '../kernel/templates.ts';
import { apiFiles } from './api.ts';
import { feedFile } from './feed.ts';
import { normalized } from './normalize.ts';
import { pageFiles } from './pages.ts';
import type { SiteFile, SiteInput } from './site.ts';

/**
 * The whole status page as files: what people read, what programs read, and the feed. The same input gives the same bytes, and
 * with `now` alone only the time of the page changes, and what is true of that time. It must be written anew at least every five
 * minutes: only so can it say that nothing has been measured.
 */
export function renderSite(input: SiteInput, render: Render): SiteFile[] {
  const site = normalized(input);
  return [...pageFiles(site, render), ...apiFiles(site), feedFile(site)];
}
