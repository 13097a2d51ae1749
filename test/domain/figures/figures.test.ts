import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  distribution,
  endedRuns,
  measurements,
  RUN_METRIC,
  TARGETS,
  TIMES,
  timesOf,
} from '../../../lambda/domain/figures/figures.ts';
import { monthlyReport } from '../../../lambda/domain/figures/report.ts';
import type { IncidentHistory } from '../../../lambda/domain/incident/history.ts';
import { isOpen } from '../../../lambda/domain/incident/incident.ts';
import { AUTOMATION } from '../../../lambda/domain/incident/person.ts';
import { judge } from '../../../lambda/domain/incident/targets.ts';
import { minutesBetween } from '../../../lambda/domain/kernel/time.ts';
import { FAILED, minute, of, PASSED, policy, Story, step, temporary } from '../../support/story.ts';

const PLAN = [temporary('scale', { minimumSeverity: 'P4' }), step('rehearse', { mode: 'observe' }), step('restart')];

/** What befalls an incident, each after some minutes in which nothing but the watch acts. */
const moves = fc.array(
  fc.record({
    after: fc.constantFrom(0, 1, 4, 14, 30, 55, 70, 130),
    does: fc.constantFrom(
      ...(['fires', 'fires', 'clears', 'clears all', 'loses', 'responds', 'responds', 'acknowledges'] as const),
      ...(['worsens', 'relaxes', 'notes', 'resolves', 'cancels'] as const),
    ),
    alarm: fc.constantFrom('critical', 'warning'),
    helps: fc.boolean(),
  }),
  { maxLength: 12, size: 'max' },
);
type Move = typeof moves extends fc.Arbitrary<(infer M)[]> ? M : never;

const PERFORM: Record<Move['does'], (story: Story, move: Move) => unknown> = {
  fires: (story, { alarm }) => story.fires(alarm),
  clears: (story, { alarm }) => story.clears(alarm),
  'clears all': story => ['critical', 'warning'].map(alarm => story.clears(alarm)),
  loses: (story, { alarm }) => story.loses(alarm),
  responds: (story, { helps }) => story.responds(() => (helps ? PASSED : FAILED)),
  acknowledges: story => story.acknowledges(),
  worsens: story => story.tell({ type: 'set severity', severity: 'P1', by: 'ada' }),
  relaxes: story => story.tell({ type: 'set severity', severity: 'P4', by: 'ada' }),
  notes: story => story.tell({ type: 'note', text: 'looking', by: 'ada' }),
  resolves: story => story.resolves(),
  cancels: story => story.tell({ type: 'resolve', by: 'ada', reason: 'it was none', cancelled: true }),
};

interface Told {
  moves: Move[];
  /** Minutes between two looks of the watch. */
  every: number;
  drill: boolean;
}

/** An incident, watched at first thing of each minute, to the minute of its last move. */
function live({ moves, every, drill }: Told, story = Story.under(policy(PLAN))): Story {
  let now = 0;
  story.careful = false;
  story.fires('warning', { drill, since: minute(-3) });
  const first = story.incident.id;
  for (const move of moves) {
    for (const until = now + move.after; now < until; ) {
      now++;
      if (now % every === 0 && isOpen(story.at(now).incident)) story.watches();
    }
    story.at(now);
    // What is over stays over: the next incident is another.
    if (isOpen(story.incident) || move.does !== 'fires') PERFORM[move.does](story, move);
  }
  expect(story.incident.id).toBe(first);
  return story;
}

const lives = (every = 1) => fc.record({ moves, every: fc.constant(every), drill: fc.boolean() });

const missedBy = (incident: IncidentHistory, now: string) =>
  judge(incident, now)
    .filter(({ kept }) => !kept)
    .map(({ target }) => target)
    .sort();
/** Once it is more severe, what was missed before may be missed, and told, again: it is judged once. */
const toldMissed = ({ timeline }: IncidentHistory) =>
  [...new Set(of(timeline, 'TargetMissed').flatMap(({ target }) => (target === 'update' ? [] : [target])))].sort();

