import { visibleLine } from './visible.ts';

/**
 * Encodes text from outside for one line of Markdown: nothing in it becomes a heading, a link, a picture, a table cell
 * or HTML.
 */
export const markdownText = (text: string): string =>
  visibleLine(text)
    .replace(/[\\`*[\]|~$]/g, '\\$&')
    // An underscore between letters has no meaning in Markdown, and names are full of them.
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/^(?=[#>+=-])|^\d+(?=[.)])/, '$&\\');

/** Encodes a URL for the parentheses of a Markdown link. */
export const markdownUrl = (url: string): string =>
  url.replace(
    /[\s\p{Cc}()<>"\\|`[\]]/gu,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
