import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptUnderWay, isOpen } from '../../lambda/domain/incident/incident.ts';
import type { Maintenance } from '../../lambda/domain/incident/maintenance.ts';
import { heldBy } from '../../lambda/domain/incident/scope.ts';
import { alarmKey, type Signal } from '../../lambda/domain/incident/signal.ts';
import { withMaintenance } from '../../lambda/domain/intake/maintenance.ts';
import { dueWithin } from '../../lambda/domain/remediation/maintenance.ts';
import { FAILED, minute, of, PASSED, policy, READINGS, STATUS_PAGE, Story, step } from '../support/story.ts';

const ALARMS = ['critical', 'warning'] as const;
type Alarm = (typeof ALARMS)[number];
const SOURCES: Record<string, Maintenance['scope']> = {
  window: 'service',
  announcement: { components: ['api'] },
  'mute of critical': { alarms: ['critical'] },
  'mute of warning': { alarms: ['warning'] },
};

type Move =
  | { do: 'turns'; alarm: Alarm; red: boolean; heard: boolean }
  | { do: 'maintenance'; source: string; inForce: boolean }
  | { do: 'work'; succeeds: boolean }
  | { do: 'suffer'; share: number }
  | { do: 'pass'; minutes: number };

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('turns' as const),
        alarm: fc.constantFrom(...ALARMS),
        red: fc.boolean(),
        heard: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('maintenance' as const),
        source: fc.constantFrom(...Object.keys(SOURCES)),
        inForce: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('work' as const), succeeds: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('suffer' as const), share: fc.constantFrom(0, 0.6) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), minutes: fc.integer({ min: 1, max: 12 }) }) },
  ),
  { maxLength: 40, size: 'max' },
);

/** A world with two alarms, in which maintenance begins and ends, and the watch runs in each minute. */
class World {
  readonly story = Story.under({ ...policy([step('scale', { minimumSeverity: 'P4' })]), statusPage: STATUS_PAGE });
  readonly red = new Map<Alarm, string>();
  readonly since = new Map<Alarm, string>();
  readonly inForce = new Set<string>();
  private now = 0;

  get maintenance(): Maintenance[] {
    return [...this.inForce].map(source => ({
      source: 'mute rule',
      scope: SOURCES[source] ?? 'service',
      reason: source,
    }));
  }

  covered(alarm: Alarm): boolean {
    return heldBy(this.maintenance, { playbook: 'DatabaseConnections', alarm }, this.story.policy) !== undefined;
  }

  move(move: Move): void {
    switch (move.do) {
      case 'turns':
        if (this.red.has(move.alarm) === move.red) return;
        // An alarm does not change twice in one moment: the same time and state are the same event.
        this.now += 1 / 60;
        this.story.at(this.now);
        if (move.red) this.red.set(move.alarm, minute(this.now));
        else this.red.delete(move.alarm);
        this.since.set(move.alarm, minute(this.now));
        if (move.heard) this.hears([this.signal(move.alarm)]);
        break;
      case 'maintenance':
        if (move.inForce) this.inForce.add(move.source);
        else this.inForce.delete(move.source);
        break;
      case 'work':
        this.work(move.succeeds);
        break;
      case 'suffer':
        if (this.story.opened) this.story.suffers(move.share);
        break;
      case 'pass':
        for (let i = 0; i < move.minutes; i++) this.pass();
    }
  }

  /** A minute: the watch hears every alarm, and does what is due. */
  pass(): void {
    this.story.at(++this.now);
    const { story } = this;
    const known = story.opened && isOpen(story.incident) ? story.incident.signals : {};
    const heard = ALARMS.filter(alarm => this.red.has(alarm) || known[alarmKey(alarm)]);
    this.hears(heard.filter(alarm => this.since.has(alarm)).map(alarm => this.signal(alarm)));
    if (!story.opened) return;
    for (const obligation of dueWithin(story.due(), story.incident, this.maintenance))
      story.tell({ type: 'fulfil', obligation, checks: this.red.size > 0 ? FAILED : PASSED });
  }

  private work(succeeds: boolean): void {
    const { story } = this;
    if (!story.opened || !isOpen(story.incident) || !attemptUnderWay(story.incident)) return;
    const running = story.incident.runs.some(({ status }) => status === 'running');
    if (running) story.ends(succeeds ? PASSED : 'it failed');
    else {
      story.diagnoses();
      story.plans({ ...READINGS, maintenance: this.maintenance });
    }
  }

  private hears(signals: Signal[]): void {
    if (signals.length > 0) this.story.receives(...withMaintenance(signals, this.maintenance, this.story.policy));
  }

  private signal(alarm: Alarm): Signal {
    const at = this.since.get(alarm) ?? minute(this.now);
    const state = this.red.has(alarm) ? 'firing' : 'cleared';
    const { service } = this.story.policy;
    return {
      ...{ id: `${alarm}/${at}/${state}`, key: alarmKey(alarm), state, level: alarm, at, summary: alarm },
      ...{ service, playbook: 'DatabaseConnections' },
    };
  }
}

describe('over any order of windows, alarms and ends', () => {
  it('nothing is done, said aloud or published within, and nothing that is red is forgotten after', () => {
    fc.assert(
      fc.property(moves, all => {
        const world = new World();
        const { story } = world;
        for (const move of all) {
          const before = story.opened ? story.incident : undefined;
          world.move(move);
          if (!story.opened) continue;
          const { incident } = story;
          const events = incident.timeline.slice(before?.id === incident.id ? before.version : 0);
          const known = Object.entries(before?.signals ?? {}).filter(([, { state }]) => state === 'firing');
          if (
            move.do === 'work' &&
            ALARMS.some(alarm => world.covered(alarm) && known.some(([key]) => key === alarmKey(alarm)))
          )
            expect(of(events, 'StepStarted')).toEqual([]);
          const isExplained = world.red.size > 0 && [...world.red.keys()].every(alarm => world.covered(alarm));
          if (move.do === 'pass' && isExplained)
            expect(of(events, 'Published').concat(of(events, 'PublicationRequested') as never)).toEqual([]);
          if (incident.held)
            expect(
              incident.timeline.filter(({ type }) =>
                ['Escalated', 'ResponseRequested', 'StepStarted', 'Published', 'PublicationRequested'].includes(type),
              ),
            ).toEqual([]);
        }
        world.pass();
        for (const alarm of world.red.keys()) {
          if (world.covered(alarm)) continue;
          const { incident } = story;
          const signal = incident.signals[alarmKey(alarm)];
          expect({ held: incident.held, maintenance: signal?.maintenance, open: isOpen(incident) }).toEqual({
            ...{ held: undefined, maintenance: undefined, open: true },
          });
        }
      }),
      { numRuns: 150 },
    );
  });
});
