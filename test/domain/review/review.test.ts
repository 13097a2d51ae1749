import { describe, expect, test } from 'vitest';
import type { Event } from '../../../lambda/domain/incident/events.ts';
import type { Policy } from '../../../lambda/domain/incident/policy.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { isUnderReview } from '../../../lambda/domain/review/review.ts';
import { publicIncident } from '../../../lambda/domain/status-page/public-incident.ts';
import { minute, of, policy, STATUS_PAGE, Story, step, types, withPlaybook } from '../../support/story.ts';
import { render } from '../../support/written.ts';

const HOUR = 60;
const DAY = 24 * HOUR;
const WORDS = { summary: 'It failed.', rootCause: 'A job.', lessons: 'Watch jobs.', dataImpact: 'none' };

const reviewed = (changes: Partial<Policy> = {}) => policy([], { severities: RUNBOOK_SEVERITIES, ...changes });

/** A P2 that was resolved in minute 30. */
function resolved(
  changes: Partial<Policy> = {},
  how: { cancelled?: boolean; drill?: boolean; warning?: boolean } = {},
): Story {
  const story = Story.under(reviewed(changes));
  story.fires(how.warning ? 'warning' : 'critical', how.drill ? { drill: true } : {});
  story.at(5).acknowledges();
  story.at(30).tell({ type: 'resolve', by: 'ada', reason: 'done', cancelled: how.cancelled });
  return story;
}

/** What the watch did in each of these minutes. */
const watched = (story: Story, ...minutes: number[]) =>
  minutes.map(at => types(story.at(at).watches()).filter(type => type !== 'UpdatePosted'));

describe('a post-mortem', () => {
  test('is due a day after the resolution, with a reminder each day until it is done', () => {
    const story = resolved();
    story.at(31).tell({ type: 'record post-mortem', url: 'https://example.com' });
    const due = 30 + DAY;
    expect(watched(story, due - 1, due, due + 1, due + DAY - 1, due + DAY, due + DAY + 1)).toEqual([
      [],
      ['PostMortemOverdue'],
      [],
      [],
      ['PostMortemOverdue'],
      [],
    ]);
    story.tell({ type: 'finish post-mortem', by: 'ada', ...WORDS });
    expect(story.incident.status).toBe('closed');
    for (const { id } of story.incident.actionItems) story.tell({ type: 'finish action item', by: 'ada', item: id });
    expect(watched(story, due + 3 * DAY, due + 30 * DAY)).toEqual([[], []]);
    expect(isUnderReview(story.incident)).toBe(false);
  });

  test('is not due for a drill, a cancelled incident, or less than a P2', () => {
    for (const how of [{ drill: true }, { cancelled: true }, { warning: true }]) {
      const story = resolved({}, how);
      expect(watched(story, 3 * DAY), JSON.stringify(how)).toEqual([[]]);
      expect(isUnderReview(story.incident)).toBe(false);
      story.tell({ type: 'finish post-mortem', by: 'ada', ...WORDS });
      expect(story.refused).toContain('has no post-mortem');
      expect(story.incident.status).toBe('resolved');
    }
  });

  test('is due for a P3 once somebody requests one, and is refused for a drill or a cancelled incident', () => {
    const request = { type: 'request post-mortem', by: 'cleo' } as const;
    const story = resolved({}, { warning: true });
    story.at(3 * DAY).tell(request);
    expect(story.tell(request)).toEqual([]);
    expect(watched(story, 4 * DAY - 1, 4 * DAY)).toEqual([[], ['PostMortemOverdue']]);
    story.tell({ type: 'finish post-mortem', by: 'cleo', ...WORDS });
    expect(story.incident.status).toBe('closed');
    expect(resolved().tell(request)).toEqual([]);
    for (const how of [{ drill: true }, { cancelled: true }]) {
      const none = resolved({}, how);
      none.tell(request);
      expect(none.refused).toMatch(/is (a drill|cancelled): there is nothing to review/);
    }
  });

  test('requested while the incident is open is due when it is over', () => {
    const story = Story.under(reviewed());
    story.fires('warning');
    story.at(5).tell({ type: 'request post-mortem', by: 'cleo' });
    story.at(3 * DAY).resolves();
    expect(watched(story, 4 * DAY - 1, 4 * DAY)).toEqual([[], ['PostMortemOverdue']]);
  });

  test('is drafted once, whatever the second draft says', () => {
    const story = resolved();
    const draft = { type: 'record post-mortem', author: 'ada' } as const;
    expect(types(story.tell({ ...draft, url: 'https://example.com/1' }))).toEqual(['PostMortemDrafted']);
    expect(story.tell({ ...draft, url: 'https://example.com/2' })).toEqual([]);
    expect(story.incident.postMortem).toMatchObject({ url: 'https://example.com/1', author: 'ada' });
  });

  test('adds a review of the runbook to the action items', () => {
    const [item] = resolved().incident.actionItems;
    expect(item).toMatchObject({ id: 'A1', action: 'Review the runbook', dueAt: minute(30 + 7 * DAY) });
  });
});

