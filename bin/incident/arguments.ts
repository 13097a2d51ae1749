import { InvalidArgumentError } from 'commander';
import type { Priority } from '../../lambda/domain/incident/review-records.ts';
import { SEVERITIES } from '../../lambda/domain/kernel/severity.ts';

/** Parsers of arguments. Each throws InvalidArgumentError, which Commander prints with the usage. */

export const ID = 'the incident, e.g. INC-2026-01-31-001';

export const isId = (text: string) => /^INC-\d{4}-\d{2}-\d{2}-\d{3,}$/i.test(text);

export function incident(text: string): string {
  const id = text.toUpperCase();
  if (!isId(id)) throw new InvalidArgumentError(`Expected ${ID}.`);
  return id;
}

export function severity(text: string) {
  const found = SEVERITIES.find(known => known === text.toUpperCase());
  if (!found) throw new InvalidArgumentError(`Expected one of ${SEVERITIES.join(', ')}.`);
  return found;
}

export function yesOrNo(text: string): boolean {
  const found = ['no', 'yes'].indexOf(text.toLowerCase());
  if (found === -1) throw new InvalidArgumentError('Expected yes or no.');
  return found === 1;
}

export function month(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('Expected a month, e.g. 2026-01.');
  if (text > new Date().toISOString()) throw new InvalidArgumentError('This month has not begun.');
  return text;
}

export const ITEMS = ['acknowledge', 'ticket', 'channel', 'severity', 'log', 'stakeholders'] as const;

export function item(text: string) {
  const found = ITEMS.find(known => known === text);
  if (!found) throw new InvalidArgumentError(`Expected one of ${ITEMS.join(', ')}.`);
  return found;
}

export const PRIORITIES: readonly Priority[] = ['high', 'medium', 'low'];

export function priority(text: string): Priority {
  const found = PRIORITIES.find(known => known === text.toLowerCase());
  if (!found) throw new InvalidArgumentError(`Expected one of ${PRIORITIES.join(', ')}.`);
  return found;
}

/** A time in UTC, to the minute. */
export function moment(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('Expected a time in UTC, e.g. 2026-01-31T09:12Z.');
  return new Date(time).toISOString();
}

/** A due date: 09:00 UTC of that day, when its owner is reminded. */
export function dueDate(text: string): string {
  const time = `${text}T09:00:00.000Z`;
  const exists = /^\d{4}-\d{2}-\d{2}$/.test(text) && Date.parse(time) && new Date(time).toISOString() === time;
  if (!exists) throw new InvalidArgumentError('Expected a day, e.g. 2026-02-14.');
  return time;
}
