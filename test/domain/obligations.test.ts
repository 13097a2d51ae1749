import { describe, expect, test } from 'vitest';
import { fired } from '../support/stories.ts';
import { FAILED, minute, of, Story, step, types } from '../support/story.ts';

const levels = (story: Story) => of(story.incident.timeline, 'Escalated').map(({ level }) => level);

describe('escalation', () => {
  const called = (story: Story) =>
    of(story.incident.timeline, 'Escalated').map(({ level, at }) => [
      level,
      (Date.parse(at) - Date.parse(minute(0))) / 60_000,
    ]);

  test('climbs at 0, 15, 30 and 60 minutes while nobody acknowledges, and calls each level once', () => {
    const story = fired();
    expect(called(story.watchesFrom(0, 90, FAILED))).toEqual([
      [1, 0],
      [2, 15],
      [3, 30],
      [4, 60],
    ]);
    expect(of(story.incident.timeline, 'Escalated').at(-1)).toMatchObject({
      role: 'VP Engineering / CTO',
      reason: 'not acknowledged for 60 min',
    });
  });

  test('skips no level after missed minutes, and gives each five minutes', () => {
    const story = fired();
    expect(called(story.watchesFrom(45, 90, FAILED))).toEqual([
      [1, 0],
      [2, 45],
      [3, 50],
      [4, 60],
    ]);
  });

  test('does not call a level before those below it', () => {
    const story = new Story();
    story.at(0).fires();
    story.at(45).tell({ type: 'fulfil', obligation: { type: 'escalate', level: 3 } });
    expect(levels(story)).toEqual([1]);
  });

  test('calls nobody twice when it is due twice in one minute', () => {
    const story = fired();
    const obligation = { type: 'escalate', level: 2 } as const;
    story.at(15).tell({ type: 'fulfil', obligation });
    story.tell({ type: 'fulfil', obligation });
    expect(story.refused).toBe('escalate is no longer due for INC-2026-04-07-001');
    expect(levels(story)).toEqual([1, 2]);
  });

  test('does not happen for P3 and P4', () => {
    const story = new Story();
    story.fires('warning');
    expect(levels(story.watchesFrom(0, 90, FAILED))).toEqual([]);
  });

  test('begins when a lesser incident rises to P2', () => {
    const story = new Story();
    story.fires('warning');
    story.at(40).fires('critical');
    expect(called(story.watchesFrom(40, 56, FAILED))).toEqual([
      [1, 40],
      [2, 55],
    ]);
  });

  test('continues while the plan runs, after a hand-over, and until the incident resolves', () => {
    const story = fired(step('first'));
    story.responds();
    story.at(14).clears();
    story.at(15).watches(FAILED);
    expect(levels(story)).toEqual([1, 2]);
  });
});

describe('an acknowledgement', () => {
  test('expires after 30 minutes, and paging starts again from the first level', () => {
    const story = fired();
    story.at(20).watches();
    expect(story.acknowledges()).toMatchObject([{ type: 'Acknowledged', by: 'ada', until: minute(50) }]);
    story.watchesFrom(20, 49, FAILED);
    expect(levels(story)).toEqual([1, 2]);
    story.watchesFrom(50, 65, FAILED);
    expect(levels(story)).toEqual([1, 2, 1, 2]);
    expect(of(story.incident.timeline, 'Escalated').at(-2)?.reason).toBe('the acknowledgement by ada has expired');
  });

  test('given again starts another 30 minutes', () => {
    const story = fired();
    story.at(10).acknowledges();
    story.at(35).acknowledges('grace');
    expect(levels(story.watchesFrom(36, 64, FAILED))).toEqual([1]);
    expect(levels(story.watchesFrom(65, 65, FAILED))).toEqual([1, 1]);
  });

  test('does not silence a rise in severity, and still expires on time', () => {
    const story = fired();
    story.at(5).acknowledges();
    story.at(10).diagnoses({ dataLoss: 1 });
    expect(levels(story)).toEqual([1, 1]);
    story.watchesFrom(11, 34, FAILED);
    expect(levels(story)).toEqual([1, 1]);
    story.watchesFrom(35, 35, FAILED);
    expect(levels(story)).toEqual([1, 1, 1]);
  });

  test('of a P3 does not silence the P2 it becomes', () => {
    const story = new Story();
    story.fires('warning');
    story.at(1).acknowledges();
    story.at(2).fires('critical');
    expect(levels(story.watchesFrom(2, 17, FAILED))).toEqual([1, 2]);
  });
});

