import type { SiteInput } from './site.ts';
import { type PageTime, time } from './words.ts';

/** The fields that every page has. */
export interface Frame {
  /** Title of the browser window. */
  pageTitle: string;
  /** The service's name. */
  title: string;
}

/** A page whose content may change from one minute to the next. */
export interface Dated extends Frame {
  /** The time of what the page says; null once it cannot change any more. */
  asOf: PageTime | null;
}

export const frame = ({ title }: SiteInput, name: string): Frame => ({
  pageTitle: `${name} - ${title} status`,
  title,
});

export const dated = (site: SiteInput, name: string, changes = true): Dated => ({
  ...frame(site, name),
  asOf: changes ? time(site.unreadSince ?? site.now) : null,
});
