import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alarmKey, type Signal, type SignalState } from '../../../lambda/domain/incident/signal.ts';
import { minute, of, Story, types } from '../../support/story.ts';

const signal = (alarm: string, state: SignalState, minutes: number, changes: Partial<Signal> = {}): Signal => ({
  id: `${alarm} ${state} ${minutes}`,
  key: alarmKey(alarm),
  state,
  level: alarm.startsWith('warning') ? 'warning' : 'critical',
  service: 'mockupaws-production',
  playbook: 'DatabaseConnections',
  at: minute(minutes),
  summary: `${alarm} is ${state}`,
  ...changes,
});

/** Alarms that change in any way, and whose events arrive in about their order, some of them twice. */
const arrivals = fc.array(
  fc.tuple(
    fc.constantFrom('critical', 'critical2', 'warning', 'warning2'),
    fc.constantFrom<SignalState>('firing', 'cleared', 'unknown'),
    fc.integer({ min: 0, max: 12 }),
    fc.boolean(),
  ),
  { minLength: 1, maxLength: 10 },
);

/** What is known of the trouble. */
const known = (story: Story) => {
  if (!story.opened) return undefined;
  const { signals, severity, drill, number, attempt } = story.incident;
  return { signals, severity, drill, number, attempt: attempt?.number };
};

describe('signals that arrive together', () => {
  test('mean what they mean one by one, to an incident that is open, over or not there yet', () => {
    const before = fc.constantFrom<(story: Story) => unknown>(
      () => undefined,
      story => story.fires('warning'),
      story => story.fires('critical', { drill: true }),
      story => [story.fires('critical'), story.at(1).resolves()],
    );
    fc.assert(
      fc.property(before, arrivals, (happened, drawn) => {
        const signals = drawn.map(([alarm, state, at, drill], i) =>
          signal(alarm, state, at, { id: `event ${i}`, ...(drill && state === 'firing' ? { drill } : {}) }),
        );
        const [together, apart] = [new Story(), new Story()];
        for (const story of [together, apart]) happened(story);
        together.at(15).receives(...signals);
        for (const each of signals) apart.at(15).receives(each);
        expect(known(together)).toEqual(known(apart));
      }),
    );
  });

  test('open one incident, judged by all that fire, and call people once', () => {
    const story = new Story();
    const events = story.receives(signal('warning', 'firing', 0), signal('critical', 'firing', 0));
    expect(types(events)).toEqual([
      'IncidentOpened',
      'SignalFired',
      'SignalFired',
      'SeverityAssigned',
      'Escalated',
      'ResponseRequested',
    ]);
    expect(of(events, 'Escalated')).toMatchObject([{ reason: 'opened as P2' }]);
  });

  test('are one command: the same ones again change nothing', () => {
    const story = new Story();
    const signals = [signal('critical', 'firing', 0), signal('critical', 'cleared', 1)];
    const events = story.receives(...signals);
    expect(types(events)).toContain('SignalCleared');
    expect(story.receives(...signals)).toEqual(events);
    expect(story.incident.timeline).toEqual(events);
    expect(story.receives(...signals, signal('critical', 'firing', 2)).map(({ type }) => type)).toEqual([
      'SignalFired',
    ]);
  });

  test('open nothing when none of them fires', () => {
    const story = new Story();
    expect(story.receives(signal('critical', 'cleared', 0), signal('warning', 'unknown', 0))).toEqual([]);
    expect(story.opened).toBe(false);
  });
});
