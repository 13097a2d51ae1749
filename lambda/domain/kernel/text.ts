import { visible } from '../encoding/visible.ts';

/** At most `length` characters: the text, or its beginning with an ellipsis. */
export const truncated = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Text from outside as a person sees it, at most so long; undefined when nothing is left of it. */
export const visibleAtMost = (text: string | null | undefined, length: number): string | undefined =>
  visible(text ?? '')
    .trim()
    .slice(0, length)
    .trim() || undefined;
