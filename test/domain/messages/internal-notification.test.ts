import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { internalNotification } from '../../../lambda/domain/messages/internal-notification.ts';
import { writeUpdate } from '../../../lambda/domain/messages/page-text.ts';
import { FAILED, minute, of, policy, Story, step, withPlaybook } from '../../support/story.ts';
import { render } from '../../support/written.ts';

/** The last update to stakeholders as it is mailed. */
function mailed(story: Story): { subject: string; body: string } {
  const [update] = of(story.incident.timeline, 'UpdatePosted').slice(-1);
  if (!update) throw new Error('there is no update');
  return writeUpdate(render, internalNotification(story.incident, update));
}

const updates = (story: Story, text = 'as it stands') =>
  story.tell({ type: 'post update', by: 'ada', text, internal: true });

const down = () => {
  const base = policy([step('first'), step('roll-back')], { severities: RUNBOOK_SEVERITIES });
  const story = Story.under(withPlaybook(base, { title: 'Service Down', impact: 'Nobody can order' }));
  story.at(4).fires('critical', { since: minute(0) });
  return story;
};

describe('the internal notification of the runbook (3.1)', () => {
  test('has every field in the form of the runbook', () => {
    const story = down();
    story.tell({ type: 'declare', by: 'ada', dataLoss: true, text: 'orders' });
    story.diagnoses({ usersAffectedShare: 0.38, desiredTasks: 10 });
    story.acknowledges('ada');
    story.tell({ type: 'record reference', system: 'slack', ref: 'C1/1', url: 'https://slack.example/C1/1' });
    story.at(5).plans();
    story.ends(FAILED);
    story.plans();
    updates(story);
    const { subject, body } = mailed(story);
    expect(subject).toBe('[INCIDENT] P1 - mockupAWS Service Down - identified');
    for (const line of [
      'as it stands',
      'Incident ID: INC-2026-04-07-001',
      'Severity: P1 - Critical',
      'Started: 2026-04-07 09:30 UTC',
      'Status: Identified',
      'Impact: Nobody can order',
      'At worst: 09:34 UTC: 38 % of requests failing',
      'Last measured: 09:34 UTC: 38 % of requests failing',
      'Description:',
      '- 09:34 UTC, assessed as P1: data loss or corruption: declared',
      '- orders (declared by ada)',
      '- Cause: 10 tasks are wanted',
      'Actions taken:',
      '- [x] Acknowledge within 15 min',
      '- [x] Initial investigation',
      '- [x] Rollback initiated',
      '- [ ] 09:35 UTC, Do first: did not help',
      'Next update: 10:05 UTC (+30 minutes)',
      'Incident commander: ada',
      'Slack: https://slack.example/C1/1',
    ])
      expect(body.split('\n')).toContain(line);
  });

  test('leaves open what is not known yet', () => {
    const story = down();
    updates(story);
    const { body } = mailed(story);
    for (const line of [
      'Impact: Nobody can order',
      '- [ ] Acknowledge within 60 min',
      '- [ ] Initial investigation',
      '- [ ] Rollback initiated',
      '- Cause: not known yet',
      'Incident commander: none yet (whoever acknowledges first)',
      'Slack: no conversation is open',
    ])
      expect(body.split('\n')).toContain(line);
  });

  test('says that it is the last one, and when the incident was over', () => {
    const story = down();
    updates(story);
    story.at(60).clears();
    story.at(64).resolves();
    const { subject, body } = mailed(story);
    expect(subject).toBe('[RESOLVED] P2 - mockupAWS Service Down');
    expect(body).toContain('Status: Resolved at 2026-04-07 10:34 UTC');
    expect(body).toContain('Next update: none, this is the last');
    expect(body).toContain('Incident commander: nobody took command');
  });

  test.each<[string, string, () => Story]>([
    ['the rollback is not decided yet', '- [ ] Rollback initiated', down],
    [
      'no deployment was the cause',
      '- [-] Rollback initiated: not applicable (no deployment was found to be the cause)',
      () => {
        const base = down().policy;
        const causes = [{ fact: 'suspectDeployment', atLeast: 1, means: 'a deployment' }];
        const plan = [step('first'), step('roll-back', { causes })];
        const story = Story.under(withPlaybook(base, { plan }));
        story.at(4).fires('critical');
        story.facts = { desiredTasks: 10, suspectDeployment: 0 };
        story.responds();
        return story;
      },
    ],
    [
      'a guardrail holds the rollback back',
      '- [ ] Rollback initiated',
      () => {
        const base = down().policy;
        const story = Story.under(withPlaybook(base, { plan: [step('roll-back')] }));
        story.at(4).fires('critical');
        story.readings = { ...story.readings, maintenanceUntil: minute(500) };
        story.responds();
        return story;
      },
    ],
    [
      'the plan has no rollback',
      '- [-] Rollback initiated: not applicable (no rollback remedies this trouble)',
      () => {
        const story = Story.under(policy([step('first')], { severities: RUNBOOK_SEVERITIES }));
        story.at(4).fires('critical');
        return story;
      },
    ],
  ])('always has a checklist line for the rollback: %s', (_, line, told) => {
    const story = told();
    updates(story);
    expect(mailed(story).body.split('\n')).toContain(line);
  });

  test('marks a drill in its subject and its body', () => {
    const story = down();
    const drill = Story.under(story.policy);
    drill.fires('critical', { drill: true });
    updates(drill);
    const { subject, body } = mailed(drill);
    expect(subject).toMatch(/^\[DRILL\] \[INCIDENT\] P2/);
    expect(body).toMatch(/^\[DRILL\] This is a drill/);
  });

  test('tells the status at the end of its subject, however long the titles are', () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120, size: 'max' });
    fc.assert(
      fc.property(words, words, fc.boolean(), (title, trouble, drill) => {
        const base = withPlaybook(policy([], { severities: RUNBOOK_SEVERITIES }), { title: trouble });
        const story = Story.under({ ...base, title });
        story.fires('critical', { drill });
        updates(story);
        const { subject } = mailed(story);
        expect(subject).toMatch(/^(\[DRILL\] )?\[INCIDENT\] P2 - [\x20-\x7e]* - investigating$/);
        expect(subject.length).toBeLessThan(100);
      }),
      { numRuns: 50 },
    );
  });
});
