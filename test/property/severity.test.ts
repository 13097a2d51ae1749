import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpen } from '../../lambda/domain/incident/incident.ts';
import { RUNBOOK_SEVERITIES } from '../../lambda/domain/incident/runbook-policy.ts';
import { assess, type Facts, RUNBOOK_CRITERIA, SEVERITIES } from '../../lambda/domain/kernel/severity.ts';
import { minutesBetween } from '../../lambda/domain/kernel/time.ts';
import { FAILED, of, PASSED, policy, Story, withPlaybook } from '../support/story.ts';

/** How people are served, minute by minute, mostly much as the minute before. */
const course = fc
  .array(
    fc.record({
      facts: fc.record(
        {
          usersAffectedShare: fc.constantFrom(0, 0, 0.04, 0.05, 0.25, 0.26, 0.5, 0.51, 1),
          healthFailingShare: fc.constantFrom(0, 0, 0, 0.5, 1),
          responseSeconds: fc.constantFrom(0.1, 0.1, 1.9, 2, 5, 30),
          responseP95Seconds: fc.constantFrom(0.3, 0.3, 4.9, 5, 10),
        },
        { requiredKeys: ['healthFailingShare'] },
      ),
      minutes: fc.integer({ min: 1, max: 6 }),
    }),
    { minLength: 1, maxLength: 15 },
  )
  .map(spells => spells.flatMap(({ facts, minutes }): Facts[] => Array(minutes).fill(facts)));

/** The least number is the most severe. */
const rank = (facts: Facts) => SEVERITIES.indexOf(assess(facts, RUNBOOK_CRITERIA).severity);

/** Opened by a warning and diagnosed as well; from then on only the watch looks. */
function opened(): Story {
  const story = Story.under(policy([], { severities: RUNBOOK_SEVERITIES }));
  story.careful = false;
  story.fires('warning');
  story.diagnoses({ healthFailingShare: 0 });
  story.plans();
  return story;
}

describe('the severity of an open incident, whatever course the service takes,', () => {
  it('is the worst that held for two minutes, judged anew each minute', () => {
    fc.assert(
      fc.property(course, fc.option(fc.nat(60), { nil: undefined }), (minutes, answeredAt) => {
        const story = opened();
        let worst = SEVERITIES.indexOf('P3');
        minutes.forEach((facts, i) => {
          if (i === answeredAt) story.acknowledges();
          const before = minutes[i - 1];
          story.at(i + 1);
          if (before) {
            story.measures(facts, before);
            worst = Math.min(worst, Math.max(rank(facts), rank(before)));
          }
          story.watches(FAILED);
          expect(story.incident.severity, `minute ${i}`).toBe(SEVERITIES[worst]);
        });
      }),
    );
  });

  it('rises after a person lowered it only on something worse than that person overruled', () => {
    fc.assert(
      fc.property(course, course, (first, then) => {
        const story = opened();
        const measure = (facts: Facts, i: number, all: Facts[]) =>
          story.at(i + 1) && story.measures(facts, all[i - 1] ?? facts);
        first.forEach(measure);
        const { severity } = story.incident;
        story.tell({ type: 'set severity', severity: 'P4', by: 'ada' });
        const overruled = SEVERITIES.indexOf(story.incident.overruled ?? 'P4');
        then.forEach(measure);
        const held = then.map((facts, i) => Math.max(rank(facts), rank(then[i - 1] ?? facts)));
        const worse = held.filter(found => found < overruled);
        expect(SEVERITIES.indexOf(severity)).toBeLessThanOrEqual(SEVERITIES.indexOf('P3'));
        expect(story.incident.severity).toBe(worse.length > 0 ? SEVERITIES[Math.min(...worse)] : 'P4');
      }),
    );
  });

  it('does not let the incident auto-resolve until no criterion has held for five minutes', () => {
    fc.assert(
      fc.property(course, minutes => {
        const story = opened();
        story.at(1).clears('warning');
        minutes.forEach((facts, i) => {
          if (!isOpen(story.incident)) return;
          story.at(i + 1).measures(facts, minutes[i - 1] ?? facts);
          const [resolved] = of(story.watches(rank(facts) < 3 ? FAILED : PASSED), 'Resolved');
          const last = minutes.slice(Math.max(0, i - 4), i + 1);
          // One minute of them may be an outlier.
          if (resolved) expect(last.filter((one, j) => rank(one) < 3 && rank(last[j + 1] ?? one) < 3)).toEqual([]);
        });
      }),
    );
  });

  it('reaches stakeholders within 15 minutes of every rise to P1 or P2', () => {
    fc.assert(
      fc.property(course, minutes => {
        const story = opened();
        [...minutes, ...Array<Facts>(16).fill(minutes.at(-1) ?? {})].forEach((facts, i, all) => {
          story.at(i + 1).measures(facts, all[i - 1] ?? facts);
          for (const update of of(story.watches(FAILED), 'UpdatePosted'))
            story.tell({ type: 'record delivery', about: update.seq, channel: 'stakeholders' });
        });
        const updates = of(story.incident.timeline, 'UpdatePosted').filter(({ to }) => to === 'stakeholders');
        for (const { severity, at } of of(story.incident.timeline, 'SeverityAssigned')) {
          if (severity !== 'P1' && severity !== 'P2') continue;
          const told = updates.find(update => update.at >= at);
          expect(told ? minutesBetween(at, told.at) : Number.POSITIVE_INFINITY, severity).toBeLessThanOrEqual(15);
        }
      }),
    );
  });
});

it('an improvement is announced once for each lower severity, and only a person lowers the severity', () => {
  const story = opened();
  story.at(1).suffers(0.6);
  story.at(3).suffers(0.3);
  expect(of(story.watches(FAILED), 'ImprovementSeen')).toMatchObject([
    { severity: 'P2', seen: 'now 30 % of requests failing' },
  ]);
  story.at(5).suffers(0.4);
  expect(of(story.watches(FAILED), 'ImprovementSeen')).toEqual([]);
  story.at(7).suffers(0.06);
  expect(of(story.watches(FAILED), 'ImprovementSeen')).toMatchObject([{ severity: 'P3' }]);
  expect(story.incident.severity).toBe('P1');
  expect(
    story
      .at(8)
      .due()
      .filter(({ type }) => type === 'tell improvement'),
  ).toEqual([]);
});

it('an incident with its own facts is neither raised nor held open by other problems', () => {
  const base = policy([], { severities: RUNBOOK_SEVERITIES });
  const story = Story.under(withPlaybook(base, { independent: true, ownFacts: true }));
  story.fires('warning');
  story.diagnoses({ healthFailingShare: 1, usersAffectedShare: 0.9 });
  story.plans();
  story.at(1).suffers(0.9);
  expect(story.incident.severity).toBe('P3');
  expect(story.due().filter(({ type }) => type === 'publish')).toEqual([]);
  story.at(2).clears('warning');
  story.at(8).suffers(0.9);
  expect(of(story.watches(), 'Resolved')).toHaveLength(1);
});
