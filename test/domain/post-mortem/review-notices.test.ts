import { describe, expect, test } from 'vitest';
import type { EventType } from '../../../lambda/domain/incident/events.ts';
import type { IncidentHistory } from '../../../lambda/domain/incident/history.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { renderMail } from '../../../lambda/domain/kernel/templates.ts';
import { type Recipients, reviewNotice } from '../../../lambda/domain/post-mortem/review-notices.ts';
import { minute, PASSED, policy, Story, step } from '../../support/story.ts';
import { render } from '../../support/written.ts';

const CIRCLE: Recipients = {
  people: ['ada', 'ben', 'cleo', 'finn', 'ops'],
  ...{ reviewers: ['cleo'], guests: ['finn'], stakeholders: ['finn', 'ben'], operations: ['ops'] },
};
const WORDS = { summary: 'Orders failed.', rootCause: 'A job.', lessons: 'Bound jobs.', dataImpact: '12 records' };
const MEETING = { at: minute(1800), timeZone: 'UTC', attendees: ['ada', 'ben', 'cleo'], guests: ['finn'] };

/** A P2 with two action items, drafted and resolved. */
function resolved(changes: Parameters<typeof policy>[1] = {}): Story {
  const story = Story.under(policy([step('restart')], { severities: RUNBOOK_SEVERITIES, ...changes }));
  story.fires('critical', { since: '2026-04-07T09:20:00.000Z' });
  story.at(1).diagnoses({ desiredTasks: 10, usersAffectedShare: 0.4 });
  story.plans();
  story.at(9).clears();
  story.at(10).ends(PASSED);
  story.plans();
  const raise = { type: 'raise action item', by: 'ada', text: 'so that it does not happen again' } as const;
  story.tell({ ...raise, action: 'Bound the job', owner: 'ben', dueAt: minute(5000) });
  story.at(20).resolves();
  story.tell({
    type: 'record post-mortem',
    url: 'https://example.com/post-mortem.md',
    author: 'ada',
    meeting: MEETING,
  });
  return story;
}

/** Who is told because of the last entry of a type, and how it reads. */
function told(incident: IncidentHistory, type: EventType, circle = CIRCLE) {
  const entry = incident.timeline.findLast(other => other.type === type);
  const notice = entry && reviewNotice(incident, entry, circle);
  return notice && { to: notice.to, channel: notice.channel, ...renderMail(render, notice.template, notice.fields) };
}

describe('the notice of a drafted post-mortem', () => {
  test('goes to the author, the invited and the reviewers, with time, agenda and open sections', () => {
    const notice = told(resolved().incident, 'PostMortemDrafted');
    expect(notice?.to).toEqual(['ada', 'ben', 'cleo', 'finn']);
    expect(notice?.subject).toBe('Review of INC-2026-04-07-001: P2 - mockupAWS Database Connections Exhausted');
    for (const said of [
      'When       2026-04-08, 15:30 to 16:00 UTC',
      'With       ada, ben, cleo',
      'Optional   finn',
      '10 min  Root cause',
      'ada completes it by 2026-04-08 09:50 UTC',
      'https://example.com/post-mortem.md',
      'npx incident post-mortem INC-2026-04-07-001',
    ])
      expect(notice?.body).toContain(said);
  });

  test('goes to the reviewers or to operations when it has no author and no meeting', () => {
    const story = resolved();
    const bare = story.incident.timeline.map(entry =>
      entry.type === 'PostMortemDrafted' ? { ...entry, author: undefined, meeting: undefined } : entry,
    );
    const incident = { ...story.incident, timeline: bare };
    expect(told(incident, 'PostMortemDrafted')).toMatchObject({
      to: ['cleo'],
      body: /one of the reviewers completes it/,
    });
    expect(told(incident, 'PostMortemDrafted', { ...CIRCLE, reviewers: ['gone'] })?.to).toEqual(['ops']);
  });
});

test('the notice of an overdue post-mortem goes to its author and the reviewers', () => {
  const story = resolved();
  story.at(20 + 1440).watches();
  expect(told(story.incident, 'PostMortemOverdue')).toMatchObject({
    to: ['ada', 'cleo'],
    subject: '[OVERDUE] Post-mortem of INC-2026-04-07-001: P2 - mockupAWS Database Connections Exhausted',
    body: expect.stringContaining('npx incident post-mortem INC-2026-04-07-001'),
  });
  story.tell({ type: 'finish post-mortem', by: 'ada', ...WORDS });
  expect(told(story.incident, 'PostMortemOverdue')).toBeUndefined();
});

