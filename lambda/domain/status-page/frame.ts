import type { SiteInput } from './site.ts';
import { type PageTime, time } from './words.ts';

/** What every page has around its own. */
export interface Frame {
  /** Of the window. */
  pageTitle: string;
  /** The service's name. */
  title: string;
}

/** A page of what may be otherwise a minute later. */
export interface Dated extends Frame {
  /** When it was written; null once nothing on it changes any more. */
  asOf: PageTime | null;
}

export const frame = ({ title }: SiteInput, name: string): Frame => ({
  pageTitle: `${name} - ${title} status`,
  title,
});

export const dated = (site: SiteInput, name: string, changes = true): Dated => ({
  ...frame(site, name),
  asOf: changes ? time(site.now) : null,
});
