import type { SiteFile, SiteInput } from './site.ts';

/** The file with everything on the page but what was measured. The page is written from it while incidents cannot be read. */
export const LAST_KNOWN = 'last-known.json';

export interface LastKnown {
  readAt: string;
  site: Omit<SiteInput, 'measured' | 'now' | 'unreadSince'>;
  /** The incidents that were over, by their ids, with their status: those are not read again. */
  over: Readonly<Record<string, string>>;
}

/** Holds nothing that the pages do not show as well. */
export function lastKnownFile(
  { measured: _, now, unreadSince: __, ...site }: SiteInput,
  over: LastKnown['over'] = {},
): SiteFile {
  const content: LastKnown = { readAt: now, site, over };
  return { path: LAST_KNOWN, contentType: 'application/json; charset=utf-8', body: JSON.stringify(content) };
}

/** The site as it was written last, with what is measured now: it says that nobody knows what has happened since. */
export function fromLastKnown(
  { readAt, site }: LastKnown,
  { measured, now }: Pick<SiteInput, 'measured' | 'now'>,
): SiteInput {
  return { ...site, measured, now, unreadSince: readAt };
}
