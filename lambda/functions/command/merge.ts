import type { Incident } from '../../domain/incident/incident.ts';
import type { Person } from '../../domain/incident/person.ts';
import { mergeFault, mergeId } from '../../domain/merge.ts';
import type { CommandAnswer } from '../../inbound/command-request.ts';
import { type Committed, commit } from '../../runtime/command-handler.ts';
import { keyOf } from '../../store/keys.ts';

/**
 * Merges an incident into another by two commits, the other one's first: if this ends in between, the same request finishes it.
 * @returns what came of the incident that is over, and before it of the other
 */
export async function merge(from: Incident, into: Incident, { by, via }: Person): Promise<Committed[] | CommandAnswer> {
  if (from.mergedInto?.id === into.id) return { incident: from, happened: [] };
  const fault = mergeFault(from, into);
  if (fault) return { refused: fault };
  const command = { id: mergeId(from, into), by, via };
  const absorbed = await commit(keyOf(into), { ...command, type: 'absorb', other: from });
  if (absorbed.refused) return { refused: absorbed.refused };
  const { id, slot, number } = into;
  return [absorbed, await commit(keyOf(from), { ...command, type: 'merge into', into: { id, slot, number } })];
}
