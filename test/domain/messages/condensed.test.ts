import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Event, IncidentEvent } from '../../../lambda/domain/incident/events.ts';
import { condensed } from '../../../lambda/domain/messages/condensed.ts';
import { formatLine } from '../../../lambda/domain/messages/log.ts';
import { fired } from '../../support/stories.ts';
import { FAILED, minute } from '../../support/story.ts';

const numbered = (events: readonly Event[]): IncidentEvent[] =>
  events.map((event, seq) => ({ ...event, seq, at: minute(seq), command: `${seq}` }));

const reminded: Event = { type: 'Reminded', level: 4, role: 'CTO' };
const paged: Event = { type: 'PageSent', level: 4, role: 'CTO', urgency: 'page', subject: '', about: 0, to: 'emil' };
const noted: Event = { type: 'NoteAdded', by: 'ada', text: 'we look' };

it('repetitions with nothing else in between are one line, at the place and time of the last', () => {
  const lines = condensed(numbered([noted, reminded, paged, reminded, paged, noted, reminded]));
  expect(lines.map(({ event, times, since }) => [event.seq, times, since])).toEqual([
    [0, 1, minute(0)],
    [3, 2, minute(1)],
    [4, 2, minute(2)],
    [5, 1, minute(5)],
    [6, 1, minute(6)],
  ]);
});

it('loses no event, keeps the order of time, and leaves alone what is no routine', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(reminded, paged, noted), { maxLength: 40 }), events => {
      const timeline = numbered(events);
      const lines = condensed(timeline);
      expect(lines.reduce((sum, { times }) => sum + times, 0)).toBe(timeline.length);
      const order = lines.map(({ event }) => event.seq);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      const notes = timeline.filter(({ type }) => type === 'NoteAdded');
      expect(lines.filter(({ event }) => event.type === 'NoteAdded').map(({ event }) => event)).toEqual(notes);
    }),
  );
});

it('a day without an answer is a few lines, which say how often people were reminded', () => {
  const story = fired();
  story.watchesFrom(0, 24 * 60, FAILED);
  const { incident } = story;
  const lines = condensed(incident.timeline);
  expect(incident.timeline.length).toBeGreaterThan(120);
  expect(lines.length).toBeLessThan(40);
  expect(lines.map(line => formatLine(line, incident)[1]).join('\n')).toMatch(/level 4.* \(\d\d times since .*UTC\)/);
});
