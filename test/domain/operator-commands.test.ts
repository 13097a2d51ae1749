import { describe, expect, test } from 'vitest';
import { checklist } from '../../lambda/domain/on-call/checklist.ts';
import { askingDrill } from '../support/stories.ts';
import { minute, of, PASSED, Story, started, step, types } from '../support/story.ts';

const opened = (alarm = 'critical'): Story => {
  const story = new Story();
  story.fires(alarm);
  return story;
};
const ADA = { by: 'ada', via: 'command line' } as const;

describe('command of an incident', () => {
  test('is with the first to acknowledge, until somebody takes it', () => {
    const story = opened();
    expect(story.incident.commander).toBeUndefined();
    story.acknowledges('ada');
    story.acknowledges('grace');
    expect(story.incident.commander).toBe('ada');
    story.tell({ type: 'take command', by: 'grace', via: 'slack' });
    expect(story.incident.commander).toBe('grace');
    expect(story.tell({ type: 'take command', by: 'grace' })).toEqual([]);
  });
});

describe('a severity that a person sets', () => {
  const sets = (story: Story, severity: 'P1' | 'P2' | 'P3' | 'P4') =>
    story.tell({ type: 'set severity', severity, ...ADA });

  test('stays against everything that automation knew then, lower or higher', () => {
    const story = opened();
    expect(sets(story, 'P3')).toMatchObject([
      { type: 'SeverityAssigned', severity: 'P3', by: 'ada', via: 'command line' },
    ]);
    story.diagnoses({ healthFailingShare: 0.5 });
    story.fires('critical2');
    expect(story.incident.severity).toBe('P3');
  });

  test('is raised again by something worse than that', () => {
    const story = opened();
    sets(story, 'P4');
    story.diagnoses({ healthFailingShare: 1 });
    expect(story.incident.severity).toBe('P1');
  });

  test('below P2 ends paging, and above it starts paging', () => {
    const story = opened();
    sets(story, 'P3');
    for (const minute of [15, 30, 60]) expect(of(story.at(minute).watches(), 'Escalated')).toEqual([]);
    expect(of(sets(story, 'P1'), 'Escalated')).toMatchObject([{ level: 1, reason: 'severity raised to P1' }]);
  });
});

describe('a declared data loss', () => {
  test('makes the incident a P1, names who declared it, and outlives a diagnosis', () => {
    const story = opened('warning');
    const entries = story.tell({ type: 'declare', dataLoss: true, text: 'orders of Monday are gone', ...ADA });
    expect(types(entries)).toEqual(['Declared', 'SeverityAssigned', 'Escalated']);
    story.diagnoses({});
    expect(story.incident.severityReasons.map(({ text }) => text)).toContain('data loss or corruption: declared');
    expect(story.tell({ type: 'declare', dataLoss: true, text: 'again', ...ADA })).toEqual([]);
  });
});

describe('a page without an answer', () => {
  const reminded = (story: Story) => of(story.incident.timeline, 'Reminded').map(({ level }) => level);

  test('is repeated within its level until the next level is called', () => {
    const story = opened();
    story.watchesFrom(0, 90);
    expect(reminded(story)).toEqual([1, 2, 3, 3, 4, 4, 4]);
  });

  test('is not repeated after an acknowledgement or a resolution', () => {
    const story = opened();
    story.at(1).acknowledges();
    story.watchesFrom(1, 30);
    story.resolves();
    story.watchesFrom(31, 89);
    expect(reminded(story)).toEqual([]);
  });
});

describe('a missed target', () => {
  test('for the response is recorded once', () => {
    const story = opened('warning');
    expect(of(story.at(239).watches(), 'TargetMissed')).toEqual([]);
    expect(story.at(240).watches()).toMatchObject([{ type: 'TargetMissed', target: 'response', minutes: 240 }]);
    expect(of(story.at(300).watches(), 'TargetMissed')).toEqual([]);
  });

  test('for the resolution calls the next level, though somebody has acknowledged', () => {
    const story = opened();
    story.at(10).acknowledges();
    for (let minute = 30; minute < 480; minute += 25) story.at(minute).acknowledges();
    expect(story.at(480).watches().slice(0, 2)).toMatchObject([
      { type: 'TargetMissed', target: 'resolution', minutes: 480 },
      { type: 'Escalated', level: 2, reason: 'not resolved for 480 min' },
    ]);
  });

  test('counts from when the severity rose', () => {
    const story = opened('warning');
    story.at(200).fires('critical');
    expect(of(story.at(255).watches(), 'TargetMissed')).toEqual([]);
    expect(of(story.at(260).watches(), 'TargetMissed')).toHaveLength(1);
  });
});