describe('the post-incident message', () => {
  const story = resolved();
  const worst = { at: minute(3), share: 0.62, of: 'requests' } as const;
  story.tell({ type: 'record outage', outage: { from: minute(-1), to: minute(8), worst } });
  story.at(600).tell({ type: 'finish post-mortem', by: 'ada', ...WORDS });
  const notice = told(story.incident, 'PostMortemDone');

  test('has every field of the runbook, from the timeline and in the words of the review', () => {
    expect(notice?.subject).toBe('Post-Incident Review: INC-2026-04-07-001');
    expect(notice?.body).toBe(`INC-2026-04-07-001, mockupAWS Database Connections Exhausted (P2 - High), 2026-04-07

Summary
Orders failed.

Timeline (UTC)
09:30 - Issue detected
09:30 - Investigation started
09:31 - Root cause identified (10 tasks are wanted; "Do restart" helped)
not known - Fix deployed
09:38 - Service restored

Root cause
A job.

Impact
- Duration: 9 minutes, by the metrics
- Users affected: at worst (09:33 UTC) 62 % of requests failed
- Data loss: 12 records

Lessons learned
Bound jobs.

Action items
- ben - Bound the job - 2026-04-10
- nobody yet - Review the runbook - 2026-04-14

The full post-mortem: https://example.com/post-mortem.md
`);
  });

  test('goes to stakeholders, reviewers and the commander', () => {
    expect(notice).toMatchObject({ to: ['finn', 'ben', 'cleo', 'ada'], channel: 'stakeholders' });
  });
});

describe('the notice of an action item', () => {
  const OWNED = ['ben'];

  test('goes to its owner when it is assigned and when it is due', () => {
    const { incident } = resolved();
    const entry = incident.timeline.find(({ type }) => type === 'ActionItemRaised');
    const raised = entry && reviewNotice(incident, entry, CIRCLE);
    expect(raised?.to).toEqual(OWNED);
    const story = resolved();
    story.tell({ type: 'change action item', by: 'ada', item: 'A2', owner: 'ada' });
    expect(told(story.incident, 'ActionItemChanged')).toMatchObject({
      to: ['ada'],
      subject: 'INC-2026-04-07-001 A2: Review the runbook',
      body: expect.stringMatching(/^Yours, due 2026-04-14: Review the runbook\n/),
    });
    story.at(5000).watches();
    expect(told(story.incident, 'ActionItemDue')).toMatchObject({
      to: OWNED,
      subject: '[DUE] INC-2026-04-07-001 A1: Bound the job',
      body: expect.stringContaining('npx incident action done INC-2026-04-07-001 A1'),
    });
  });

  test('without an owner goes to the reviewers or to operations when it is due, and not before', () => {
    const story = resolved();
    expect(told(story.incident, 'ActionItemRaised')).toBeUndefined();
    story.at(20 + 7 * 1440).tell({ type: 'fulfil', obligation: { type: 'remind of action item', item: 'A2' } });
    expect(told(story.incident, 'ActionItemDue')?.to).toEqual(['cleo']);
    expect(told(story.incident, 'ActionItemDue', { ...CIRCLE, reviewers: [] })?.to).toEqual(['ops']);
    story.tell({ type: 'change action item', by: 'ada', item: 'A2', owner: 'somebody else' });
    expect(told(story.incident, 'ActionItemDue')?.to).toEqual(['cleo']);
    expect(told(story.incident, 'ActionItemChanged')).toBeUndefined();
  });

  test('is not sent for another change, or once it is done', () => {
    const story = resolved();
    story.tell({ type: 'change action item', by: 'ada', item: 'A1', priority: 'high' });
    expect(told(story.incident, 'ActionItemChanged')).toBeUndefined();
    story.at(5000).watches();
    story.tell({ type: 'finish action item', by: 'ben', item: 'A1' });
    expect(told(story.incident, 'ActionItemDue')).toBeUndefined();
  });
});

test('a drill sends no review notice', () => {
  const { incident } = resolved();
  for (const entry of incident.timeline)
    expect(reviewNotice({ ...incident, drill: true }, entry, CIRCLE)).toBeUndefined();
});
