import type { Incident } from '../incident/incident.ts';

/** The status for people; an incident that was merged names the one in which it goes on. */
export const statusWords = ({ status, mergedInto }: Pick<Incident, 'status' | 'mergedInto'>): string =>
  mergedInto ? `merged into ${mergedInto.id}` : status;
