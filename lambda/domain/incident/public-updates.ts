import { sizeOf } from './bounds.ts';
import type { Incident } from './incident.ts';
import type { PublishedUpdate } from './records.ts';

/** Updates in the words of the templates that are kept while the status stays the same. */
const ROUTINE_LIMIT = 10;

/** Bytes that all updates may take. */
const SIZE_LIMIT = 12_000;

/**
 * The updates with a new one. Of those that only say that nothing has changed the latest are kept, and so the list stays
 * bounded; the first update and the latest always stay.
 */
export function withUpdate(
  { publicUpdates, fixed = false }: Pick<Incident, 'publicUpdates' | 'fixed'>,
  update: Omit<PublishedUpdate, 'fixed'>,
): readonly PublishedUpdate[] {
  const updates = [...publicUpdates, { ...update, fixed }];
  const routine = updates.filter((_, i) => isRoutine(updates, i));
  const dropped = routine.length > ROUTINE_LIMIT ? routine[0] : undefined;
  const kept = updates.filter(other => other !== dropped);
  while (kept.length > 2 && sizeOf(kept) > SIZE_LIMIT) kept.splice(1, 1);
  return kept;
}

function isRoutine(updates: readonly PublishedUpdate[], index: number): boolean {
  const [before, update] = [updates[index - 1], updates[index]];
  return update?.kind === 'update' && update.text === undefined && update.status === before?.status;
}
