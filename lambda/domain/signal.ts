/** What a signal says: firing and cleared are knowledge, unknown (INSUFFICIENT_DATA) is the lack of it and never acted on. */
export type SignalState = 'firing' | 'cleared' | 'unknown';

export type SignalLevel = 'warning' | 'critical';

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
}

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
