import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { runbookReviewDue } from '../../lambda/domain/chore.ts';
import type { PersonCommand } from '../../lambda/domain/incident/commands.ts';
import { REVIEW_PLAYBOOK } from '../../lambda/domain/incident/policy.ts';
import { plusMinutes } from '../../lambda/domain/kernel/time.ts';
import { isPageEntry, pages } from '../../lambda/domain/messages/page.ts';
import { isUnderReview } from '../../lambda/domain/review/review.ts';
import { of, policy, Story, types } from '../support/story.ts';

const DAY = 24 * 60;
const due = (now: string) => runbookReviewDue('mockupaws-production', now);

describe('the quarterly runbook review', () => {
  it.each([
    ['2026-Q1', '2026-01-01T00:00:00.000Z', '2026-01-14T23:59:59.999Z', '2026-01-15T00:00:00.000Z'],
    ['2026-Q2', '2026-04-01T00:00:00.000Z', '2026-04-14T23:59:59.999Z', '2026-04-15T00:00:00.000Z'],
    ['2026-Q3', '2026-07-01T00:00:00.000Z', '2026-07-14T23:59:59.999Z', '2026-07-15T00:00:00.000Z'],
    ['2027-Q4', '2027-10-01T00:00:00.000Z', '2027-10-14T23:59:59.999Z', '2027-10-15T00:00:00.000Z'],
    ['2028-Q1', '2028-01-01T00:00:00.000Z', '2028-01-14T23:59:59.999Z', '2028-03-31T23:59:59.999Z'],
  ])('%s falls due for two weeks from %s', (quarter, first, last, after) => {
    expect(due(first)).toEqual(due(last));
    expect(due(first)).toMatchObject({ key: `review:${quarter}`, at: first, state: 'firing', level: 'info' });
    expect(due(after)).toBeUndefined();
    expect(due(plusMinutes(first, -1))).toBeUndefined();
  });
});

/** The service through which time passes, with the review that its watch opens. */
function reviewed(): Story {
  const story = Story.under(policy([], { playbook: REVIEW_PLAYBOOK }));
  story.careful = false;
  return story;
}

/** What the watch does in a minute. */
function watch(story: Story, now: string): void {
  story.now = now;
  const signal = due(now);
  if (signal) story.tell({ type: 'receive signal', ...{ id: signal.id, signal, policy: story.policy } });
  if (story.opened) story.watches();
}

/** It was opened on the first of April 2026. */
function opened(): Story {
  const story = reviewed();
  watch(story, '2026-04-01T00:00:00.000Z');
  return story;
}

test('each quarter has one runbook review, whatever minutes the watch misses and whenever it is done', () => {
  const quarters = fc.array(
    fc.record({
      // Minutes of the first two weeks in which it looks, and the day on which somebody does it, if anybody does.
      looks: fc.array(fc.nat(14 * DAY - 1), { minLength: 1, maxLength: 5 }),
      doneAfter: fc.option(fc.nat(89)),
    }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(quarters, fc.integer({ min: 2000, max: 2100 }), (lived, year) => {
      const story = reviewed();
      const fired = new Map<string, string[]>();
      lived.forEach(({ looks, doneAfter }, i) => {
        const begins = new Date(Date.UTC(year, i * 3)).toISOString();
        const done = doneAfter === null ? Number.POSITIVE_INFINITY : doneAfter * DAY;
        for (const minutes of [...looks, 85 * DAY].toSorted((a, b) => a - b)) {
          if (minutes >= done && story.opened) finish(story);
          watch(story, plusMinutes(begins, minutes));
          const { id, timeline } = story.incident;
          fired.set(
            id,
            of(timeline, 'SignalFired').map(({ key }) => key),
          );
          expect(of(timeline, 'ActionItemRaised')).toHaveLength(1);
        }
      });
      const keys = [...fired.values()].flat();
      expect(keys).toHaveLength(lived.length);
      expect(new Set(keys).size).toBe(lived.length);
    }),
    { numRuns: 60 },
  );
});

const finish = (story: Story) => story.tell({ type: 'finish action item', item: 'A1', by: 'ada' });

describe('an open runbook review', () => {
  it('is one action item, due in two weeks, with a weekly reminder until it is done', () => {
    const story = opened();
    expect(types(story.incident.timeline)).toEqual(['IncidentOpened', 'SignalFired', 'ActionItemRaised']);
    for (let minutes = 0; minutes < 60 * DAY; minutes += 360)
      watch(story, plusMinutes('2026-04-01T00:00:00Z', minutes));
    const days = of(story.incident.timeline, 'ActionItemDue').map(({ at }) => at.slice(5, 10));
    expect(days).toEqual(['04-15', '04-22', '04-29', '05-06', '05-13', '05-20', '05-27']);
    expect(types(finish(story))).toEqual(['ActionItemDone', 'Resolved']);
    expect(isUnderReview(story.incident)).toBe(false);
    watch(story, '2026-06-30T00:00:00.000Z');
    expect(story.incident.timeline.at(-1)?.type).toBe('Resolved');
  });

  it('continues with the next quarter, and nothing else happens', () => {
    const story = opened();
    watch(story, '2026-07-01T00:00:00.000Z');
    const news = story.incident.timeline.filter(({ at }) => at.startsWith('2026-07-01'));
    expect(types(news)).toEqual(['SignalFired', 'ActionItemDue']);
  });

  it('pages nobody, whatever becomes of it', () => {
    const story = opened();
    watch(story, '2026-06-01T00:00:00.000Z');
    story.acknowledges();
    story.resolves();
    const told = story.incident.timeline.filter(isPageEntry).flatMap(entry => pages(story.incident, entry));
    expect(told).toEqual([]);
  });

  it('is done when a person resolves it', () => {
    const story = opened();
    expect(types(story.resolves())).toEqual(['ActionItemDone', 'Resolved']);
    expect(isUnderReview(story.incident)).toBe(false);
  });

  type Asked = PersonCommand extends infer C ? (C extends { type: string } ? Omit<C, 'id' | 'by'> : never) : never;
  it.each<Asked>([
    { type: 'set severity', severity: 'P1' },
    { type: 'declare', dataLoss: true, text: 'gone' },
    { type: 'publish' },
    { type: 'post update', text: 'we look' },
    { type: 'tick', item: 'stakeholders' },
  ])('refuses the command "$type", because it is not an incident', asked => {
    const story = opened();
    expect(story.tell({ ...asked, by: 'ada' } as Parameters<Story['tell']>[0])).toEqual([]);
    expect(story.refused).toBe('INC-2026-04-07-001 is work that fell due, and no trouble: finish its action item');
  });
});
