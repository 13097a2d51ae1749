import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alarmKey, type SignalState } from '../../../lambda/domain/incident/signal.ts';
import { diagnosed, fired, running } from '../../support/stories.ts';
import { minute, of, Story, started, step, types } from '../../support/story.ts';

const stateOf = (story: Story, alarm: string) => story.incident.signals[alarmKey(alarm)]?.state;

/** Opened, every signal cleared, the attempt over: monitoring. */
function monitoring(story: Story): Story {
  story.fires();
  story.at(1).diagnoses();
  story.at(2).clears();
  story.plans();
  return story;
}

describe('a firing signal', () => {
  test('opens an incident with a severity, a page and a response', () => {
    const story = new Story();
    expect(types(story.fires())).toEqual([
      'IncidentOpened',
      'SignalFired',
      'SeverityAssigned',
      'Escalated',
      'ResponseRequested',
    ]);
    expect(story.incident).toMatchObject({ id: 'INC-2026-04-07-001', status: 'investigating', severity: 'P2' });
  });

  test('that is a warning pages nobody', () => {
    expect(types(new Story().fires('warning'))).not.toContain('Escalated');
  });

  test('opens an incident that started when the problem began, not when the signal came', () => {
    const [told, untold, ahead] = [new Story().at(8), new Story().at(8), new Story().at(8)];
    told.fires('critical', { at: minute(7), since: minute(2) });
    untold.fires('critical', { at: minute(7) });
    ahead.fires('critical', { at: minute(9), since: minute(9) });
    expect([told, untold, ahead].map(({ incident }) => incident.startedAt)).toEqual([minute(2), minute(7), minute(8)]);
  });

  test.each(['cleared', 'unknown'] as const)(
    'opens an incident only when it fires: one that is %s opens nothing',
    state => {
      const story = new Story();
      expect(story.fires('critical', { state })).toEqual([]);
      expect(story.opened).toBe(false);
    },
  );

  test('after a resolution opens the next incident and leaves the old one as it was', () => {
    const story = fired();
    story.at(5).resolves();
    const { timeline } = story.incident;
    expect(types(story.at(9).fires())[0]).toBe('IncidentOpened');
    expect(story.incident).toMatchObject({ number: 2, openedAt: minute(9) });
    expect(timeline.at(-1)?.type).toBe('Resolved');
  });
});

describe('a signal of an open incident', () => {
  test('adds another alarm to it and starts no second response', () => {
    const story = new Story();
    story.fires('warning');
    expect(types(story.at(1).fires('warning 2'))).toEqual(['SignalFired']);
    expect(Object.keys(story.incident.signals)).toEqual(['alarm:warning', 'alarm:warning 2']);
  });

  test('that clears does not clear another alarm that fires', () => {
    const story = monitoring(new Story());
    story.at(3).fires('critical');
    story.fires('warning');
    expect(types(story.at(4).clears('critical'))).toEqual(['SignalCleared']);
    expect(story.incident).toMatchObject({ status: 'investigating', allClearSince: undefined });
    story.at(5).clears('warning');
    story.plans();
    expect(story.incident.status).toBe('monitoring');
  });

  test('that clears ends the attempt in progress before a step runs', () => {
    const story = diagnosed(step('restart'));
    expect(types(story.at(2).clears())).toEqual(['SignalCleared']);
    expect(types(story.plans())).toEqual(['Mitigated', 'ResponseEnded']);
    expect(story.incident.attempt?.outcome).toBe('recovered');
  });

  test('that clears after a hand-over is reported to the person as mitigation', () => {
    const story = fired();
    story.responds();
    expect(types(story.at(40).clears())).toEqual(['SignalCleared', 'Mitigated']);
  });
});

