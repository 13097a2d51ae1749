import { describe, expect, it, test } from 'vitest';
import type { AwsIssue } from '../../../lambda/domain/incident/aws-issues.ts';
import type { Readings } from '../../../lambda/domain/incident/commands.ts';
import { threadReply } from '../../../lambda/domain/messages/chat.ts';
import { formatEvent } from '../../../lambda/domain/messages/log.ts';
import { pages } from '../../../lambda/domain/messages/page.ts';
import { decided, reasons } from '../../support/decided.ts';
import { diagnosed, OFF } from '../../support/stories.ts';
import { minute, of, READINGS, type Story, step } from '../../support/story.ts';

const ISSUE: AwsIssue = {
  ...{ arn: 'arn:aws:health:us-east-1::event/RDS/AWS_RDS_OPERATIONAL_ISSUE/1', service: 'RDS', open: true },
  ...{ code: 'AWS_RDS_OPERATIONAL_ISSUE', startedAt: minute(-12), updatedAt: minute(0) },
};
const REASON =
  'AWS reports an open issue of RDS since 2026-04-07 09:18 UTC, updated 09:30 UTC (AWS_RDS_OPERATIONAL_ISSUE)';
const withIssues = (...awsIssues: AwsIssue[]): Readings => ({ ...READINGS, awsIssues });

describe('while AWS has an open issue, a step that would run by itself', () => {
  const asking = (readings = withIssues(ISSUE)) => {
    const story = diagnosed(step('first'), step('second'));
    return { story, asked: story.at(1).plans(readings) };
  };

  it('is run dry, and people are asked, with the reason', () => {
    const { story, asked } = asking();
    expect(asked).toMatchObject([
      { type: 'ApprovalRequested', step: 'first', reason: REASON },
      { type: 'ResponseEnded', outcome: 'awaiting approval' },
    ]);
    const [dry] = of(story.incident.timeline, 'StepStarted');
    expect(dry).toMatchObject({ step: 'first', dryRun: true, preview: true });
    expect(dry?.guardrails).toContainEqual({ guardrail: 'mode', passed: false, reason: `needs approval: ${REASON}` });
  });

  it('says why wherever people read the question', () => {
    const { story } = asking();
    const [question] = of(story.incident.timeline, 'ApprovalRequested');
    if (!question) throw new Error('nothing was asked');
    const [page] = pages(story.incident, question);
    expect(page?.fields.headline).toBe(`Approve "Do first" by 10:01 UTC. It would run by itself, but ${REASON}`);
    expect(page?.fields.doing.at(-1)).toContain(`It would run by itself, but ${REASON}.`);
    expect(threadReply(story.incident, question)?.text).toContain(REASON);
    expect(formatEvent(question, story.incident)[1]).toContain(`because ${REASON}`);
  });

  it.each<[string, (story: Story) => unknown, string[]]>([
    ['runs once it is approved', story => answer(story, true), ['first']],
    ['is left out once it is declined', story => answer(story, false), []],
    ['is left out if nobody answers', story => story.at(31).watches(), []],
  ])('%s', (_, befall, runs) => {
    const { story } = asking();
    befall(story);
    story.diagnoses();
    const happened = story.plans(withIssues(ISSUE));
    expect(of(happened, 'StepStarted').flatMap(({ dryRun, step }) => (dryRun ? [] : [step]))).toEqual(runs);
  });

  const answer = (story: Story, approve: boolean) =>
    story.at(20).tell({ type: 'answer approval', step: 'first', approve, by: 'ada' });

  it.each<[string, AwsIssue[], number]>([
    ['the issue is closed', [{ ...ISSUE, open: false }], 1],
    ['the issue has ended', [{ ...ISSUE, endsAt: minute(1) }], 1],
    ['AWS has said nothing more for 24 hours', [ISSUE], 24 * 60],
  ])('runs by itself once %s', (_, issues, minutes) => {
    const story = diagnosed(step('first'));
    const happened = story.at(minutes).plans(withIssues(...issues));
    expect(of(happened, 'StepStarted')).toMatchObject([{ step: 'first', dryRun: false }]);
  });

  it('asks as well if nobody can read whether there is one', () => {
    const { asked } = asking({ ...READINGS, awsIssues: 'unreadable' });
    expect(asked[0]).toMatchObject({
      type: 'ApprovalRequested',
      reason: 'what AWS reported of its issues cannot be read',
    });
  });

  it('is not asked about when something else stops it', () => {
    expect(reasons({}, { awsIssues: [ISSUE], ledger: 'unreadable' })).toContain('earlier runs cannot be read');
  });
});

test.each<[string, Partial<Parameters<typeof decided>[0]>, Partial<Readings>, boolean]>([
  ['only observes', { mode: 'observe' }, {}, true],
  ['is switched off with all automation', {}, OFF, true],
])('a step that %s runs dry as always, and asks nobody', (_, changes, readings, dryRun) => {
  const happened = decided(changes, { awsIssues: [ISSUE], ...readings });
  expect(of(happened, 'StepStarted')).toMatchObject([{ dryRun }]);
  expect(of(happened, 'StepStarted')[0]?.preview).toBeUndefined();
});

test('a step that always needs approval names no other reason', () => {
  const story = diagnosed(step('first', { mode: 'approve' }));
  const [question] = of(story.at(1).plans(withIssues(ISSUE)), 'ApprovalRequested');
  expect(question).toMatchObject({ step: 'first' });
  expect(question?.reason).toBeUndefined();
});
