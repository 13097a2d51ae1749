import type { SiteFile, SiteInput } from './site.ts';

/** The file with everything on the page but what was measured. The page is written from it while incidents cannot be read. */
export const LAST_KNOWN = 'last-known.json';

interface LastKnown {
  readAt: string;
  site: Omit<SiteInput, 'measured' | 'now' | 'unreadSince'>;
}

/** Holds nothing that the pages do not show as well. */
export function lastKnownFile({ measured: _, now, unreadSince: __, ...site }: SiteInput): SiteFile {
  const content: LastKnown = { readAt: now, site };
  return { path: LAST_KNOWN, contentType: 'application/json; charset=utf-8', body: JSON.stringify(content) };
}

/** The site as it was written last, with what is measured now: it says that nobody knows what has happened since. */
export function fromLastKnown(body: string, { measured, now }: Pick<SiteInput, 'measured' | 'now'>): SiteInput {
  const { readAt, site } = JSON.parse(body) as LastKnown;
  return { ...site, measured, now, unreadSince: readAt };
}
