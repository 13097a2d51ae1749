/** At most `length` characters: the text, or its beginning with an ellipsis. */
export const truncated = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
