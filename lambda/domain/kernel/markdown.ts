/** Control characters, and characters that change the reading direction. */
const INVISIBLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Escapes text from outside for one line of Markdown: nothing in it becomes a heading, a link, a picture, a table cell
 * or HTML.
 */
export const escaped = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(INVISIBLE, '')
    .trim()
    .replace(/[\\`*[\]|~$]/g, '\\$&')
    // An underscore between letters has no meaning in Markdown, and names are full of them.
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/^(?=[#>+=-])|^\d+(?=[.)])/, '$&\\');

/** Escapes a URL for the parentheses of a Markdown link. */
export const destination = (url: string): string =>
  url.replace(
    /[\s\p{Cc}()<>"\\|`[\]]/gu,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
