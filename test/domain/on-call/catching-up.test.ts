import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventType } from '../../../lambda/domain/incident/events.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { LEVEL_MINUTES } from '../../../lambda/domain/incident/service-policy.ts';
import { FAILED, minute, of, policy, STATUS_PAGE, Story, step } from '../../support/story.ts';

const HOURS = 4;
/** Minutes from the first call of the longest path to its last: the question to publish may be asked first when the gaps are over. */
const LONGEST_PATH = 160;

/** Gaps of any length at any time in which nobody watches, and the minutes that are left. */
const watched = fc
  .array(fc.record({ from: fc.nat(HOURS * 60), minutes: fc.integer({ min: 1, max: 200 }) }), { maxLength: 6 })
  .map(gaps =>
    Array.from({ length: HOURS * 60 }, (_, at) => at).filter(at =>
      gaps.every(({ from, minutes }) => at < from || at >= from + minutes),
    ),
  );

/** Paths of one to five levels. */
const path = fc
  .array(fc.integer({ min: LEVEL_MINUTES, max: 40 }), { maxLength: 4 })
  .map(apart => [0, ...apart].map((_, i) => [0, ...apart].slice(0, i + 1).reduce((sum, more) => sum + more)))
  .map(minutes => minutes.map((afterMinutes, i) => ({ level: i + 1, role: `level ${i + 1}`, afterMinutes })));

const asMinute = (at: string) => (Date.parse(at) - Date.parse(minute(0))) / 60_000;

/** The first call of each level, in the order of the calls. */
function firstCalls({ incident }: Story, type: 'Escalated' | 'PublicationRequested') {
  const calls = of(incident.timeline, type).map(({ level = 0, at }) => ({ level, at: asMinute(at) }));
  return calls.filter(({ level }, i) => calls.findIndex(other => other.level === level) === i);
}

const expectInOrder = (calls: { level: number; at: number }[]) => {
  expect(calls.map(({ level }) => level)).toEqual(calls.map((_, i) => i + 1));
  for (const [i, { at }] of calls.slice(1).entries())
    expect(at - (calls[i]?.at ?? 0)).toBeGreaterThanOrEqual(LEVEL_MINUTES);
};

/** Nobody answers a P2 of which stakeholders should hear; their updates are never delivered, so targets are missed as well. */
function unanswered(escalation = policy([]).escalation): Story {
  const story = Story.under(policy([], { severities: RUNBOOK_SEVERITIES, statusPage: STATUS_PAGE, escalation }));
  story.careful = false;
  story.fires();
  return story;
}

/** The watch runs in these minutes, and once a minute when they are over. */
function watches(story: Story, minutes: number[]): Story {
  for (const at of minutes) story.at(at).watches(FAILED);
  return story.watchesFrom(HOURS * 60, HOURS * 60 + LONGEST_PATH + 60, FAILED);
}

describe('after any gaps in watching', () => {
  it('levels are called in order, none within five minutes of another, and in the end all are', () => {
    fc.assert(
      fc.property(watched, path, (minutes, escalation) => {
        const calls = firstCalls(watches(unanswered(escalation), minutes), 'Escalated');
        expectInOrder(calls);
        expect(calls).toHaveLength(escalation.length);
      }),
      { numRuns: 40 },
    );
  });

  it('no level is called twice in a minute', () => {
    fc.assert(
      fc.property(watched, minutes => {
        const story = watches(unanswered(), minutes);
        const calls = [...of(story.incident.timeline, 'Escalated'), ...of(story.incident.timeline, 'Reminded')];
        expect(new Set(calls.map(({ level, at }) => `${level} ${at}`)).size).toBe(calls.length);
      }),
      { numRuns: 40 },
    );
  });

  it('the question to publish climbs in order as well', () => {
    fc.assert(
      fc.property(watched, path, (minutes, escalation) => {
        const story = unanswered(escalation);
        story.tell({ type: 'declare', securityBreach: true, text: 'a token was published', by: 'grace' });
        const calls = firstCalls(watches(story, minutes), 'PublicationRequested');
        expectInOrder(calls);
        expect(calls).toHaveLength(escalation.length);
      }),
      { numRuns: 40 },
    );
  });

  it.each<EventType>(['Reminded', 'PublicationRequested', 'UpdatePosted', 'ApprovalAskedAgain', 'ApprovalDeclined'])(
    '%s comes once, not once for each missed minute',
    type => {
      const approvalWaits = { fact: 'desiredTasks', overDays: 0 } as const;
      const story = Story.under(
        policy([step('ask', { mode: 'approve', approvalWaits })], {
          ...{ severities: RUNBOOK_SEVERITIES, statusPage: STATUS_PAGE },
          escalation: policy([]).escalation.slice(0, 1),
        }),
      );
      story.fires();
      story.responds();
      story.tell({ type: 'declare', securityBreach: true, text: 'a token was published', by: 'grace' });
      story.watches(FAILED);
      const before = of(story.incident.timeline, type).length;
      const days = type === 'ApprovalDeclined' ? 11 : 4;
      story.at(days * 24 * 60).watches(FAILED);
      story.watches(FAILED);
      expect(of(story.incident.timeline, type).length - before).toBe(1);
    },
  );
});

describe('without a gap', () => {
  it('each level is called in its minute', () => {
    fc.assert(
      fc.property(path, escalation => {
        const story = Story.under(policy([], { escalation }));
        story.fires();
        story.watchesFrom(0, HOURS * 60, FAILED);
        expect(firstCalls(story, 'Escalated').map(({ at }) => at)).toEqual(
          escalation.map(({ afterMinutes }) => afterMinutes),
        );
      }),
      { numRuns: 20 },
    );
  });
});
