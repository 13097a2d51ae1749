import { type Positions, type Question, taking } from 'embedded-aws';
import { ALL_QUESTIONS } from '../world/undocumented.ts';

/**
 * The positions under which a scenario must end as expected beside the default ones, when it asked these questions under them:
 * each other position by itself, and all others at once. Another position on a question that it did not ask would change nothing.
 */
export function othersOf(asked: readonly Question[]): Positions[] {
  const alone = asked.flatMap(question => question.positions.slice(1).map(position => taking(question, position)));
  const most = Math.max(...ALL_QUESTIONS.map(({ positions }) => positions.length));
  const together = Array.from({ length: most - 1 }, (_, i) => at(i + 1));
  return [...alone, ...together];
}

/** The position of that place on every question, or its last one. */
const at = (place: number): Positions =>
  Object.assign(
    {},
    ...ALL_QUESTIONS.map(question => taking(question, question.positions[place] ?? question.positions.at(-1) ?? '')),
  );

/** E.g. `metrics come up to 180 s late`. */
export const worded = (positions: Positions): string =>
  Object.entries(positions)
    .map(([name, position]) => `${name} ${position}`)
    .join('; ') || 'the default positions';
