const ESC = '\u001b';
const BEL = '\u0007';
/** C1 controls, each of which terminals take for an escape sequence: strings, their end, and CSI. */
const STRINGS = '\u0090\u0098\u009d\u009e\u009f';
const ST = '\u009c';
const CSI = '\u009b';

/** Escape sequences of terminals: strings (titles, links, the clipboard) up to their end, CSI, and shorter ones. */
const ESCAPE_SEQUENCES = new RegExp(
  [
    `(?:${ESC}[\\]PX^_]|[${STRINGS}])[^${BEL}${ESC}${ST}\\n]*(?:${BEL}|${ESC}\\\\|${ST})?`,
    `(?:${ESC}\\[|${CSI})[0-?]*[ -/]*[@-~]?`,
    `${ESC}[ -/]*[0-~]?`,
  ].join('|'),
  'g',
);

/** Control characters but the line break; characters that change the reading direction; those without a shape; and what no XML may hold. */
const INVISIBLE =
  /(?!\n)\p{Cc}|(?!\u200c|\u200d|[\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb\ufffe\uffff]/gu;

/** Joiners mean something in emoji and in scripts whose letters join, and are invisible everywhere else. */
const STRAY_JOINER =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}\p{Script=Arab}\p{Script=Syrc}\p{Script=Mong}\p{Script=Deva}\p{Script=Beng}\p{Script=Sinh}\p{Script=Mlym}])[\u200c\u200d]|[\u200c\u200d](?=[\u200c\u200d])/gu;

/** Variation selectors choose how an emoji looks. */
const STRAY_SELECTOR = /(?<!\p{Emoji})[\ufe00-\ufe0f]/gu;

/**
 * Text from outside as a person sees it: without escape sequences, control characters, direction overrides and
 * characters without a shape. Every line separator becomes a line break, a tab a space, and half a character U+FFFD.
 */
export function visible(text: string): string {
  let before = text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029\v\f]/g, '\n')
    .replace(/\t/g, ' ');
  // Taking something out may bring together what is to be taken out as well.
  for (;;) {
    const after = before
      .replace(ESCAPE_SEQUENCES, '')
      .replace(INVISIBLE, '')
      .replace(STRAY_JOINER, '')
      .replace(STRAY_SELECTOR, '');
    if (after === before) return after;
    before = after;
  }
}

/** The same in one line. */
export const visibleLine = (text: string): string => visible(text).replace(/\s+/g, ' ').trim();

/** Data from outside, e.g. the answer of a function, with every text in it as a person sees it. */
export function visibleValues<Value>(value: Value): Value {
  if (typeof value === 'string') return visible(value) as Value;
  if (Array.isArray(value)) return value.map(visibleValues) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [visible(key), visibleValues(inner)])) as Value;
}
