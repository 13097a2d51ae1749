import type { Check } from './events.ts';
import { sourceLabel } from './signal.ts';

/** A check as people read it: "alarm errors-half: ALARM", "https://shop.example/health: HTTP 200". */
export const checkWords = ({ check, seen }: Pick<Check, 'check' | 'seen'>): string => `${sourceLabel(check)}: ${seen}`;
