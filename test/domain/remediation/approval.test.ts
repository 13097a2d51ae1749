import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../lambda/domain/kernel/severity.ts';
import { isPagedEvent } from '../../../lambda/domain/messages/page.ts';
import { minute, of, Story, step } from '../../support/story.ts';
import { written } from '../../support/written.ts';

const DAY = 24 * 60;
const waits = { approvalWaits: { fact: 'certificateDaysLeft', overDays: 7 }, mode: 'approve' } as const;

/** A warning, whose one step asks, with so many days left. */
function asks(facts: Facts, changes: Parameters<typeof step>[1] = waits): Story {
  const story = new Story(step('update', changes));
  story.fires('warning');
  story.diagnoses({ desiredTasks: 10, ...facts });
  story.plans();
  return story;
}

const until = ({ incident }: Story) => incident.approval?.expiresAt;
/** Who is told of the last entry of a type, and how. */
function told({ incident }: Story, type: string) {
  const entry = incident.timeline.findLast(other => other.type === type);
  if (!entry || !isPagedEvent(entry)) throw new Error(`nobody is told of ${type}`);
  return written(incident, entry).map(({ level, urgency, subject, body }) => ({ level, urgency, subject, body }));
}

describe('the time to answer an approval', () => {
  test.each<[string, Facts, Parameters<typeof step>[1] | undefined, number]>([
    ['30 minutes in an outage', { certificateDaysLeft: 20 }, { mode: 'approve' }, 30],
    ['days, until seven are left', { certificateDaysLeft: 20 }, undefined, 13 * DAY],
    ['30 minutes with seven days left', { certificateDaysLeft: 7 }, undefined, 30],
    ['30 minutes when the days left are not known', {}, undefined, 30],
  ])('is bounded by the days left: %s', (_, facts, changes, minutes) => {
    expect(until(asks(facts, changes))).toBe(minute(minutes));
  });

  test('is 30 minutes in a drill, whatever days the certificate has left', () => {
    const story = new Story(step('update', waits));
    story.fires('warning', { drill: true });
    story.diagnoses({ desiredTasks: 10, certificateDaysLeft: 300 });
    story.plans();
    expect(until(story)).toBe(minute(30));
  });
});

describe('an approval that can wait', () => {
  test('is asked again each day, one level higher, by e-mail alone, until it times out as a no', () => {
    const story = asks({ certificateDaysLeft: 12 });
    expect(told(story, 'ApprovalRequested').map(({ level, urgency }) => [level, urgency])).toEqual([[1, 'notice']]);
    const again: [number, number[]][] = [];
    for (let at = 1; story.incident.approval; at += 1) {
      const before = story.incident.timeline.length;
      story.at(at).watches();
      for (const { level } of of(story.incident.timeline.slice(before), 'ApprovalAskedAgain')) {
        const messages = told(story, 'ApprovalAskedAgain');
        expect(messages.every(({ urgency }) => urgency === 'notice')).toBe(true);
        expect(messages.at(-1)?.body).toContain('nobody has answered since 2026-04-07 09:30 UTC');
        expect(messages.at(-1)?.subject).toContain('[INCIDENT - APPROVAL]');
        expect(messages.map(message => message.level)).toEqual(Array.from({ length: level }, (_, i) => i + 1));
        again.push([at / DAY, messages.map(message => message.level)]);
      }
    }
    expect(again).toEqual([
      [1, [1, 2]],
      [2, [1, 2, 3]],
      [3, [1, 2, 3, 4]],
      [4, [1, 2, 3, 4]],
    ]);
    expect(of(story.incident.timeline, 'ApprovalDeclined').map(({ by, at }) => [by, at])).toEqual([
      ['time', minute(5 * DAY)],
    ]);
    story.responds();
    expect(story.incident.handedOver?.reason).toContain('not approved within 5 days');
  });

  test('is not asked again once it is answered, and can be answered until the last minute', () => {
    const story = asks({ certificateDaysLeft: 12 });
    story.at(4 * DAY + 5).watches();
    story.at(5 * DAY - 1).tell({ type: 'answer approval', by: 'ada', step: 'update', approve: true });
    expect(of(story.incident.timeline, 'ApprovalGiven')).toHaveLength(1);
    expect(story.due().map(({ type }) => type)).not.toContain('ask again');
  });

  test('wakes nobody on any day, whatever days are left', () => {
    fc.assert(
      fc.property(fc.double({ min: 8.01, max: 60, noNaN: true }), fc.integer({ min: 1, max: 60 }), (days, looks) => {
        const story = asks({ certificateDaysLeft: days });
        for (let i = 1; i <= looks; i++) {
          story.at(i * 1000).watches();
          if (!story.incident.approval) return;
          const type = story.incident.timeline.findLast(e => e.type.startsWith('Approval'))?.type ?? '';
          expect(told(story, type).map(({ urgency }) => urgency)).not.toContain('page');
        }
      }),
      { numRuns: 50 },
    );
  });
});