describe('the targets of an incident', () => {
  test('are missed exactly when a TargetMissed event says so, if the watch runs each minute', () => {
    const property = fc.property(lives(), told => {
      const { incident, now } = live(told);
      expect(missedBy(incident, now)).toEqual(toldMissed(incident));
    });
    fc.assert(property, { numRuns: 150 });
  });

  test('are missed at least when a TargetMissed event says so, and never early, however late the watch runs', () => {
    const property = fc.property(lives(7), told => {
      const { incident, now, policy } = live(told);
      expect(missedBy(incident, now)).toEqual(expect.arrayContaining(toldMissed(incident)));
      const passed = minutesBetween(incident.openedAt, incident.resolvedAt ?? now);
      for (const { target, severity, kept } of judge(incident, now)) {
        const due = policy.severities[severity][`${target}Minutes`] ?? Number.NaN;
        if (!kept) expect(passed).toBeGreaterThanOrEqual(due);
        if (target === 'resolution') expect(TARGETS.resolution.severities).toContain(severity);
      }
    });
    fc.assert(property, { numRuns: 150 });
  });

  test('are judged once each when it is over, and do not change afterwards', () => {
    const property = fc.property(lives(), told => {
      const { incident, now } = live(told);
      const judged = judge(incident, now);
      const names = judged.map(({ target }) => target);
      expect(new Set(names).size).toBe(names.length);
      if (isOpen(incident) || incident.drill) return;
      const { firstAcknowledgedAt: acknowledged, severityAt, resolvedAt = now } = incident;
      const byPerson = incident.timeline.some(event => event.type === 'Resolved' && event.by !== AUTOMATION);
      if (acknowledged || byPerson || toldMissed(incident).includes('response')) expect(names).toContain('response');
      else if (minutesBetween(severityAt, resolvedAt) < incident.policy.severities[incident.severity].responseMinutes)
        expect(names).not.toContain('response');
      expect(names.includes('resolution')).toBe(
        incident.severity !== 'P4' || toldMissed(incident).includes('resolution'),
      );
      expect(judge(incident, minute(100_000))).toEqual(judged);
    });
    fc.assert(property);
  });

  const kept = (story: Story) => judge(story.incident, story.now);

  test('count under the severity of the moment: one missed as P3 stays missed as P3 when it becomes a P1', () => {
    const story = Story.under(policy([]));
    story.fires('warning');
    story.at(241).watches();
    story.at(250).tell({ type: 'set severity', severity: 'P1', by: 'ada' });
    story.at(255).acknowledges();
    expect(kept(story)).toEqual([{ target: 'response', severity: 'P3', kept: false }]);
    story.at(300).resolves();
    expect(kept(story)[1]).toEqual({ target: 'resolution', severity: 'P1', kept: true });
  });

  test('stay missed when the severity is lowered', () => {
    const story = Story.under(policy([]));
    story.fires('critical');
    story.at(10).acknowledges();
    story.at(481).tell({ type: 'set severity', severity: 'P4', by: 'ada' });
    story.at(482).resolves();
    expect(kept(story)).toEqual([
      { target: 'response', severity: 'P2', kept: true },
      { target: 'resolution', severity: 'P2', kept: false },
    ]);
  });

  test('start anew when a drill becomes real, so that an acknowledgement in the drill is no response', () => {
    const story = Story.under(policy([]));
    story.fires('critical', { drill: true });
    story.at(1).acknowledges();
    story.at(5).fires('critical');
    expect(kept(story.at(64))).toEqual([]);
    expect(kept(story.at(65))).toEqual([{ target: 'response', severity: 'P2', kept: false }]);
  });

  test('for the response are kept by a person who resolves it before somebody had to respond', () => {
    const story = Story.under(policy([]));
    story.fires('critical');
    story.at(20).tell({ type: 'resolve', by: 'ada', reason: 'it was over' });
    expect(kept(story)[0]).toEqual({ target: 'response', severity: 'P2', kept: true });
  });

  test('for the response are neither kept nor missed when it is over before that, and nobody responded', () => {
    const story = Story.under(policy([]));
    story.fires('critical');
    story.at(2).responds();
    story.at(4).clears();
    story.at(15).watches();
    expect(kept(story)).toEqual([{ target: 'resolution', severity: 'P2', kept: true }]);
  });
});

