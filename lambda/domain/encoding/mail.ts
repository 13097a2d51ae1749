import { toGsm7 } from './gsm7.ts';
import { visible, visibleLine } from './visible.ts';

/** Encodes the text of an e-mail, which is plain text. */
export const mailText = (text: string): string => visible(text);

/** Encodes a subject: one line, so that nothing in it becomes a header of its own. */
export const mailSubject = (text: string): string => visibleLine(text);

/** The same in ASCII, as SNS demands of subjects: "Stoerung" keeps its letters, and what nobody can spell is a `?`. */
export const asciiLine = (text: string): string =>
  Array.from(toGsm7(visibleLine(text)), character => ASCII[character] ?? withoutAccent(character))
    .join('')
    .replace(/ +/g, ' ')
    .trim();

const ASCII: Readonly<Record<string, string>> = {
  ...{ '€': 'EUR', '£': 'GBP', '¥': 'JPY', '¤': '?', '§': 'S', '¡': '!', '¿': '?', ß: 'ss' },
  ...{ ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue', æ: 'ae', Æ: 'Ae', ø: 'oe', Ø: 'Oe', å: 'aa', Å: 'Aa' },
  ...{ Δ: 'D', Φ: 'F', Γ: 'G', Λ: 'L', Ω: 'O', Π: 'P', Ψ: 'Ps', Σ: 'S', Θ: 'Th', Ξ: 'X' },
};

const withoutAccent = (character: string) => character.normalize('NFD').replace(/[^\x20-\x7e]/g, '') || ' ';
