import type { Severity } from '../kernel/severity.ts';
import type { Source } from './person.ts';

/** What a signal says: firing and cleared are knowledge, unknown (INSUFFICIENT_DATA) is the lack of it and never acted on. */
export type SignalState = 'firing' | 'cleared' | 'unknown';

/** The state of a CloudWatch alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The state of a signal by the state of its alarm. */
export const ALARM_STATES: Readonly<Record<AlarmState, SignalState>> = {
  OK: 'cleared',
  ALARM: 'firing',
  INSUFFICIENT_DATA: 'unknown',
};

/** `info`: nothing is wrong. */
export type SignalLevel = 'info' | 'warning' | 'critical';

/** A normalised observation from outside: an alarm, an event, a probe or a person. */
export interface Signal {
  /** The event's own id: the same signal twice carries the same id. */
  id: string;
  /** What fired, `alarm:NAME`: a later signal with the same key replaces an earlier one. */
  key: string;
  state: SignalState;
  level: SignalLevel;
  service: string;
  playbook: string;
  /** When the source changed its state, ISO 8601 in UTC: not when the event arrived. */
  at: string;
  /** When the trouble began, where the source tells: the first breaching datapoint of an alarm. */
  since?: string;
  /** One line for an operator, with the numbers. */
  summary: string;
  /** A person set it off to rehearse. */
  drill?: boolean;
  /** Who declared it; absent, a machine did. */
  reporter?: string;
  /** As what a person declared it, with what they know of it, and through which door. */
  declared?: Declaration & { text: string; via?: Source | undefined };
}

/** What the reason of an alarm begins with that a person set off to rehearse. */
export const DRILL = '[DRILL]';

/**
 * Minutes for which an alarm is believed to be red because a person set it so. CloudWatch judges it anew within a minute or
 * two, but does not say so if that comes to the same: one that is red for longer is red by itself.
 */
export const DRILL_MINUTES = 10;

/** Whether an alarm is red for a drill only, by its reason and the minutes since it turned so. */
export const isDrill = (reason: string | undefined, minutes: number) =>
  reason?.startsWith(DRILL) === true && minutes < DRILL_MINUTES;

/** The key of an alarm's signals. */
export const alarmKey = (alarmName: string) => `alarm:${alarmName}`;

/** The alarm's name in such a key; undefined when the signal is not an alarm's. */
export const alarmOf = (key: string) => (key.startsWith('alarm:') ? key.slice('alarm:'.length) : undefined);

/** Tags of an alarm, propagated into its events, that route it: rules match the service, `intake` reads the rest. */
export const ALARM_TAGS = {
  service: 'incident:service',
  playbook: 'incident:playbook',
  level: 'incident:level',
} as const;

/** The one form in which people declare an incident, or something of one that is open, through every door. */
export interface Declaration {
  /** @default P1 of a data loss or a security breach, P3 of anything else */
  severity?: Severity | undefined;
  dataLoss?: boolean | undefined;
  securityBreach?: boolean | undefined;
  /** Whether people have another way to do what fails; absent, nobody has said. */
  workaround?: boolean | undefined;
}