describe('the times of an incident', () => {
  test('are never negative, and end in the order of events', () => {
    const property = fc.property(lives(), told => {
      const { incident } = live(told);
      const { detect = 0, acknowledge = 0, mitigate = 0, resolve } = timesOf(incident);
      for (const value of [detect, acknowledge, mitigate]) expect(value).toBeGreaterThanOrEqual(0);
      expect(resolve === undefined).toBe(isOpen(incident));
      for (const value of [detect, detect + acknowledge, mitigate])
        expect(value).toBeLessThanOrEqual(resolve ?? Number.POSITIVE_INFINITY);
    });
    fc.assert(property);
  });

  const told = (tell: (story: Story) => void, plan = [step('restart')]) => {
    const story = Story.under(policy(plan));
    tell(story);
    return timesOf(story.incident);
  };

  test('are read from the timeline when it heals at the second time', () => {
    const times = told(story => {
      story.fires('critical', { since: minute(-3) });
      story.at(2).acknowledges();
      story.at(5).acknowledges('ben');
      story.at(6).responds();
      story.at(10).clears();
      story.at(11).fires();
      story.at(20).clears();
      story.at(30).resolves();
    });
    expect(times).toEqual({ detect: 3, acknowledge: 2, mitigate: 23, resolve: 33 });
  });

  test('have no mitigation when it came back and a person resolved it', () => {
    const times = told(story => {
      story.fires();
      story.at(6).responds();
      story.at(10).clears();
      story.at(11).fires();
      story.at(30).resolves();
    });
    expect(times).toEqual({ detect: 0, resolve: 30 });
  });

  test('have no detection when a person declared it', () => {
    expect(told(story => story.fires('critical', { reporter: 'ada' }))).toEqual({});
  });

  test('start anew when a drill becomes real, and leave out an acknowledgement in the drill', () => {
    const times = told(story => {
      story.fires('critical', { drill: true });
      story.at(1).acknowledges();
      story.at(5).fires('warning');
      story.at(9).acknowledges();
      story.at(15).resolves();
    });
    expect(times).toEqual({ acknowledge: 4, resolve: 10 });
  });
});

describe('drills and cancelled incidents', () => {
  const report = (...incidents: IncidentHistory[]) =>
    monthlyReport(incidents, { service: 'shop', month: '2026-04', at: minute(100_000), scheduledTasks: [] });
  const counts = ({ drill, cancelled }: IncidentHistory) => !drill && !cancelled;

  test('count in no figure and no metric, and are counted as left out', () => {
    const property = fc.property(fc.array(lives(60), { minLength: 1, maxLength: 4 }), told => {
      const incidents = told.map(each => live(each).incident);
      const counted = incidents.filter(counts);
      const { leftOut: left, actionItems: _, ...figures } = report(...incidents);
      const { leftOut: none, actionItems: __, ...same } = report(...counted);
      expect(figures).toEqual(same);
      expect(none).toEqual({ drill: 0, cancelled: 0, merged: 0, maintenance: 0 });
      expect(left.drill + left.cancelled + figures.incidents.length).toBe(incidents.length);
      expect(left.drill).toBe(incidents.filter(({ drill }) => drill).length);
      for (const incident of incidents)
        expect(measurements(incident).length > 0).toBe(counts(incident) && !isOpen(incident));
    });
    fc.assert(property, { numRuns: 50 });
  });

  test('keep their open action items in the report, except those of a drill', () => {
    const story = Story.under(policy([]));
    story.fires('critical');
    story.tell({ type: 'raise action item', by: 'ada', action: 'Pool connections', text: 'RDS Proxy' });
    const owed = (changes: Partial<IncidentHistory>) => report({ ...story.incident, ...changes }).actionItems;
    expect(owed({ cancelled: true })).toMatchObject([{ action: 'Pool connections' }]);
    expect(owed({ drill: true })).toEqual([]);
  });

  test('leave an empty month with n = 0 and no value that is not a number', () => {
    const { times, targets } = report();
    expect(times.resolve).toEqual({ n: 0 });
    expect(Object.keys(targets.resolution)).toEqual(['P1', 'P2', 'P3']);
    expect(JSON.stringify(report())).not.toMatch(/null|NaN/);
  });
});

