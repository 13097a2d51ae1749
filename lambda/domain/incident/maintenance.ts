/** Maintenance in force: nothing is done to what is in its scope, and no outage of it is published. */
export interface Maintenance {
  source: MaintenanceSource;
  scope: MaintenanceScope;
  /** When it ends, as far as that is known, in ISO 8601 and UTC. */
  until?: string | undefined;
  reason: string;
}

/** A person's window, an announcement on the status page, a mute rule of CloudWatch, or the suppression of a composite alarm. */
export type MaintenanceSource = 'person' | 'announcement' | 'mute rule' | 'suppression';

/** The whole service, components of the status page by their ids, or alarms by their names. */
export type MaintenanceScope = 'service' | { components: readonly string[] } | { alarms: readonly string[] };

/** The maintenance by which a signal is held back: the signal itself is in its scope. */
export type HeldBy = Omit<Maintenance, 'scope'>;

/** Hours that a person's window lasts at most, unless the person says that it is to last longer. */
export const WINDOW_HOURS = 24;

/** True until the maintenance's end, if it has one. */
export const lasts = ({ until }: Pick<Maintenance, 'until'>, now: string): boolean =>
  until === undefined || Date.parse(now) < Date.parse(until);
