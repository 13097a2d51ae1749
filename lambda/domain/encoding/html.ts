import { visible } from './visible.ts';

const REFERENCES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' },
};

/** Encodes text from outside for HTML and XML, between tags and in quoted attributes. XML knows these references too. */
export const htmlText = (text: string): string =>
  visible(text).replace(/[&<>"']/g, character => REFERENCES[character] ?? '');
