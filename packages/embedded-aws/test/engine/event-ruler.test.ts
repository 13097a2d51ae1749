import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { matches } from '../../src/engine/event-pattern.ts';
import { Unsupported } from '../../src/unsupported.ts';

type Verdict = 'matches' | 'does not match' | 'refused';

/** Event Ruler is the code behind EventBridge; Verdicts.java says how its words were taken. */
const verdicts = readFileSync(join(import.meta.dirname, 'event-ruler', 'verdicts.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as [Verdict, unknown, unknown]);

function verdict(pattern: unknown, event: unknown): Verdict {
  try {
    return matches(pattern, event) ? 'matches' : 'does not match';
  } catch (error) {
    if (error instanceof Unsupported) return 'refused';
    throw error;
  }
}

it('says what Event Ruler says, or refuses aloud', () => {
  const other = verdicts.filter(([said, pattern, event]) => ![said, 'refused'].includes(verdict(pattern, event)));
  expect(other).toEqual([]);
});

it('refuses one in five at most of what Event Ruler takes', () => {
  const taken = verdicts.filter(([said]) => said !== 'refused');
  expect(taken.length).toBeGreaterThan(2500);
  const refused = taken.filter(([, pattern, event]) => verdict(pattern, event) === 'refused');
  expect(refused.length / taken.length).toBeLessThan(0.2);
});
