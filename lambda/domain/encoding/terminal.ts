import { visible } from './visible.ts';

/** A colour or weight of our own. Colours may be seen; a cursor that moves, a title, a link or the clipboard is not ours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const STYLE = /(\u001b\[(?:[0-4]|2[2-4]|3[0-79]|9[0-7])m)/;

/** Encodes text for a terminal: of what a terminal would act on, line breaks, colours and weights are left. */
export const terminalText = (text: string): string =>
  text
    .split(STYLE)
    .map((part, at) => (at % 2 === 1 ? part : visible(part)))
    .join('');

/** Writes JSON that a terminal can show: the same value, with characters that it would act on, or nobody sees, by number. */
export const terminalJson = (value: unknown, replacer?: (key: string, value: unknown) => unknown): string =>
  JSON.stringify(value, replacer).replace(UNSEEN, character =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );

const UNSEEN = /[\p{Cc}\u2028\u2029\ufff9-\ufffb\ufffe\uffff]|\p{Default_Ignorable_Code_Point}/gu;
