import { visible } from './visible.ts';

/** The default alphabet of GSM 03.38 (3GPP TS 23.038), without its escape. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** The extension table: each character is sent as an escape and a second one. */
const EXTENDED = new Set('^{}\\[~]|€');

/** Characters of an SMS, and of each part of one that is longer. */
const SINGLE = 160;
const PART = 153;

/** Spellings of what Unicode does not decompose into a letter of the alphabet and an accent. */
const SPELLINGS: Readonly<Record<string, string>> = {
  ...spelled('‐‑‒–—―−﹘﹣⁃', '-'),
  ...spelled('‘’‚‛′ʹʻʼʽˈ`´', "'"),
  ...spelled('“”„‟«»″', '"'),
  ...spelled('‹', '<'),
  ...spelled('›', '>'),
  ...spelled('•·‣∙●▪', '*'),
  ...spelled('×✕✖', 'x'),
  ...spelled('✓✔', 'ok'),
  ...{ '→': '->', '←': '<-', '↑': 'up', '↓': 'down', '⇒': '=>', '≥': '>=', '≤': '<=', '≠': '!=', '≈': '~', '±': '+/-' },
  ...{ '÷': '/', '⁄': '/', '∞': 'infinite', '°': ' deg', '©': '(c)', '®': '(R)', '¢': 'c', '¶': 'P', '¦': '|' },
  ...{ ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', þ: 'th', Þ: 'Th', ħ: 'h', Ħ: 'H', ı: 'i', œ: 'oe', Œ: 'OE' },
  ...{ ŋ: 'ng', Ŋ: 'NG', ŧ: 't', Ŧ: 'T', ƒ: 'f', ẞ: 'SS', µ: 'u', ə: 'e', Ə: 'E', ĸ: 'k', ŀ: 'l', Ŀ: 'L' },
  // Greek: the alphabet has only the capitals that Latin lacks.
  ...alphabet('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'A B E Z H I K M N O P T Y X'),
  ...alphabet('αβγδεζηθικλμνξοπρσςτυφχψω', 'a v g d e z i th i k l m n x o p r s s t y f ch ps o'),
  ...alphabet(
    'абвгдежзийклмнопрстуфхцчшщъыьэюя',
    "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch ' y ' e yu ya",
  ),
  ...alphabet(
    'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ',
    "A B V G D E Zh Z I I K L M N O P R S T U F Kh Ts Ch Sh Shch ' Y ' E Yu Ya",
  ),
  ...alphabet('єіґјљњћђџѕ', 'ie i g j lj nj c dj dz dz'),
  ...alphabet('ЄІҐЈЉЊЋЂЏЅ', 'Ie I G J Lj Nj C Dj Dz Dz'),
};

function spelled(characters: string, as: string): Record<string, string> {
  return Object.fromEntries(Array.from(characters, character => [character, as]));
}

function alphabet(letters: string, spellings: string): Record<string, string> {
  const each = spellings.split(' ');
  return Object.fromEntries(Array.from(letters, (letter, at) => [letter, each[at] ?? '?']));
}

/**
 * Text from outside in the alphabet of an SMS, so that no character makes the whole SMS cost twice: letters lose
 * accents that the alphabet lacks, other scripts and signs are spelled in it, and what nobody can spell becomes one `?`.
 */
export const toGsm7 = (text: string): string =>
  Array.from(GRAPHEMES.segment(visible(text)), ({ segment }) => spell(segment.normalize('NFC'))).join('');

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Spells what a reader sees as one character. */
function spell(grapheme: string): string {
  if (isInAlphabet(grapheme)) return grapheme;
  for (const form of [grapheme, grapheme.normalize('NFD'), grapheme.normalize('NFKC'), grapheme.normalize('NFKD')]) {
    const spelled = Array.from(form.replace(/\p{M}/gu, ''), letter =>
      isInAlphabet(letter) ? letter : SPELLINGS[letter],
    );
    if (spelled.length > 0 && spelled.every(letter => letter !== undefined)) return spelled.join('');
  }
  return /^\s+$/.test(grapheme) ? ' ' : '?';
}

const isInAlphabet = (character: string) => BASIC.has(character) || EXTENDED.has(character);

/** Characters that a text in the alphabet takes in an SMS; one of the extension table, e.g. `€` or `[`, takes two. */
export const gsm7Length = (text: string): number =>
  Array.from(text).reduce((length, character) => length + septetsOf(character), 0);

const septetsOf = (character: string) => (EXTENDED.has(character) ? 2 : 1);

/** Parts that a text in the alphabet is sent in, each of which costs. An escape is not parted from its character. */
export function gsm7Segments(text: string): number {
  if (gsm7Length(text) <= SINGLE) return 1;
  let parts = 1;
  let taken = 0;
  for (const character of text) {
    const septets = septetsOf(character);
    if (taken + septets > PART) {
      parts += 1;
      taken = 0;
    }
    taken += septets;
  }
  return parts;
}
