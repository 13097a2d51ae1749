/** What orders the letters of a line anew, or cannot be seen. */
const INVISIBLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text of others as it reads, in one line of Markdown: nothing in it becomes a heading, a link, a picture, a cell of a
 * table or HTML.
 */
export const escaped = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(INVISIBLE, '')
    .trim()
    .replace(/[\\`*[\]|~$]/g, '\\$&')
    // Between letters it means nothing, and names are full of it.
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/^(?=[#>+=-])|^\d+(?=[.)])/, '$&\\');

/** An address as it stands between the parentheses of a link. */
export const destination = (url: string): string =>
  url.replace(
    /[\s\p{Cc}()<>"\\|`[\]]/gu,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
