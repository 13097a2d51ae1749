import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assess, atLeast, type Facts, RUNBOOK_CRITERIA, SEVERITIES } from '../../../lambda/domain/kernel/severity.ts';
import { of, Story } from '../../support/story.ts';

const judge = (facts: Facts) => {
  const { severity, reasons } = assess(facts, RUNBOOK_CRITERIA);
  return [severity, ...reasons.map(({ text }) => text)];
};

describe('the severity by the criteria of the runbook', () => {
  test.each<[string, Facts, string[]]>([
    [
      'every health URL fails',
      { healthFailingShare: 1 },
      ['P1', 'complete service unavailability: 100 % of health URLs failing'],
    ],
    [
      'all but one fail',
      { healthFailingShare: 0.99 },
      ['P2', 'core functionality impaired: 99 % of health URLs failing'],
    ],
    [
      'one of two fails',
      { healthFailingShare: 0.5 },
      ['P2', 'core functionality impaired: 50 % of health URLs failing'],
    ],
    ['none fails', { healthFailingShare: 0 }, ['P4', 'minimal impact: no criterion of P1 to P3 is met']],
    ['data were lost', { dataLoss: 1 }, ['P1', 'data loss or corruption: declared']],
    ['no data were lost', { dataLoss: 0 }, ['P4', 'minimal impact: no criterion of P1 to P3 is met']],
    ['a breach', { securityBreach: 1 }, ['P1', 'security breach: declared']],
    [
      'over half of the users',
      { usersAffectedShare: 0.51 },
      ['P1', 'more than 50 % of users affected: 51 % of requests failing'],
    ],
    ['exactly half', { usersAffectedShare: 0.5 }, ['P2', 'more than 25 % of users affected: 50 % of requests failing']],
    [
      'over a quarter',
      { usersAffectedShare: 0.26 },
      ['P2', 'more than 25 % of users affected: 26 % of requests failing'],
    ],
    ['under a quarter', { usersAffectedShare: 0.24 }, ['P3', 'up to 25 % of users affected: 24 % of requests failing']],
    ['a few', { usersAffectedShare: 0.05 }, ['P3', 'up to 25 % of users affected: 5 % of requests failing']],
    ['too few', { usersAffectedShare: 0.049 }, ['P4', 'minimal impact: no criterion of P1 to P3 is met']],
    [
      'answers that drive people away',
      { responseSeconds: 5 },
      ['P2', 'performance severely degraded: 5 s for an answer on average'],
    ],
    [
      'one answer in twenty that does',
      { responseSeconds: 4.9, responseP95Seconds: 10 },
      ['P2', 'performance severely degraded: 10 s for one answer in twenty'],
    ],
    [
      'answers that are noticed to be slow',
      { responseSeconds: 2, responseP95Seconds: 9.9 },
      [
        'P3',
        'performance noticeably degraded: 2 s for an answer on average',
        'performance noticeably degraded: 9.9 s for one answer in twenty',
      ],
    ],
    [
      'a slow health URL',
      { healthSeconds: 5 },
      ['P3', 'performance noticeably degraded: 5 s for the slowest health URL'],
    ],
    ['no user', { usersAffectedShare: 0 }, ['P4', 'minimal impact: no criterion of P1 to P3 is met']],
    ['a critical signal', { criticalSignals: 1 }, ['P2', 'core functionality impaired: 1 critical alarm firing']],
    ['a warning', { warningSignals: 1 }, ['P3', 'non-critical features affected: 1 warning alarm firing']],
    ['nothing known', {}, ['P4', 'minimal impact: no criterion of P1 to P3 is met']],
    [
      'a number that is none',
      { usersAffectedShare: Number.NaN, dataLoss: Number.NaN },
      ['P4', 'minimal impact: no criterion of P1 to P3 is met'],
    ],
  ])('is right at and beside each bound: %s', (_, facts, expected) => {
    expect(judge(facts)).toEqual(expected);
  });

  test.each<[number, string[]]>([
    [0.25, ['P3', 'up to 25 % of users affected: 25 % of requests failing']],
    [0.2501, ['P2', 'more than 25 % of users affected: just over 25 % of requests failing']],
    [0.5, ['P2', 'more than 25 % of users affected: 50 % of requests failing']],
    [0.5049, ['P1', 'more than 50 % of users affected: just over 50 % of requests failing']],
  ])('has a reason whose words agree with its number: %s', (usersAffectedShare, expected) => {
    expect(judge({ usersAffectedShare })).toEqual(expected);
  });

  test('comes from the most severe criterion, and each criterion of that severity is a reason', () => {
    expect(judge({ usersAffectedShare: 0.6, healthFailingShare: 1, criticalSignals: 1, warningSignals: 2 })).toEqual([
      'P1',
      'complete service unavailability: 100 % of health URLs failing',
      'more than 50 % of users affected: 60 % of requests failing',
    ]);
  });

  test('never falls when a fact becomes known or grows', () => {
    const fact = fc.constantFrom(...new Set(RUNBOOK_CRITERIA.map(criterion => criterion.fact)));
    const facts = fc.dictionary(fact, fc.double({ min: 0, max: 1, noNaN: true }), { noNullPrototype: true });
    fc.assert(
      fc.property(facts, fact, fc.double({ min: 0, max: 1, noNaN: true }), (before, name, more) => {
        const after = { ...before, [name]: Math.max(before[name] ?? 0, more) };
        expect(atLeast(assess(after, RUNBOOK_CRITERIA).severity, assess(before, RUNBOOK_CRITERIA).severity)).toBe(true);
      }),
    );
  });

  test('is most severe at P1', () => {
    expect(SEVERITIES.map(floor => atLeast('P2', floor))).toEqual([false, true, true, true]);
  });
});

