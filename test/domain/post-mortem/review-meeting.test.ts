import fc from 'fast-check';
import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { renderer, renderMail } from '../../../lambda/domain/kernel/templates.ts';
import { invitation } from '../../../lambda/domain/post-mortem/invitation.ts';
import { byName, meetingOf } from '../../../lambda/domain/post-mortem/review-meeting.ts';
import { invitationFields } from '../../../lambda/domain/post-mortem/review-notices.ts';
import { AGENDA, meetingTime, writeUpDue } from '../../../lambda/domain/review/meeting-time.ts';
import { postMortemDue } from '../../../lambda/domain/review/review.ts';
import { readFolders } from '../../../lib/platform/templates.ts';
import { policy, Story } from '../../support/story.ts';

const ADDRESSES = Object.fromEntries(['ada', 'ben', 'cleo', 'finn'].map(name => [name, `${name}@example.com`]));
const INVITEES = { people: Object.keys(ADDRESSES), reviewers: ['cleo', 'gone'], guests: ['finn', 'ada'] };

/** Ben had command, Ada by her address and somebody unknown acted. */
function reviewed() {
  const story = Story.under(policy([], { reviewTimeZone: 'America/New_York' }));
  story.fires('critical', { summary: 'it failed' });
  story.tell({ type: 'note', by: 'Ada@Example.com', text: 'looking' });
  story.tell({ type: 'note', by: 'somebody', text: 'me too' });
  story.tell({ type: 'take command', by: 'ben' });
  story.at(30).resolves('ben');
  return byName(story.incident, ADDRESSES);
}

describe('the review meeting', () => {
  test('invites the commander, those who acted and the reviewers who can be invited; guests are optional', () => {
    expect(meetingOf(reviewed(), INVITEES)).toMatchObject({
      attendees: ['ben', 'ada', 'cleo'],
      guests: ['finn'],
    });
    expect(meetingOf(reviewed(), { ...INVITEES, people: ['finn'] })).toBeUndefined();
  });

  const local = (iso: string, timeZone: string) => Temporal.Instant.from(iso).toZonedDateTimeISO(timeZone);
  const isWork = (time: Temporal.ZonedDateTime) => time.dayOfWeek < 6 && time.hour >= 9 && time.hour < 17;

  test('is in working hours before the post-mortem is due, or soon after if those hours have none', () => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Auckland');
    const minutes = fc.integer({ min: 0, max: 3 * 365 * 1440 });
    fc.assert(
      fc.property(minutes, zones, fc.constantFrom(24, 48, 72), (minute, timeZone, hours) => {
        const resolvedAt = new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
        const meeting = meetingTime(resolvedAt, hours, timeZone);
        expect(isWork(local(meeting, timeZone))).toBe(true);
        const story = Story.under(policy([], { reviewTimeZone: timeZone, postMortemHours: hours }));
        const due = postMortemDue({ ...(story.fires() && story.incident), resolvedAt }) ?? '';
        expect(meeting > resolvedAt && writeUpDue(meeting) <= due).toBe(true);
        const late = (Date.parse(due) - Date.parse(resolvedAt)) / 3_600_000 - hours;
        if (late === 0) return;
        // No half hour of the window was one of work, and it is the first afternoon of work after it.
        const window = Array.from({ length: (hours - 3.5) * 2 }, (_, i) => i / 2 + 2);
        const at = (hour: number) => new Date(Date.parse(resolvedAt) + hour * 3_600_000).toISOString();
        const free = window.filter(
          hour => isWork(local(at(hour), timeZone)) && isWork(local(at(hour + 0.5), timeZone)),
        );
        expect(free).toEqual([]);
        expect(local(meeting, timeZone).hour).toBe(14);
        expect(late).toBeLessThanOrEqual(72);
      }),
    );
  });

  test.each([
    ['resolved at night, it is on the same day', '2026-03-05T09:21:00.000Z', '2026-03-05T19:00:00.000Z'],
    ['resolved in the afternoon, it is on the next day', '2026-03-05T20:21:00.000Z', '2026-03-06T18:30:00.000Z'],
    ['resolved late on Friday, it is on Monday', '2026-03-06T21:00:00.000Z', '2026-03-09T18:00:00.000Z'],
  ])('is scheduled by the time of the resolution: %s', (_, resolvedAt, meeting) => {
    expect(meetingTime(resolvedAt, 24, 'America/New_York')).toBe(meeting);
  });
});

describe('the invitation to the review meeting', () => {
  const incident = reviewed();
  const meeting = meetingOf(incident, INVITEES);
  if (!meeting) throw new Error('nobody to meet');
  const url =
    'https://us-east-1.console.aws.amazon.com/s3/object/reviews?region=us-east-1&prefix=reviews/INC/post-mortem.md';
  const text = renderMail(
    renderer(readFolders('messages')),
    'messages/review-invitation.txt',
    invitationFields(incident, { url, author: 'ben', meeting }),
  );
  const written = invitation(incident, meeting, text, ADDRESSES);
  const calendar = new ICAL.Component(ICAL.parse(written));
  const [component] = calendar.getAllSubcomponents('vevent');
  if (!component) throw new Error('the calendar has no event');
  const event = new ICAL.Event(component);

  test('is for half an hour, has one UID an incident, and is the same when written again', () => {
    expect(calendar.getFirstPropertyValue('method')).toBe('REQUEST');
    expect(event.uid).toBe('INC-2026-04-07-001.review@mockupaws-production');
    expect(event.startDate.toJSDate().toISOString()).toBe(meeting.at);
    expect(event.duration.toSeconds()).toBe(30 * 60);
    expect(AGENDA.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(30);
    expect(event.sequence).toBe(0);
    expect(invitation(incident, meeting, text, ADDRESSES)).toBe(written);
    expect(written.endsWith('END:VCALENDAR\r\n')).toBe(true);
    for (const line of written.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  });

  test('lists required and optional attendees, with the commander as organizer', () => {
    const attendees = event.attendees.map(attendee => [
      attendee.getParameter('cn'),
      attendee.getParameter('role'),
      attendee.getParameter('rsvp'),
      String(attendee.getFirstValue()).toLowerCase(),
    ]);
    expect(attendees).toEqual([
      ['ben', 'REQ-PARTICIPANT', 'TRUE', 'mailto:ben@example.com'],
      ['ada', 'REQ-PARTICIPANT', 'TRUE', 'mailto:ada@example.com'],
      ['cleo', 'REQ-PARTICIPANT', 'TRUE', 'mailto:cleo@example.com'],
      ['finn', 'OPT-PARTICIPANT', 'TRUE', 'mailto:finn@example.com'],
    ]);
    expect(event.organizer).toBe('mailto:ben@example.com');
  });

  test('has the incident, the address of the document, and the agenda in minutes', () => {
    expect(event.summary).toBe('Review of INC-2026-04-07-001: P2 - mockupAWS Database Connections Exhausted');
    expect(event.description).toContain(url);
    expect(event.description).toContain('(14:00 America/New_York)');
    const agenda = [
      '5 min  Timeline',
      '10 min  Root cause',
      '5 min  Response assessment',
      '5 min  Action items',
      '5 min  Lessons',
    ];
    for (const point of agenda) expect(event.description).toContain(point);
    expect(event.description).not.toMatch(/@example\.com/);
  });
});
