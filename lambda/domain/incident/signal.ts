import type { Severity } from '../kernel/severity.ts';
import type { HeldBy } from './maintenance.ts';
import type { Source } from './person.ts';

/**
 * The state of a signal. `firing` and `cleared` are knowledge. `unknown` (INSUFFICIENT_DATA) is the lack of it, and
 * never acted on.
 */
export type SignalState = 'firing' | 'cleared' | 'unknown';

/** The state of a CloudWatch alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The state of a signal for each state of its alarm. */
export const ALARM_STATES: Readonly<Record<AlarmState, SignalState>> = {
  OK: 'cleared',
  ALARM: 'firing',
  INSUFFICIENT_DATA: 'unknown',
};

/** An alarm that is red, and since when. */
export interface RedSince {
  /** Its name, or its ARN if it is in another account or region. */
  name: string;
  since: string;
}

/** `info` means that nothing is wrong. */
export type SignalLevel = 'info' | 'warning' | 'critical';

/** An observation from outside in a common form: from an alarm, an event, a probe or a person. */
export interface Signal {
  /** The event's own id: the same signal has the same id when it is received twice. */
  id: string;
  /** The source, e.g. `alarm:NAME`, with an ARN for an alarm elsewhere. A later signal with the same key replaces an earlier one. */
  key: string;
  state: SignalState;
  level: SignalLevel;
  service: string;
  playbook: string;
  /** When the source changed its state, in ISO 8601 and UTC. The event may arrive later. */
  at: string;
  /** When the trouble began, where the source reports it: the first breaching datapoint of an alarm. */
  since?: string | undefined;
  /** One line for operators, with the numbers. */
  summary: string;
  /** How often a flapping signal has changed. */
  changes?: number | undefined;
  /** The maintenance in force in whose scope it is. */
  maintenance?: HeldBy | undefined;
  /** A person triggered the signal for a drill. */
  drill?: boolean | undefined;
  /** The title of the incident that it opens. @default that of the playbook */
  title?: string | undefined;
  /** The person who declared the incident; absent, a machine sent the signal. */
  reporter?: string | undefined;
  /** The declaration of a person, in their words, and its source. */
  declared?: (Declaration & { text: string; via?: Source | undefined }) | undefined;
}

/**
 * A signal flaps when it changes its state more often than this within the window. Its changes are then counted, and it counts
 * as firing until it has kept a state for `calmMinutes`.
 */
export const FLAPPING = { changes: 8, windowMinutes: 60, calmMinutes: 10 } as const;

/** The beginning of an alarm's reason when a person triggered it for a drill. */
export const DRILL = '[DRILL]';

/**
 * Minutes for which an alarm counts as red because a person set it. CloudWatch judges it again within a minute or two,
 * but does not report a result that is the same. An alarm that stays red longer is red by itself.
 */
export const DRILL_MINUTES = 10;

/** True if an alarm is red only for a drill, by its reason and the minutes since it turned red. */
export const isDrill = (reason: string | undefined, minutes: number) =>
  reason?.startsWith(DRILL) === true && minutes < DRILL_MINUTES;

/**
 * The key of an alarm's signals.
 *
 * @param alarm its name, or its ARN if it is in another account or region, where another alarm may have the same name
 */
export const alarmKey = (alarm: string) => `alarm:${alarm}`;

/** The alarm's name, or its ARN if it is elsewhere, in such a key; undefined when another source sent the signal. */
export const alarmOf = (key: string) => (key.startsWith('alarm:') ? key.slice('alarm:'.length) : undefined);

/**
 * Tags of an alarm that route its events, into which CloudWatch copies them. EventBridge rules match the service, and
 * `intake` reads the others.
 */
export const ALARM_TAGS = {
  service: 'incident:service',
  playbook: 'incident:playbook',
  level: 'incident:level',
} as const;

/**
 * The beginning of the names of all alarms of playbooks, of whichever service: EventBridge rules match it where CloudWatch could
 * not read an alarm's tags. The responder's own alarms are named otherwise.
 */
export const ALARM_PREFIX = 'incident-response/';

/** The parts of an alarm's ARN. */
export interface AlarmArn {
  region: string;
  account: string;
  name: string;
}

/** The parts of an alarm's ARN; undefined for a name, by which alarms of this account and region are known. */
export function parseAlarmArn(alarm: string): AlarmArn | undefined {
  const [, region, account, name] = /^arn:[^:]+:cloudwatch:([^:]+):(\d+):alarm:(.+)$/s.exec(alarm) ?? [];
  return region && account && name ? { region, account, name } : undefined;
}

/**
 * An alarm for people: those that are deployed with the playbooks are told without what all of them begin with.
 *
 * @param alarm its name, or its ARN if it is in another account or region
 */
export function alarmLabel(alarm: string): string {
  const { name = alarm, region, account } = parseAlarmArn(alarm) ?? {};
  const short = name.startsWith(ALARM_PREFIX) ? name.slice(name.indexOf('/', ALARM_PREFIX.length) + 1) : name;
  return region ? `${short} (${region}, account ${account})` : short;
}

/** The source of a signal for people: "alarm database-connections-warning". */
export function sourceLabel(key: string): string {
  const alarm = alarmOf(key);
  return alarm === undefined ? key : `alarm ${alarmLabel(alarm)}`;
}

/** The beginning of the names of a service's alarms. */
export const alarmPrefix = (service: string) => `${ALARM_PREFIX}${service}/`;

/** The one form in which people declare an incident, or declare something about an open one, from every source. */
export interface Declaration {
  /** @default P1 for a data loss or a security breach, P3 for anything else */
  severity?: Severity | undefined;
  dataLoss?: boolean | undefined;
  securityBreach?: boolean | undefined;
  /** People have another way to do what fails, or do not; absent, nobody has said. */
  workaround?: boolean | undefined;
}
