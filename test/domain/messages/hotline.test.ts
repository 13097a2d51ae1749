import { describe, expect, test } from 'vitest';
import { isPagedEvent } from '../../../lambda/domain/messages/page.ts';
import { policy, Story } from '../../support/story.ts';
import { told, written } from '../../support/written.ts';

describe('the emergency hotline', () => {
  const HOTLINE = '+1-555-MOCKUP';
  const unanswered = (changes: Parameters<typeof policy>[1] = { hotline: HOTLINE }) => {
    const story = Story.under(policy([], changes));
    story.fires();
    return story;
  };
  /** The levels that read it, in e-mail and SMS, when the watch looks in that minute. */
  const read = (story: Story, at: number) => {
    const before = story.incident.timeline.length;
    story.at(at).watches();
    story.diagnoses();
    const after = story.incident.timeline.slice(before);
    const messages = after.flatMap(entry => (isPagedEvent(entry) ? written(story.incident, entry) : []));
    for (const { body, sms } of messages) expect(sms.includes(`Hotline ${HOTLINE}`)).toBe(body.includes(HOTLINE));
    return messages.filter(({ body }) => body.includes(HOTLINE)).map(({ level }) => level);
  };

  test('is in each page of the last level, and in all pages after an hour without an answer', () => {
    const story = unanswered();
    expect([15, 30, 45].flatMap(at => read(story, at))).toEqual([]);
    expect(new Set(read(story, 60))).toEqual(new Set([1, 2, 3, 4]));
    story.at(61).tell({ type: 'end response', attempt: 1, reason: 'the plan did not help' });
    expect(told(story, 'HandedOver').map(({ level, sms }) => [level, sms.includes(HOTLINE)])).toEqual([
      ...[1, 2, 3, 4].map(level => [level, true]),
    ]);
  });

  test('is left out of pages below the last level once somebody has answered', () => {
    const story = unanswered();
    for (const at of [15, 30, 60]) read(story, at);
    story.at(62).acknowledges();
    story.at(63).tell({ type: 'end response', attempt: 1, reason: 'the plan did not help' });
    const readers = told(story, 'HandedOver').filter(({ body }) => body.includes(HOTLINE));
    expect(readers.map(({ level }) => level)).toEqual([4]);
  });

  test('never displaces the answer in an SMS, and a long one is in the e-mail alone', () => {
    const long = `${HOTLINE}, and ask for whoever is in the office at that hour`;
    const story = unanswered({ hotline: long, title: 'x'.repeat(100) });
    for (const at of [15, 30, 60]) story.at(at).watches();
    const [page] = told(story, 'Escalated').slice(-1);
    expect(page?.body).toContain(long);
    expect(page?.sms).not.toContain(HOTLINE);
    const short = unanswered({ hotline: HOTLINE, title: 'x'.repeat(100) });
    for (const at of [15, 30, 60]) short.at(at).watches();
    const sms = told(short, 'Escalated').at(-1)?.sms ?? '';
    expect(sms).toMatch(/\. Hotline \+1-555-MOCKUP\nnpx incident ack INC-2026-04-07-001$/);
  });
});
