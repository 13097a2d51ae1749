import { FUNCTION_ERROR, METRICS_COME, MISSING_OUTPUT, Undocumented } from 'embedded-aws';
import { expect, it } from 'vitest';
import { othersOf, worded } from '../../local/undocumented/positions.ts';
import { ALL_QUESTIONS } from '../../local/world/undocumented.ts';

it('a scenario is rehearsed under each other position of what it asked, and under all others at once', () => {
  const others = othersOf([METRICS_COME, MISSING_OUTPUT]);
  const alone = others.filter(positions => Object.keys(positions).length === 1);
  expect(alone.map(worded)).toEqual([
    'metrics come up to 180 s late',
    "output of a runbook's step that is missing is left out",
    "output of a runbook's step that is missing is the selector",
  ]);
  const together = others.slice(alone.length);
  expect(together.map(positions => Object.keys(positions))).toEqual(
    together.map(() => ALL_QUESTIONS.map(({ name }) => name)),
  );
  for (const positions of together)
    for (const question of ALL_QUESTIONS)
      expect(new Undocumented(positions).positionOn(question)).not.toBe(question.positions[0]);
  const missing = together.map(positions => new Undocumented(positions).positionOn(MISSING_OUTPUT));
  expect(missing).toEqual(MISSING_OUTPUT.positions.slice(1));
});

it('without any question it is still rehearsed under all others at once, where it may ask more', () => {
  expect(othersOf([]).map(positions => new Undocumented(positions).positionOn(FUNCTION_ERROR))).toEqual([
    'is an output',
    'is an output',
  ]);
  expect(worded({})).toBe('the default positions');
});