describe('a late or repeated signal', () => {
  test('with the same event id counts once', () => {
    const story = new Story();
    const first = story.fires('critical', { id: 'event' });
    expect(story.at(1).fires('critical', { id: 'event' })).toEqual(first);
    expect(story.incident.timeline).toHaveLength(first.length);
  });

  test('with the same state and time from another source changes nothing', () => {
    const story = new Story();
    story.fires('critical', { at: minute(0) });
    expect(story.at(1).fires('critical', { at: minute(0) })).toEqual([]);
  });

  test('that is older than the last one changes nothing', () => {
    const story = new Story();
    story.at(5).fires('critical', { at: minute(5) });
    expect(story.clears('critical', { at: minute(4) })).toEqual([]);
  });

  test('that clears, overtaken by the next firing, does not clear the alarm', () => {
    const story = new Story();
    story.at(10).fires('critical', { at: minute(1) });
    story.fires('critical', { at: minute(9) });
    story.clears('critical', { at: minute(5) });
    expect(stateOf(story, 'critical')).toBe('firing');
  });

  test('that fires, overtaken by its clear or already handled, opens no incident', () => {
    const overtaken = monitoring(new Story());
    overtaken.at(8).watches();
    expect(overtaken.incident.status).toBe('resolved');
    expect(overtaken.at(9).fires('critical', { at: minute(1) })).toEqual([]);

    const known = new Story();
    known.fires('critical', { at: minute(0) });
    known.at(1).resolves();
    expect(known.at(2).fires('critical', { at: minute(0) })).toEqual([]);
    expect(known.incident.number).toBe(1);
  });

  test('leaves each alarm in its latest state, whatever the order of arrival', () => {
    const signals = fc.uniqueArray(
      fc.record({
        at: fc.integer({ min: 1, max: 30 }),
        alarm: fc.constantFrom('critical', 'warning'),
        state: fc.constantFrom<SignalState>('firing', 'cleared', 'unknown'),
      }),
      { selector: ({ at }) => at, maxLength: 8 },
    );
    fc.assert(
      fc.property(signals, arrived => {
        const story = new Story();
        story.fires('critical');
        story.fires('warning');
        for (const { at, alarm, state } of arrived) story.at(31).fires(alarm, { state, at: minute(at) });
        for (const alarm of ['critical', 'warning']) {
          const last = arrived.filter(signal => signal.alarm === alarm).sort((a, b) => a.at - b.at);
          expect(stateOf(story, alarm)).toBe(last.at(-1)?.state ?? 'firing');
        }
      }),
    );
  });
});

describe('a signal that becomes INSUFFICIENT_DATA', () => {
  test('does not clear the alarm: the incident is neither mitigated nor auto-resolved', () => {
    const story = fired();
    story.responds();
    expect(types(story.at(1).loses())).toEqual(['SignalLost']);
    expect(story.incident.status).not.toBe('monitoring');
    expect(story.at(500).due()).not.toContainEqual({ type: 'settle' });
  });

  test('stops auto-resolution until the alarm is known to be clear again', () => {
    const story = monitoring(new Story());
    story.at(4).loses();
    expect(story.at(60).due()).not.toContainEqual({ type: 'settle' });
    story.clears();
    expect(story.at(64).due()).not.toContainEqual({ type: 'settle' });
    expect(story.at(65).due()).toContainEqual({ type: 'settle' });
  });

  test('ends the attempt with a hand-over instead of running a step', () => {
    const story = diagnosed(step('restart'));
    story.at(1).loses();
    expect(story.plans()).toMatchObject([
      { type: 'HandedOver', reason: 'the signal is unknown, and nothing is done on missing data' },
      { type: 'ResponseEnded', outcome: 'handed over' },
    ]);
  });

  test('holds back no step while another alarm fires', () => {
    const story = new Story(step('restart'));
    story.fires('critical');
    story.fires('warning');
    story.loses('warning');
    story.diagnoses();
    expect(started(story.plans())).toEqual(['restart']);
  });
});

describe('an alarm that fires again', () => {
  test('during monitoring starts a new attempt and a new investigation', () => {
    const story = monitoring(new Story());
    expect(story.at(4).fires()).toMatchObject([{ type: 'SignalFired' }, { type: 'ResponseRequested', attempt: 2 }]);
    expect(story.incident).toMatchObject({ status: 'investigating', allClearSince: undefined });
  });

  test('after three attempts is handed over to a person, once', () => {
    const story = monitoring(new Story());
    for (const attempt of [2, 3]) {
      expect(story.fires('critical', { at: minute(2 * attempt) })).toMatchObject([
        {},
        { type: 'ResponseRequested', attempt },
      ]);
      story.clears('critical', { at: minute(2 * attempt + 1) });
      story.plans();
    }
    expect(story.at(10).fires()).toMatchObject([
      { type: 'SignalFired' },
      { type: 'HandedOver', reason: 'the trouble came back after 3 attempts' },
    ]);
    expect(types(story.at(11).clears())).toEqual(['SignalCleared', 'Mitigated']);
    expect(types(story.at(12).fires())).toEqual(['SignalFired']);
  });

  test('during an attempt starts no second one', () => {
    const story = running(step('restart'));
    story.at(2).clears();
    expect(types(story.at(3).fires())).toEqual(['SignalFired']);
    expect(of(story.incident.timeline, 'ResponseRequested')).toHaveLength(1);
  });
});

describe('after a hand-over,', () => {
  const handedOver = () => {
    const story = new Story(step('first', { minimumSeverity: 'P2' }));
    story.fires('warning');
    story.responds();
    return story;
  };

  test('a signal that raises the severity starts a new attempt, in which more steps may run', () => {
    const story = handedOver();
    expect(story.incident.handedOver).toBeDefined();
    expect(types(story.at(5).fires('critical'))).toContain('ResponseRequested');
    story.diagnoses();
    expect(started(story.plans())).toEqual(['first']);
  });

  test('a signal that does not raise the severity is left to the person', () => {
    expect(types(handedOver().at(5).fires('warning2'))).toEqual(['SignalFired']);
  });
});