describe('an action item', () => {
  const open = () => {
    const story = Story.under(policy([step('first')]));
    story.fires();
    const raised = { type: 'raise action item', by: 'ada', action: 'Add tasks', text: 'too few' } as const;
    story.tell({ ...raised, owner: 'ben', dueAt: minute(2 * HOUR) });
    return story;
  };

  test('has a reminder when it is due and each week after, also when the incident is over', () => {
    const story = open();
    story.at(10).resolves();
    const due = 2 * HOUR;
    expect(watched(story, due - 1, due, due + 1, due + 7 * DAY - 1, due + 7 * DAY)).toEqual([
      [],
      ['ActionItemDue'],
      [],
      [],
      ['ActionItemDue'],
    ]);
    story.tell({ type: 'finish action item', by: 'ben', item: 'a1' });
    expect(watched(story, due + 30 * DAY)).toEqual([[]]);
  });

  test('that is postponed has a reminder on its new date', () => {
    const story = open();
    story.at(10).resolves();
    story.at(2 * HOUR).watches();
    story.tell({ type: 'change action item', by: 'ben', item: 'A1', dueAt: minute(DAY) });
    expect(watched(story, DAY - 1, DAY)).toEqual([[], ['ActionItemDue']]);
  });

  test('changes only the fields that differ', () => {
    const story = open();
    const change = { type: 'change action item', by: 'ben', item: 'A1' } as const;
    expect(story.tell({ ...change, owner: 'ben', priority: 'medium' })).toEqual([]);
    expect(story.tell({ ...change, owner: 'cleo', priority: 'medium' })).toMatchObject([{ owner: 'cleo' }]);
    expect(of(story.incident.timeline, 'ActionItemChanged')[0]).not.toHaveProperty('priority');
    expect(story.incident.actionItems[0]).toMatchObject({ owner: 'cleo', priority: 'medium', dueAt: minute(2 * HOUR) });
  });

  test('that is done cannot be changed, is not done twice, and an unknown one is refused', () => {
    const story = open();
    expect(types(story.tell({ type: 'finish action item', by: 'ben', item: 'A1' }))).toEqual(['ActionItemDone']);
    expect(story.tell({ type: 'finish action item', by: 'ada', item: 'A1' })).toEqual([]);
    story.tell({ type: 'change action item', by: 'ada', item: 'A1', owner: 'ada' });
    expect(story.refused).toBe('A1 of INC-2026-04-07-001 was done by ben already');
    story.tell({ type: 'finish action item', by: 'ada', item: 'A7' });
    expect(story.refused).toBe('INC-2026-04-07-001 has no action item A7: it has A1');
  });

  test('is not left by a drill or a cancelled incident', () => {
    const drill = Story.under(policy([]));
    drill.fires('critical', { drill: true });
    drill.tell({ type: 'raise action item', by: 'ada', action: 'x', text: 'y' });
    expect(drill.refused).toContain('is a drill');

    const advice = { action: 'Pool connections', template: 'with RDS Proxy' };
    const { playbooks } = withPlaybook(policy([]), { advice });
    const none = resolved({ playbooks }, { cancelled: true });
    expect(none.incident.actionItems).toEqual([]);
    expect(resolved({ playbooks }).incident.actionItems).toHaveLength(2);
  });
});

describe('the review of a published incident', () => {
  const published = () => {
    const story = Story.under(reviewed({ statusPage: STATUS_PAGE, internalNames: ['shop-production-1'] }));
    story.fires();
    story.suffers();
    story.watches();
    story.at(30).resolves();
    return story;
  };
  const finish = (story: Story, customers?: string): Event[] =>
    story.tell({ type: 'finish post-mortem', by: 'ada', ...WORDS, customers });

  test('needs a text for customers without internal names', () => {
    const story = published();
    expect(types(story.incident.timeline)).toContain('Published');
    finish(story);
    expect(story.refused).toContain('customers were promised a post-mortem');
    finish(story, 'The host shop-production-1 was full.');
    expect(story.refused).toBe('customers would read "shop-production-1": say it without');
    expect(finish(story, 'We had too little room.')).toMatchObject([{ customers: 'We had too little room.' }]);
    finish(story, 'Once more.');
    expect(story.refused).toContain('was done already');
  });
});

describe('customers who were promised a post-mortem', () => {
  /** Published, and over on that day, a Tuesday, or after so many more. */
  const published = (days = 0) => {
    const story = Story.under(reviewed({ statusPage: STATUS_PAGE }));
    story.at(days * DAY).fires();
    story.tell({ type: 'publish', by: 'ada' });
    story.watches();
    story.at(days * DAY + 30).resolves();
    return story;
  };
  const latest = ({ incident }: Story) => publicIncident(incident, render)?.updates[0]?.body;

  test('read within how many hours it comes, or by when if that is not a working time', () => {
    expect(latest(published())).toContain('A post-mortem follows within 24 hours.');
    expect(latest(published(4))).toContain('A post-mortem follows by 2026-04-13 15:30 UTC.');
  });

  test('read that it is late and when it comes, each day anew, until it is published', () => {
    const story = published();
    const due = 30 + DAY;
    const late = (at: string) =>
      `The post-mortem of this incident is late, and we apologise. We will publish it by ${at}.`;
    story.at(due).watches();
    expect(latest(story)).toContain(late('2026-04-09 10:00 UTC'));
    story.at(due + DAY).watches();
    expect(latest(story)).toContain(late('2026-04-10 10:00 UTC'));
    const updates = publicIncident(story.incident, render)?.updates ?? [];
    expect(updates.filter(({ body }) => body.includes('is late'))).toHaveLength(1);
    expect(updates[0]?.status).toBe('resolved');
    story.tell({ type: 'finish post-mortem', by: 'ada', ...WORDS, customers: 'We had too few.' });
    expect(latest(story)).toContain('We had too few.');
  });
});
