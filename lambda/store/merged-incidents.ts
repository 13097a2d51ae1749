import { latest, read, UnreadableIncident } from './incidents.ts';

/** Merges are followed this far. */
const FAR = 10;

/** The incident of a slot in which its trouble goes on: the last one, or the one that it was merged into. */
export async function current(slot: string): Promise<Awaited<ReturnType<typeof latest>>> {
  const found = await latest(slot);
  let { stored } = found;
  try {
    for (let i = 0; i < FAR && stored?.incident.mergedInto; i++) stored = await read(stored.incident.mergedInto);
    return { ...found, stored };
  } catch (error) {
    if (error instanceof UnreadableIncident) return { number: found.number, unreadable: error };
    throw error;
  }
}
