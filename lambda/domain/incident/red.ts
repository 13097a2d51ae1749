import { clockSince, minutesBetween } from '../kernel/time.ts';
import { firing, type Incident } from './incident.ts';
import type { Source } from './person.ts';
import { alarmLabel, alarmOf, type RedSince } from './signal.ts';

/** Minutes after a resolution at which people are told that alarms are still red, and at which a new incident opens for them. */
const STILL_RED = { told: 10, opens: 60 } as const;

/** This many alarms are named. */
const NAMED = 10;

/** The sources whose requests can be confirmed: a webhook only reports what was done elsewhere. */
const CAN_ASK: readonly Source[] = ['link', 'slack', 'command line'];

/** The alarms of an incident that are red as far as it knows. That of a drill was set by a person, and goes by itself. */
export const redIn = (incident: Incident): RedSince[] =>
  incident.drill
    ? []
    : firing(incident).flatMap(([key, { at }]) => {
        const name = alarmOf(key);
        return name === undefined ? [] : [{ name, since: at }];
      });

/** The alarms, with the time since which each has been red. */
export function redWords(red: readonly RedSince[], now: string, count = red.length): string {
  const named = red.slice(0, NAMED).map(({ name, since }) => `${alarmLabel(name)} since ${clockSince(now, since)} UTC`);
  const others = count - named.length;
  return [...named, ...(others > 0 ? [`${others} more`] : [])].join(', ');
}

/** The question before an incident is resolved while alarms are red, where its answer can be given; undefined when there is none. */
export function redQuestion(incident: Incident, via: Source | undefined, now: string): string | undefined {
  const red = redIn(incident);
  if (red.length === 0 || via === undefined || !CAN_ASK.includes(via)) return undefined;
  return `still red: ${redWords(red, now)}`;
}

/** The demand of a red alarm. One that `opens again` was red already when the last incident was resolved. */
export type RedDemand = 'opens' | 'opens again' | 'told' | 'nothing';

/**
 * A person knows of what was red when the incident was resolved or cancelled, for an hour; within it people are told once.
 * Automation resolves only what it knows to be clear: what was red then, nobody knows of.
 */
export function demandOf(since: string, last: Incident | undefined, now: string): RedDemand {
  if (last?.resolvedAt === undefined || since >= last.resolvedAt) return 'opens';
  const minutes = minutesBetween(last.resolvedAt, now);
  if (minutes >= STILL_RED.opens) return 'opens again';
  if (last.settled) return 'opens';
  return minutes >= STILL_RED.told && !last.stillRedAt ? 'told' : 'nothing';
}

/** The alarms as an event names them: some, and how many there are. */
export const namedRed = (red: readonly RedSince[]) => ({ alarms: red.slice(0, NAMED), count: red.length });
