import type { Incident } from '../incident/incident.ts';
import type { Disruption } from '../incident/records.ts';

/** The times in which people were measured to suffer, oldest first. Signals and declarations measure nothing. */
export const disruptionsOf = ({ disruptions, resolvedAt }: Incident): Disruption[] =>
  disruptions.map(disruption => ({ ...disruption, to: disruption.to ?? resolvedAt }));