describe('a drill', () => {
  const drilled = (): Story => {
    const story = new Story(step('first'), step('second'));
    story.fires('critical', { drill: true });
    return story;
  };

  test('pages people, runs the whole plan dry though the alarm is clear again, and auto-resolves', () => {
    const story = drilled();
    expect(story.incident.drill).toBe(true);
    story.at(1).clears();
    story.diagnoses();
    expect(of(story.plans(), 'StepStarted')).toMatchObject([{ step: 'first', dryRun: true }]);
    story.ends();
    story.plans();
    story.ends();
    expect(started(story.incident.timeline)).toEqual(['first', 'second']);
    expect(types(story.plans())).toContain('ResponseEnded');
    expect(of(story.at(10).watches(), 'Resolved')).toHaveLength(1);
    expect(of(story.incident.timeline, 'HandedOver')).toEqual([]);
  });

  test('becomes real when the alarm fires by itself, and then the steps act', () => {
    const story = drilled();
    story.diagnoses();
    story.plans();
    expect(types(story.at(2).fires('critical'))).toEqual([
      'SignalFired',
      'StepRehearsed',
      'DrillBecameReal',
      'ResponseRequested',
    ]);
    expect(story.incident.drill).toBe(false);
    expect(story.responds(() => PASSED).length).toBeGreaterThan(0);
    expect(of(story.incident.timeline, 'StepStarted').map(({ step, dryRun }) => [step, dryRun])).toEqual([
      ['first', true],
      ['first', false],
      ['second', false],
    ]);
  });

  test('waits for an approval as an incident does, though the alarm is clear', () => {
    const story = askingDrill();
    story.at(1).clears();
    expect(of(story.at(20).watches(), 'Resolved')).toEqual([]);
    story.at(21).tell({ type: 'answer approval', step: 'ask', approve: true, ...ADA });
    expect(of(story.plans(), 'StepStarted')).toMatchObject([{ step: 'ask', dryRun: true }]);
  });

  test('that becomes real forgets what people said in it', () => {
    const story = askingDrill();
    story.at(1).acknowledges();
    story.tell({ type: 'answer approval', step: 'ask', approve: false, ...ADA });
    story.tell({ type: 'set severity', severity: 'P4', ...ADA });
    story.at(3).fires('critical');
    expect(story.incident).toMatchObject({ severity: 'P2', acknowledged: undefined, startedAt: minute(3) });
    story.diagnoses();
    expect(of(story.plans(), 'ApprovalRequested')).toMatchObject([{ step: 'ask' }]);
    expect(of(story.at(18).watches(), 'Escalated')).toMatchObject([{ level: 2 }]);
  });

  test('that becomes real asks again for an approval given in the drill', () => {
    const story = askingDrill();
    story.tell({ type: 'answer approval', step: 'ask', approve: true, ...ADA });
    story.at(1).fires('critical');
    story.diagnoses();
    expect(types(story.plans())).toContain('ApprovalRequested');
    expect(started(story.incident.timeline)).toEqual([]);
  });

  test('does not join a real incident', () => {
    const story = new Story(step('first'));
    story.fires('warning');
    expect(story.at(1).fires('critical', { drill: true })).toEqual([]);
  });
});

describe('the checklist', () => {
  const done = (story: Story) => checklist(story.incident).flatMap(line => (line.done ? [line.item] : []));

  test('is ticked by events, and the rest by people', () => {
    const story = opened();
    expect(done(story)).toEqual(['severity', 'log']);
    story.acknowledges();
    story.tell({ type: 'record reference', system: 'pagerduty', ref: 'Q1' });
    story.tell({ type: 'record reference', system: 'slack', ref: 'C1/1' });
    expect(done(story)).toEqual(['acknowledge', 'ticket', 'channel', 'severity', 'log']);
    story.tell({ type: 'tick', item: 'stakeholders', ...ADA });
    expect(done(story)).toContain('stakeholders');
  });

  test('does not ask for a notification of stakeholders of a P3', () => {
    expect(checklist(opened('warning').incident).map(({ item }) => item)).not.toContain('stakeholders');
  });
});

test('a note is kept with who wrote it and by which channel', () => {
  const story = opened();
  story.tell({ type: 'note', text: 'looking at the pool', ...ADA });
  expect(of(story.incident.timeline, 'NoteAdded')).toMatchObject([{ ...ADA, text: 'looking at the pool' }]);
});
