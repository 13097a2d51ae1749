import type { Render } from '../kernel/templates.ts';
import { apiFiles } from './api.ts';
import { feedFiles } from './feed.ts';
import { mergedPages, withoutMerged } from './merged-page.ts';
import { normalize } from './normalize.ts';
import { pageFiles } from './pages.ts';
import type { SiteFile, SiteInput } from './site.ts';

/**
 * The whole status page as files: pages for people, an API for programs, and feeds. The same input gives the same bytes; with
 * another `now` only the page's time changes, and whatever depends on it. Write it at least every five minutes: the page says
 * that data are missing only if it is written then.
 */
export function renderSite(input: SiteInput, render: Render): SiteFile[] {
  const all = normalize(input);
  const site = withoutMerged(all);
  return [...pageFiles(site, render), ...mergedPages(all, render), ...apiFiles(site), ...feedFiles(site)];
}
