import type { Incident } from '../domain/incident/incident.ts';

/** Where what belongs to the review of an incident lies in the bucket of reviews. */
export const folderOf = ({ id }: Pick<Incident, 'id'>) => `reviews/${id}/`;
