import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alarmKey, type SignalState } from '../../../lambda/domain/incident/signal.ts';
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

describe('a signal opens an incident', () => {
  test('with its severity, the call to people and the response', () => {
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

  test('a warning calls nobody', () => {
    expect(types(new Story().fires('warning'))).not.toContain('Escalated');
  });

  test('the incident started when the trouble began, not when the news came', () => {
    const [told, untold, ahead] = [new Story().at(8), new Story().at(8), new Story().at(8)];
    told.fires('critical', { at: minute(7), since: minute(2) });
    untold.fires('critical', { at: minute(7) });
    ahead.fires('critical', { at: minute(9), since: minute(9) });
    expect([told, untold, ahead].map(({ incident }) => incident.startedAt)).toEqual([minute(2), minute(7), minute(8)]);
  });

  test.each(['cleared', 'unknown'] as const)('a signal that is %s opens nothing', state => {
    const story = new Story();
    expect(story.fires('critical', { state })).toEqual([]);
    expect(story.opened).toBe(false);
  });

  test('after a resolution it opens the next incident, and the old one is left as it was', () => {
    const story = new Story();
    story.fires();
    story.at(5).resolves();
    const { timeline } = story.incident;
    expect(types(story.at(9).fires())[0]).toBe('IncidentOpened');
    expect(story.incident).toMatchObject({ number: 2, openedAt: minute(9) });
    expect(timeline.at(-1)?.type).toBe('Resolved');
  });
});

describe('a signal joins the open incident', () => {
  test('another alarm is added to it, and starts no second response', () => {
    const story = new Story();
    story.fires('warning');
    expect(types(story.at(1).fires('warning 2'))).toEqual(['SignalFired']);
    expect(Object.keys(story.incident.signals)).toEqual(['alarm:warning', 'alarm:warning 2']);
  });

  test('one green alarm does not clear the red of another', () => {
    const story = monitoring(new Story());
    story.at(3).fires('critical');
    story.fires('warning');
    expect(types(story.at(4).clears('critical'))).toEqual(['SignalCleared']);
    expect(story.incident).toMatchObject({ status: 'investigating', allClearSince: undefined });
    story.at(5).clears('warning');
    story.plans();
    expect(story.incident.status).toBe('monitoring');
  });

  test('clear signals end the attempt that is under way, with no step run', () => {
    const story = new Story(step('restart'));
    story.fires();
    story.diagnoses();
    expect(types(story.at(2).clears())).toEqual(['SignalCleared']);
    expect(types(story.plans())).toEqual(['Mitigated', 'ResponseEnded']);
    expect(story.incident.attempt?.outcome).toBe('recovered');
  });

  test('a person who took over is told of the recovery too', () => {
    const story = new Story();
    story.fires();
    story.responds();
    expect(types(story.at(40).clears())).toEqual(['SignalCleared', 'Mitigated']);
  });
});

describe('signals that are late or repeated', () => {
  test('the same event twice happened once', () => {
    const story = new Story();
    const first = story.fires('critical', { id: 'event' });
    expect(story.at(1).fires('critical', { id: 'event' })).toEqual(first);
    expect(story.incident.timeline).toHaveLength(first.length);
  });

  test('the same state at the same time from another source is no news', () => {
    const story = new Story();
    story.fires('critical', { at: minute(0) });
    expect(story.at(1).fires('critical', { at: minute(0) })).toEqual([]);
  });

  test('an older signal changes nothing', () => {
    const story = new Story();
    story.at(5).fires('critical', { at: minute(5) });
    expect(story.clears('critical', { at: minute(4) })).toEqual([]);
  });

  test('a clear overtaken by the next firing does not turn the alarm green', () => {
    const story = new Story();
    story.at(10).fires('critical', { at: minute(1) });
    story.fires('critical', { at: minute(9) });
    story.clears('critical', { at: minute(5) });
    expect(stateOf(story, 'critical')).toBe('firing');
  });

  test('a firing overtaken by its clear opens nothing anew, nor does one already dealt with', () => {
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

  test('whatever the order of arrival, each alarm ends as it last was', () => {
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

describe('a signal that is lost (INSUFFICIENT_DATA)', () => {
  test('does not clear: the incident is neither mitigated nor settled', () => {
    const story = new Story();
    story.fires();
    story.responds();
    expect(types(story.at(1).loses())).toEqual(['SignalLost']);
    expect(story.incident.status).not.toBe('monitoring');
    expect(story.at(500).due()).not.toContainEqual({ type: 'settle' });
  });

  test('stops the settling until the alarm is known to be clear again', () => {
    const story = monitoring(new Story());
    story.at(4).loses();
    expect(story.at(60).due()).not.toContainEqual({ type: 'settle' });
    story.clears();
    expect(story.at(64).due()).not.toContainEqual({ type: 'settle' });
    expect(story.at(65).due()).toContainEqual({ type: 'settle' });
  });

  test('is not acted upon: the attempt hands over instead of running a step', () => {
    const story = new Story(step('restart'));
    story.fires();
    story.diagnoses();
    story.at(1).loses();
    expect(story.plans()).toMatchObject([
      { type: 'HandedOver', reason: 'the signal is unknown, and nothing is done on missing data' },
      { type: 'ResponseEnded', outcome: 'handed over' },
    ]);
  });

  test('holds no step back while another alarm is known to fire', () => {
    const story = new Story(step('restart'));
    story.fires('critical');
    story.fires('warning');
    story.loses('warning');
    story.diagnoses();
    expect(started(story.plans())).toEqual(['restart']);
  });
});

describe('an alarm that fires again', () => {
  test('during monitoring owes a new attempt, and the trouble is no longer over', () => {
    const story = monitoring(new Story());
    expect(story.at(4).fires()).toMatchObject([{ type: 'SignalFired' }, { type: 'ResponseRequested', attempt: 2 }]);
    expect(story.incident).toMatchObject({ status: 'investigating', allClearSince: undefined });
  });

  test('is handed over when there have been enough attempts, and only then', () => {
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

  test('while the attempt is under way changes nothing but what is known', () => {
    const story = new Story(step('restart'));
    story.fires();
    story.diagnoses();
    story.plans();
    story.at(2).clears();
    expect(types(story.at(3).fires())).toEqual(['SignalFired']);
    expect(of(story.incident.timeline, 'ResponseRequested')).toHaveLength(1);
  });
});

describe('after a person has taken over', () => {
  const handedOver = () => {
    const story = new Story(step('first', { minimumSeverity: 'P2' }));
    story.fires('warning');
    story.responds();
    return story;
  };

  test('a signal that makes it more severe owes a new attempt: a step may run that might not before', () => {
    const story = handedOver();
    expect(story.incident.handedOver).toBeDefined();
    expect(types(story.at(5).fires('critical'))).toContain('ResponseRequested');
    story.diagnoses();
    expect(started(story.plans())).toEqual(['first']);
  });

  test('one that does not is left to the person', () => {
    expect(types(handedOver().at(5).fires('warning2'))).toEqual(['SignalFired']);
  });
});
