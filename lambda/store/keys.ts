import type { Incident } from '../domain/incident/incident.ts';
import type { ItemKey } from './table.ts';

/**
 * The key of an incident: a slot, in which only one incident can be open, and a number in it. The slot is a service, or a
 * playbook of it.
 */
export interface IncidentKey {
  slot: string;
  number: number;
}

export const keyOf = ({ slot, number }: Incident): IncidentKey => ({ slot, number });

/** The partition of all commits to the incidents of a slot, in their order. */
export const streamOf = (slot: string) => `incident/${slot}`;

/** The sort key of the commit whose first event has that number. */
export const commitOf = (number: number, seq: number) => `${padded(number, 6)}/${padded(seq, 9)}`;

/** The key of the item that holds the first commit, and the attributes by which the incident is found. */
export const firstItem = ({ slot, number }: IncidentKey): ItemKey => ({ pk: streamOf(slot), sk: commitOf(number, 0) });

export const snapshotItem = ({ slot, number }: IncidentKey): ItemKey => ({
  pk: `snapshot/${slot}`,
  sk: padded(number, 6),
});

/** The incident of a commit's key. */
export const incidentOf = ({ pk, sk }: ItemKey): IncidentKey => ({
  slot: pk.slice('incident/'.length),
  number: Number(sk.split('/')[0]),
});

const padded = (number: number, digits: number) => String(number).padStart(digits, '0');
