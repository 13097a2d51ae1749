import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { onCall, type Rotation } from '../../../lambda/domain/on-call/roster.ts';

const PEOPLE = ['ada', 'ben', 'cleo'];
const rotation = (changes: Partial<Rotation> = {}): Rotation => ({
  timeZone: 'Europe/Berlin',
  since: '2026-01-05',
  at: '09:00',
  overrides: [],
  ...changes,
});
const whoAt = (at: string, changes: Partial<Rotation> = {}) =>
  onCall({ people: PEOPLE, rotation: rotation(changes) }, at)[0];

describe('the on-call rotation', () => {
  it('begins with the first person, and hands over each week at the hour of its time zone', () => {
    expect(whoAt('2026-01-05T08:00:00.000Z')).toBe('ada');
    expect(whoAt('2026-01-12T07:59:59.999Z')).toBe('ada');
    expect(whoAt('2026-01-12T08:00:00.000Z')).toBe('ben');
    expect(whoAt('2026-01-26T08:00:00.000Z')).toBe('ada');
  });

  it('hands over at nine also in the week in which the clocks change', () => {
    // Berlin goes to summer time on 29 March 2026: nine is then 07:00 UTC.
    expect(whoAt('2026-03-30T06:59:59.999Z')).toBe('cleo');
    expect(whoAt('2026-03-30T07:00:00.000Z')).toBe('ada');
    // And back on 25 October: nine is 08:00 UTC again.
    expect([whoAt('2026-10-26T07:59:59.999Z'), whoAt('2026-10-26T08:00:00.000Z')]).toEqual(['cleo', 'ada']);
  });

  it('has somebody on call before its first hand-over too', () => {
    expect(whoAt('2026-01-05T07:59:00.000Z')).toBe('cleo');
  });

  it('gives way to an override while it lasts, the last one first', () => {
    const overrides = [
      { person: 'dora', from: '2026-01-06T00:00', to: '2026-01-08T00:00' },
      { person: 'ben', from: '2026-01-07T12:00', to: '2026-01-07T18:00' },
    ];
    const at = (time: string) => whoAt(time, { overrides });
    expect(at('2026-01-05T22:59:59.000Z')).toBe('ada');
    expect(at('2026-01-05T23:00:00.000Z')).toBe('dora');
    expect(at('2026-01-07T12:00:00.000Z')).toBe('ben');
    expect(at('2026-01-07T17:00:00.000Z')).toBe('dora');
    expect(at('2026-01-07T23:00:00.000Z')).toBe('ada');
  });

  it('has exactly one person on call at every instant, in every time zone, for one week of local time', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
    const instant = fc.date({ min: new Date('2025-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(zone, instant, (timeZone, at) => {
        const who = whoAt(at.toISOString(), { timeZone });
        expect(PEOPLE).toContain(who);
        const local = Temporal.Instant.from(at.toISOString()).toZonedDateTimeISO(timeZone);
        const after = (weeks: number) => whoAt(local.add({ weeks }).toInstant().toString(), { timeZone });
        expect(after(3)).toBe(who);
        expect(PEOPLE.indexOf(after(1) ?? '')).toBe((PEOPLE.indexOf(who ?? '') + 1) % 3);
      }),
    );
  });
});

it('everybody of a level is on call without a rotation', () => {
  expect(onCall({ people: PEOPLE }, '2026-01-05T08:00:00.000Z')).toEqual(PEOPLE);
});
