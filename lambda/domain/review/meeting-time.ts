import { plusMinutes } from '../kernel/time.ts';

/** The runbook's 4.2. */
export const AGENDA: readonly { minutes: number; topic: string }[] = [
  { minutes: 5, topic: 'Timeline' },
  { minutes: 10, topic: 'Root cause' },
  { minutes: 5, topic: 'Response assessment' },
  { minutes: 5, topic: 'Action items' },
  { minutes: 5, topic: 'Lessons' },
];

export const MEETING_MINUTES = AGENDA.reduce((sum, { minutes }) => sum + minutes, 0);

/** Minutes after the meeting in which its results are written down. */
const WRITE_UP_MINUTES = 60;
/** Minutes before the meeting: the draft is to be read, and whoever worked at night is to have slept. */
const NOTICE_MINUTES = 120;

/** Minutes of the day between which people meet, on their clocks, and at which they rather do. */
const WORKING = { from: 9 * 60, to: 17 * 60, best: 14 * 60 };
/** Minutes between two times that are weighed: clocks of some zones differ by quarters of an hour. */
const STEP = 15;

/**
 * When an incident is reviewed: within the hours of the post-mortem, on a working day, as near to 14:00 as may be. Where none
 * of these hours is one of work, on the next working day. Holidays nobody tells us.
 */
export function meetingTime(from: string, hours: number, timeZone: string): string {
  const latest = plusMinutes(from, hours * 60 - MEETING_MINUTES - WRITE_UP_MINUTES);
  const local = clockOf(timeZone);
  let best: Slot | undefined;
  for (let at = nextStep(plusMinutes(from, NOTICE_MINUTES)); ; at = plusMinutes(at, STEP)) {
    if (best && at > latest) return best.at;
    const slot = slotAt(at, local(at));
    if (slot && at > latest && slot.off === 0) return at;
    if (slot && at <= latest && slot.off < (best?.off ?? Number.POSITIVE_INFINITY)) best = slot;
  }
}

/** When what the meeting found is written down. */
export const writeUpDue = (meetingAt: string) => plusMinutes(meetingAt, MEETING_MINUTES + WRITE_UP_MINUTES);

interface Slot {
  at: string;
  /** Minutes from the best time of the day. */
  off: number;
}

interface LocalTime {
  isWorkday: boolean;
  /** Of the day. */
  minute: number;
}

function slotAt(at: string, { isWorkday, minute }: LocalTime): Slot | undefined {
  const fits = isWorkday && minute % 30 === 0 && minute >= WORKING.from && minute + MEETING_MINUTES <= WORKING.to;
  return fits ? { at, off: Math.abs(minute - WORKING.best) } : undefined;
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
