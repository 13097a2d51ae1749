import type { Lead } from './addresses.ts';

/** A part of a message as it is shown. */
export interface Part {
  text: string;
  /** The address of a link; null for plain text. */
  href: string | null;
  strong: boolean;
}

/** A URL in a text ends before what ends a sentence or a bracket. */
const URLS = /(?<url>https?:\/\/[^\s<>"]*[^\s<>".,;:!?'()[\]{}*])/g;

/** The part of Slack's markup that the responder writes: links with and without a label, and bold. */
const MARKUP = /<(?<url>https?:[^|>\s]+)(?:\|(?<label>[^>]*))?>|\*(?<strong>[^\s*](?:[^*\n]*[^\s*])?)\*/g;

/** A text in parts, so that its links can be followed. Put together, they are the text. */
export const partsOf = (text: string, lead: Lead): Part[] => split(text, URLS, lead, plain => plain);

/** Splits a text in Slack's markup, as it is seen there. */
export const partsOfMarkup = (text: string, lead: Lead = url => url): Part[] => split(text, MARKUP, lead, unescaped);

function split(text: string, pattern: RegExp, lead: Lead, read: (text: string) => string): Part[] {
  const parts: Part[] = [];
  const add = (shown: string, more: Partial<Part> = {}) => {
    if (shown) parts.push({ text: read(shown), href: null, strong: false, ...more });
  };
  let end = 0;
  for (const { 0: found, index, groups: { url, label, strong = '' } = {} } of text.matchAll(pattern)) {
    add(text.slice(end, index));
    if (url) add(label || url, { href: lead(read(url)) });
    else add(strong, { strong: true });
    end = index + found.length;
  }
  add(text.slice(end));
  return parts;
}

/** Slack escapes these three and no more. */
const unescaped = (markup: string) => markup.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