describe('the severity of an incident', () => {
  const severities = (story: Story) => of(story.incident.timeline, 'SeverityAssigned').map(({ severity }) => severity);

  test('is P2 for a critical alarm and P3 for a warning', () => {
    const [critical, warning] = [new Story(), new Story()];
    critical.fires('critical');
    warning.fires('warning');
    expect([critical.incident.severity, warning.incident.severity]).toEqual(['P2', 'P3']);
  });

  test('rises with a second alarm and with the diagnosis, and the page says why', () => {
    const story = new Story();
    story.fires('warning');
    expect(of(story.at(1).fires('critical'), 'Escalated')).toMatchObject([
      { level: 1, reason: 'severity raised to P2' },
    ]);
    const found = story.at(2).diagnoses({ usersAffectedShare: 0.62 });
    expect(of(found, 'SeverityAssigned')).toMatchObject([
      {
        severity: 'P1',
        by: 'automation',
        reasons: [{ text: 'more than 50 % of users affected: 62 % of requests failing' }],
      },
    ]);
    expect(of(found, 'Escalated')).toMatchObject([{ level: 1, reason: 'severity raised to P1' }]);
    expect(severities(story)).toEqual(['P3', 'P2', 'P1']);
  });

  test('never falls by itself, neither with a better diagnosis nor with a signal that clears', () => {
    const story = new Story();
    story.fires('critical');
    story.fires('warning');
    story.diagnoses({ usersAffectedShare: 0.62 });
    story.at(1).diagnoses({ usersAffectedShare: 0.01 });
    story.at(2).clears('critical');
    expect(story.incident.severity).toBe('P1');
  });

  test('rises without starting the escalation path anew, and pages the level called last', () => {
    const story = new Story();
    story.fires('critical');
    story.at(15).watches();
    expect(of(story.at(16).diagnoses({ dataLoss: 1 }), 'Escalated')).toMatchObject([{ level: 2 }]);
    expect(story.at(30).due()).toContainEqual({ type: 'escalate', level: 3 });
  });
});
