import fc from 'fast-check';
import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { invitation } from '../../lambda/domain/invitation.ts';
import { AGENDA, byName, meetingOf, meetingTime } from '../../lambda/domain/review-meeting.ts';
import { invitationFields } from '../../lambda/domain/review-notices.ts';
import { letter, renderer } from '../../lambda/domain/templates.ts';
import { readFolders } from '../../lib/templates.ts';
import { policy, Story } from '../support/story.ts';

const ADDRESSES = Object.fromEntries(['ada', 'ben', 'cleo', 'finn'].map(name => [name, `${name}@example.com`]));
const INVITEES = { people: Object.keys(ADDRESSES), reviewers: ['cleo', 'gone'], guests: ['finn', 'ada'] };

/** Ben had command, Ada by her address and somebody unknown acted. */
function reviewed() {
  const story = Story.under(policy([]));
  story.fires('critical', { summary: 'it failed' });
  story.tell({ type: 'note', by: 'Ada@Example.com', text: 'looking' });
  story.tell({ type: 'note', by: 'somebody', text: 'me too' });
  story.tell({ type: 'take command', by: 'ben' });
  story.at(30).resolves('ben');
  return byName(story.incident, ADDRESSES);
}

describe('a review', () => {
  test('meets whoever was in command, who acted and who reviews, as far as they can be invited; guests may come', () => {
    expect(meetingOf(reviewed(), INVITEES, 'UTC')).toMatchObject({
      attendees: ['ben', 'ada', 'cleo'],
      guests: ['finn'],
    });
    expect(meetingOf(reviewed(), { ...INVITEES, people: ['finn'] }, 'UTC')).toBeUndefined();
  });

  test('is on the first working day at least a day later, at two on the clocks of the people on call', () => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Pacific/Auckland');
    const minutes = fc.integer({ min: 0, max: 3 * 365 * 1440 });
    fc.assert(
      fc.property(minutes, zones, (minute, timeZone) => {
        const resolvedAt = new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
        const meeting = Temporal.Instant.from(meetingTime(resolvedAt, timeZone)).toZonedDateTimeISO(timeZone);
        const waited = meeting.since(Temporal.Instant.from(resolvedAt).toZonedDateTimeISO(timeZone)).total('hours');
        expect([meeting.hour, meeting.minute]).toEqual([14, 0]);
        expect(meeting.dayOfWeek).toBeLessThan(6);
        expect(waited).toBeGreaterThanOrEqual(24);
        expect(waited).toBeLessThanOrEqual(24 + 24 + 48 + 1);
      }),
    );
    expect(meetingTime('2026-03-06T09:21:00.000Z', 'America/New_York')).toBe('2026-03-09T18:00:00.000Z');
  });
});

describe('its invitation', () => {
  const incident = reviewed();
  const meeting = meetingOf(incident, INVITEES, 'America/New_York');
  if (!meeting) throw new Error('nobody to meet');
  const url =
    'https://us-east-1.console.aws.amazon.com/s3/object/reviews?region=us-east-1&prefix=reviews/INC/post-mortem.md';
  const text = letter(
    renderer(readFolders('messages')),
    'messages/review-invitation.txt',
    invitationFields(incident, { url, author: 'ben', meeting }),
  );
  const written = invitation(incident, meeting, text, ADDRESSES);
  const calendar = new ICAL.Component(ICAL.parse(written));
  const [component] = calendar.getAllSubcomponents('vevent');
  if (!component) throw new Error('the calendar has no event');
  const event = new ICAL.Event(component);

  test('asks for half an hour, once for each incident, and is the same written again', () => {
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

  test('is for those who must and those who may come, called by whoever was in command', () => {
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

  test('says what is reviewed, where it is read, and the agenda of the runbook in minutes', () => {
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
