import { plusMinutes } from '../kernel/time.ts';

/** The agenda of the runbook's section 4.2. */
export const AGENDA: readonly { minutes: number; topic: string }[] = [
  { minutes: 5, topic: 'Timeline' },
  { minutes: 10, topic: 'Root cause' },
  { minutes: 5, topic: 'Response assessment' },
  { minutes: 5, topic: 'Action items' },
  { minutes: 5, topic: 'Lessons' },
];

export const MEETING_MINUTES = AGENDA.reduce((sum, { minutes }) => sum + minutes, 0);

/** Minutes after the meeting for writing down its results. */
const WRITE_UP_MINUTES = 60;
/** Minutes from the resolution to the meeting, at least: people read the draft first, and whoever worked at night sleeps. */
const NOTICE_MINUTES = 120;

/** The hours in which people meet, and the time that suits best, in minutes of their local day. */
const WORKING = { from: 9 * 60, to: 17 * 60, best: 14 * 60 };
/** Minutes between two candidate times: the offsets of some time zones are quarters of an hour. */
const STEP = 15;

/**
 * The time of an incident's review: within the hours of the post-mortem, on a working day, as near to 14:00 local time as
 * possible. If those hours contain no working time, it is on the next working day. Holidays are not known.
 */
export function meetingTime(from: string, hours: number, timeZone: string): string {
  const latest = plusMinutes(from, hours * 60 - MEETING_MINUTES - WRITE_UP_MINUTES);
  const localTimeOf = clockOf(timeZone);
  let best: Slot | undefined;
  for (let at = nextStep(plusMinutes(from, NOTICE_MINUTES)); ; at = plusMinutes(at, STEP)) {
    if (best && at > latest) return best.at;
    const slot = slotAt(at, localTimeOf(at));
    if (slot && at > latest && slot.minutesOff === 0) return at;
    if (slot && at <= latest && slot.minutesOff < (best?.minutesOff ?? Number.POSITIVE_INFINITY)) best = slot;
  }
}

/** The time by which the results of the meeting are written down. */
export const writeUpDue = (meetingAt: string) => plusMinutes(meetingAt, MEETING_MINUTES + WRITE_UP_MINUTES);

interface Slot {
  at: string;
  /** Minutes from the best time of the day. */
  minutesOff: number;
}

interface LocalTime {
  isWorkday: boolean;
  /** Minute of the day. */
  minute: number;
}

function slotAt(at: string, { isWorkday, minute }: LocalTime): Slot | undefined {
  const fits = isWorkday && minute % 30 === 0 && minute >= WORKING.from && minute + MEETING_MINUTES <= WORKING.to;
  return fits ? { at, minutesOff: Math.abs(minute - WORKING.best) } : undefined;
}

/** Reads times on the clocks of a zone. */
function clockOf(timeZone: string): (iso: string) => LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  return iso => {
    const parts = Object.fromEntries(format.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
    const minute = Number(parts['hour']) * 60 + Number(parts['minute']);
    return { isWorkday: parts['weekday'] !== 'Sat' && parts['weekday'] !== 'Sun', minute };
  };
}

const nextStep = (iso: string) => {
  const step = STEP * 60_000;
  return new Date(Math.ceil(Date.parse(iso) / step) * step).toISOString();
};
