/** At most `length` characters: the text, or its beginning with an ellipsis. */
export const truncated = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Text from outside, readable and at most so long; undefined when nothing is left of it. */
export const readableAtMost = (text: string | null | undefined, length: number): string | undefined =>
  readable(text ?? '')
    .trim()
    .slice(0, length)
    .trim() || undefined;

/** Control characters but the line break, and characters that change the reading direction. */
const UNREADABLE = /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;

/** Text from outside without what a terminal or a mail program would act on. */
export const readable = (text: string): string =>
  text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(UNREADABLE, '');