describe('a resolution', () => {
  test('ends every obligation', () => {
    const story = fired(step('first', { mode: 'approve' }));
    story.responds();
    story.at(10).resolves();
    expect(story.at(500).due()).toEqual([]);
    expect(story.tell({ type: 'fulfil', obligation: { type: 'escalate', level: 2 } })).toEqual([]);
    expect(story.refused).toBe('escalate is no longer due for INC-2026-04-07-001');
  });

  test.each([
    ['acknowledged, then resolved', ['acknowledges', 'resolves']],
    ['resolved, then acknowledged', ['resolves', 'acknowledges']],
  ] as const)('beats an acknowledgement: %s', (_, order) => {
    const story = fired();
    for (const act of order) story[act]();
    expect(story.incident.status).toBe('resolved');
    expect(story.at(300).due()).toEqual([]);
  });

  test('is recorded once', () => {
    const story = fired();
    story.resolves();
    expect(story.resolves('grace')).toEqual([]);
  });
});

describe('an attempt', () => {
  const start = { type: 'start response', attempt: 1 } as const;
  const stalled = { type: 'end stalled response', attempt: 1 } as const;

  test('without a sign of life is started again after two minutes', () => {
    const story = new Story();
    story.fires('warning');
    expect(story.at(1).due()).toEqual([]);
    expect(story.at(2).due()).toEqual([start]);
    expect(story.watches()).toEqual([]);
    story.at(3).diagnoses();
    expect(story.due()).toEqual([]);
  });

  test('shows a sign of life only by what it does itself', () => {
    const story = fired();
    story.tell({ type: 'record page', about: 3, level: 1, urgency: 'page', subject: 'P2' });
    story.at(1).acknowledges();
    expect(story.at(2).due()).toEqual([start]);
    story.diagnoses();
    const silent = story.policy.stallMinutes;
    story.watchesFrom(3, 1 + silent, FAILED);
    story.fires('warning');
    expect(story.due()).not.toContainEqual(stalled);
    expect(story.at(2 + silent).due()).toContainEqual(stalled);
  });

  test('that stalls is handed over and its run fails, once the stall time and the verification time are over', () => {
    const story = new Story(step('first', { verifyMinutes: 7 }));
    story.fires('warning');
    story.diagnoses();
    story.at(5).plans();
    const silent = story.policy.stallMinutes + 7;
    expect(story.at(4 + silent).due()).toEqual([]);
    expect(types(story.at(5 + silent).watches())).toEqual(['StepFailed', 'HandedOver', 'ResponseEnded']);
    expect(story.incident.handedOver?.reason).toBe(
      `no sign of life from the response for ${silent} min. Automation tries again once what holds it back has passed`,
    );
    expect(story.at(6 + silent).due()).toMatchObject([{ type: 'stop execution' }]);
  });
});

describe('auto-resolution', () => {
  const calm = () => {
    const story = new Story();
    story.fires('warning');
    story.diagnoses();
    story.at(10).clears('warning');
    story.plans();
    return story;
  };

  test('resolves the incident when all has been well for five minutes', () => {
    const story = calm();
    expect(story.at(14).due()).toEqual([]);
    expect(story.at(15).watches()).toMatchObject([
      {
        type: 'Resolved',
        by: 'automation',
        reason: 'all signals clear and the service healthy for 5 min; health: 200',
      },
    ]);
  });

  test.each([
    ['the service is not well', FAILED, 'health: 503'],
    ['nothing could be verified', [], 'nothing could be verified'],
  ])('hands over once when the signals are clear but %s, and waits another five minutes', (_, checks, reason) => {
    const story = calm();
    expect(story.at(15).watches(checks)).toMatchObject([
      { type: 'SettlingFailed' },
      { type: 'HandedOver', reason: `the signals are clear but the service is not well: ${reason}` },
    ]);
    expect(story.at(19).due()).toEqual([]);
    expect(types(story.at(20).watches(checks))).toEqual(['SettlingFailed']);
    expect(types(story.at(25).watches())).toEqual(['Resolved']);
  });

  test('starts its five minutes anew with each alarm that fires and clears', () => {
    const story = calm();
    story.at(14).fires('warning');
    story.at(16).clears('warning');
    story.plans();
    expect(story.at(20).due()).toEqual([]);
    expect(story.at(21).due()).toEqual([{ type: 'settle' }]);
  });

  test('is not delayed by an alarm that reports clear once more', () => {
    const story = calm();
    story.at(14).clears('warning');
    expect(story.at(15).due()).toEqual([{ type: 'settle' }]);
  });

  test('waits for the attempt in progress', () => {
    const story = new Story();
    story.fires('warning');
    story.at(1).diagnoses();
    story.at(2).clears('warning');
    expect(story.at(10).due()).toEqual([]);
  });

  test('happens after a hand-over too, when the signals clear', () => {
    const story = new Story();
    story.fires('warning');
    story.responds();
    story.at(60).clears('warning');
    expect(types(story.at(65).watches())).toEqual(['Resolved']);
  });

  test('is refused when it is no longer due', () => {
    const story = calm();
    story.at(15).fires('warning');
    expect(story.tell({ type: 'fulfil', obligation: { type: 'settle' } })).toEqual([]);
    expect(story.refused).toBe('settle is no longer due for INC-2026-04-07-001');
  });
});
