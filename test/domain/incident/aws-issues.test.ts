import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  type AwsIssue,
  issueWords,
  MOST_ISSUES,
  openIssues,
  withReports,
} from '../../../lambda/domain/incident/aws-issues.ts';
import { AWS_HEALTH } from '../../../lambda/domain/incident/checks.ts';
import type { Facts } from '../../../lambda/domain/kernel/severity.ts';
import { minute, START, Story, step } from '../../support/story.ts';

const HOUR = 60;

const issue = (changes: Partial<AwsIssue> = {}): AwsIssue => ({
  arn: 'arn:aws:health:us-east-1::event/RDS/AWS_RDS_OPERATIONAL_ISSUE/1',
  service: 'RDS',
  code: 'AWS_RDS_OPERATIONAL_ISSUE',
  open: true,
  startedAt: minute(-12),
  updatedAt: minute(0),
  ...changes,
});

const openAt = (minutes: number, changes: Partial<AwsIssue>) => openIssues([issue(changes)], minute(minutes)).length;

describe('an issue', () => {
  it.each<[string, number, Partial<AwsIssue>, number]>([
    ['is open from its report on', 0, {}, 1],
    ['is open for 24 hours without an update', 24 * HOUR - 1, {}, 1],
    ['is over after 24 hours without an update', 24 * HOUR, {}, 0],
    ['is over once it is closed', 1, { open: false }, 0],
    ['is open until its end', 29, { endsAt: minute(30) }, 1],
    ['is over from its end on, also where AWS calls it open', 30, { endsAt: minute(30) }, 0],
  ])('%s', (_, minutes, changes, open) => expect(openAt(minutes, changes)).toBe(open));

  test('is named with its times, and of many the latest', () => {
    expect(issueWords([issue()])).toBe('RDS since 2026-04-07 09:18 UTC, updated 09:30 UTC (AWS_RDS_OPERATIONAL_ISSUE)');
    expect(issueWords([issue({ startedAt: undefined })])).toBe(
      'RDS updated 2026-04-07 09:30 UTC (AWS_RDS_OPERATIONAL_ISSUE)',
    );
    const many = Array.from({ length: 5 }, (_, i) => issue({ arn: `${i}`, service: `S${i}`, updatedAt: minute(i) }));
    const words = issueWords(openIssues(many, minute(5)));
    expect(words).toMatch(/^S4 .*; S3 .*; S2 .*; 2 more$/);
  });
});

describe('of the reports of one issue', () => {
  const after = (...reports: AwsIssue[]) => withReports([], reports, minute(HOUR));
  const open = issue({ updatedAt: minute(1) });
  const closed = issue({ open: false, updatedAt: minute(2) });

  it.each<[string, AwsIssue[], AwsIssue]>([
    ['the latest counts', [open, closed], closed],
    ['the latest counts, though it came first', [closed, open], closed],
    [
      'the one that ends it counts, of two at the same time',
      [issue({ ...closed, updatedAt: minute(1) }), open],
      {
        ...closed,
        updatedAt: minute(1),
      },
    ],
    [
      'an update of a closed one leaves it closed',
      [closed, issue({ open: false, updatedAt: minute(3) })],
      {
        ...closed,
        updatedAt: minute(3),
      },
    ],
    ['a later one opens it again', [closed, issue({ updatedAt: minute(3) })], issue({ updatedAt: minute(3) })],
  ])('%s', (_, reports, expected) => expect(after(...reports)).toEqual([expected]));

  test('nothing new is the same list, so that nothing needs to be written', () => {
    const known = after(closed);
    expect(withReports(known, [open, closed], minute(HOUR))).toBe(known);
    expect(withReports(known, [], minute(HOUR))).toBe(known);
  });

  test('those of a day ago are forgotten, and of too many the closed ones and the oldest', () => {
    const fresh = issue({ arn: 'fresh', updatedAt: minute(25 * HOUR) });
    expect(withReports(after(closed), [fresh], minute(25 * HOUR))).toEqual([fresh]);
    const many = Array.from({ length: 60 }, (_, i) =>
      issue({ arn: `${i}`, open: i % 2 === 0, updatedAt: minute(i / 2) }),
    );
    const kept = after(...many);
    expect(kept).toHaveLength(MOST_ISSUES);
    expect(kept.filter(({ open }) => open)).toHaveLength(30);
    expect(kept.at(-1)).toMatchObject({ open: false, arn: '41' });
  });
});

test('whatever the order, the number and the batches of the reports, what is open is what their times say', () => {
  const report = fc.record({ arn: fc.constantFrom('a', 'b', 'c'), at: fc.nat(40 * HOUR), open: fc.boolean() });
  const seen = new Set<number>();
  fc.assert(
    fc.property(fc.array(report, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (sent, chance) => {
      const reports = sent.map(({ arn, at, open }) => issue({ arn, open, updatedAt: minute(at) }));
      const draw = (below: number) => (chance.next().value ?? 0) % below;
      const delivered = [...reports, ...reports.filter(() => draw(2) === 0)].sort(() => draw(3) - 1);
      let known: readonly AwsIssue[] = [];
      let now = START;
      while (delivered.length > 0) {
        const batch = delivered.splice(0, 1 + draw(4));
        // Nothing arrives before it was sent.
        now = [now, ...batch.map(({ updatedAt }) => updatedAt)].sort().at(-1) ?? now;
        known = withReports(known, batch, now);
      }
      const latest = (arn: string) =>
        reports
          .filter(one => one.arn === arn)
          .sort((one, other) => one.updatedAt.localeCompare(other.updatedAt) || Number(other.open) - Number(one.open))
          .at(-1);
      const expected = ['a', 'b', 'c'].filter(arn => openIssues([latest(arn) ?? []].flat(), now).length > 0);
      const open = openIssues(known, now).map(({ arn }) => arn);
      seen.add(open.length);
      expect(open.sort()).toEqual(expected);
    }),
    { numRuns: 300 },
  );
  expect(seen).toEqual(new Set([0, 1, 2, 3]));
});

test('neither an issue of AWS nor a symptom identifies a cause', () => {
  const story = new Story(step('scale-up'));
  story.fires();
  const statusWith = (check: string, facts: Facts) => {
    story.tell({ type: 'record diagnosis', attempt: 1, findings: [{ check, ok: false, summary: check, facts }] });
    return story.incident.status;
  };
  expect(statusWith(AWS_HEALTH, { openAwsIssues: 1 })).toBe('investigating');
  expect(statusWith('metrics', { usersAffectedShare: 1, healthFailingShare: 1 })).toBe('investigating');
  expect(statusWith('ECS service', { desiredTasks: 10 })).toBe('identified');
});