test('the report and the metrics agree on resolved incidents', () => {
  const property = fc.property(fc.array(lives(), { maxLength: 4 }), told => {
    const over = told.map(each => live(each).incident).filter(incident => !isOpen(incident));
    const { times, targets, runbooks } = monthlyReport(over, {
      service: 'shop',
      month: '2026-04',
      at: minute(0),
      scheduledTasks: [],
    });
    const metrics = over.flatMap(measurements);
    const values = (name: string, ...dimension: string[]) =>
      metrics
        .filter(
          metric => metric.name === name && dimension.every(d => Object.values(metric.dimensions ?? {}).includes(d)),
        )
        .map(({ value }) => value);
    const ones = (of: number[]) => of.filter(value => value === 1).length;
    for (const time of ['detect', 'acknowledge', 'mitigate', 'resolve'] as const)
      expect(distribution(values(TIMES[time].metric))).toEqual(times[time]);
    for (const target of ['response', 'resolution'] as const)
      for (const [severity, counted] of Object.entries(targets[target])) {
        const of = values(TARGETS[target].metric, severity);
        expect({ kept: ones(of), of: of.length }).toEqual(counted);
      }
    for (const [runbook, { runs }] of Object.entries(runbooks)) {
      const of = values(RUN_METRIC, runbook);
      expect({ verified: ones(of), of: of.length }).toEqual(runs);
    }
    expect(metrics.filter(({ value }) => !Number.isFinite(value) || value < 0)).toEqual([]);
  });
  fc.assert(property, { numRuns: 50 });
});

test('the report counts ended runs, and counts dry runs and reverts apart', () => {
  const story = Story.under(policy(PLAN));
  story.fires();
  story.responds(({ step: name, undoes }) => (undoes || name === 'restart' ? PASSED : FAILED));
  expect(endedRuns(story.incident)).toEqual([
    { runbook: 'scale', verified: false, revert: false },
    { runbook: 'restart', verified: true, revert: false },
    { runbook: 'scale', verified: true, revert: true },
  ]);
  expect(
    monthlyReport([story.incident], { service: 'shop', month: '2026-04', at: story.now, scheduledTasks: [] }).runbooks,
  ).toEqual({
    rehearse: { runs: { verified: 0, of: 0 }, undos: { verified: 0, of: 0 }, dryRuns: 1 },
    restart: { runs: { verified: 1, of: 1 }, undos: { verified: 0, of: 0 }, dryRuns: 0 },
    scale: { runs: { verified: 0, of: 1 }, undos: { verified: 1, of: 1 }, dryRuns: 0 },
  });
});

test('a percentile is a measured value that its share of values does not exceed, in any order', () => {
  expect(distribution([])).toEqual({ n: 0 });
  expect(distribution([3, 1])).toEqual({ n: 2, p50: 1, p90: 3 });
  const property = fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 }), values => {
    const { n, p50 = Number.NaN, p90 = Number.NaN } = distribution(values);
    expect(n).toBe(values.length);
    expect(distribution(values.toReversed())).toEqual({ n, p50, p90 });
    for (const [percentile, value] of [
      [50, p50],
      [90, p90],
    ] as const) {
      expect(values).toContain(value);
      const share = (holds: (other: number) => boolean) => (values.filter(holds).length * 100) / n;
      expect(share(other => other <= value)).toBeGreaterThanOrEqual(percentile);
      expect(share(other => other < value)).toBeLessThan(percentile);
    }
  });
  fc.assert(property);
});
