import ical, {
  type ICalAttendeeData,
  ICalAttendeeRole,
  ICalAttendeeStatus,
  ICalCalendarMethod,
  ICalEventStatus,
} from 'ical-generator';
import type { Incident } from '../incident/incident.ts';
import type { Meeting } from '../incident/review-records.ts';
import type { Mail } from '../kernel/templates.ts';
import { plusMinutes } from '../kernel/time.ts';
import { MEETING_MINUTES } from '../review/meeting-time.ts';

/**
 * The review meeting as an iCalendar invitation (METHOD:REQUEST). The same input gives the same bytes, and the event's id is the
 * incident's, so that a calendar that gets it twice has one event.
 */
export function invitation(
  { id, service, resolvedAt = '' }: Incident,
  { at, attendees, guests }: Meeting,
  { subject, body }: Mail,
  addresses: Record<string, string>,
): string {
  const invited = (names: readonly string[], role: ICalAttendeeRole) =>
    names.flatMap((name): ICalAttendeeData[] => {
      const email = addresses[name];
      return email ? [{ name, email, role, rsvp: true, status: ICalAttendeeStatus.NEEDSACTION }] : [];
    });
  const required = invited(attendees, ICalAttendeeRole.REQ);
  const [organizer] = required;
  const calendar = ical({
    prodId: { company: 'incident-response', product: 'post-incident review' },
    method: ICalCalendarMethod.REQUEST,
    events: [
      {
        ...{ id: `${id}.review@${service}`, sequence: 0, stamp: resolvedAt, status: ICalEventStatus.CONFIRMED },
        ...{ start: at, end: plusMinutes(at, MEETING_MINUTES) },
        ...{ summary: subject, description: body },
        ...(organizer ? { organizer: { name: organizer.name ?? organizer.email, email: organizer.email } } : {}),
        attendees: [...required, ...invited(guests, ICalAttendeeRole.OPT)],
      },
    ],
  });
  return `${calendar}\r\n`;
}
