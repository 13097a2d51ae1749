import type { LedgerRun, Readings } from '../../lambda/domain/incident/commands.ts';
import type { Step } from '../../lambda/domain/incident/policy.ts';
import type { Facts } from '../../lambda/domain/kernel/severity.ts';
import { minute, of, READINGS, Story, step } from './story.ts';

export const NOW = 100;

export const FOUND = [{ fact: 'cpuPercent', atLeast: 80, means: 'the tasks use {} % of their CPU' }];

export const ran = (minutesAgo: number, changes: Partial<LedgerRun> = {}): LedgerRun => ({
  run: `INC-0/1/${minutesAgo}`,
  runbook: 'other',
  target: 'other',
  at: minute(NOW - minutesAgo),
  ...changes,
});

/** Decides on a plan of one step, at minute 100. */
export function decided(changes: Partial<Step>, readings: Partial<Readings> = {}, facts: Facts = { desiredTasks: 10 }) {
  const story = new Story(step('restart', changes));
  story.at(NOW).fires('warning');
  story.diagnoses(facts);
  return story.plans({ ...READINGS, ...readings });
}

export const reasons = (...args: Parameters<typeof decided>) =>
  of(decided(...args), 'StepSkipped').flatMap(e => e.reasons);
