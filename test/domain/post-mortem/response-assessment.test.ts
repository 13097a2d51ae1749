import { describe, expect, test } from 'vitest';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { outageOf } from '../../../lambda/domain/outage/outage.ts';
import { milestones } from '../../../lambda/domain/post-mortem/milestones.ts';
import { postMortem } from '../../../lambda/domain/post-mortem/post-mortem.ts';
import {
  couldHaveGoneBetter,
  targets,
  tried,
  wentWell,
} from '../../../lambda/domain/post-mortem/response-assessment.ts';
import { whatHelped } from '../../../lambda/domain/post-mortem/what-helped.ts';
import { FAILED, PASSED, policy, Story, step } from '../../support/story.ts';

const under = (...plan: Parameters<typeof policy>[0]) => Story.under(policy(plan, { severities: RUNBOOK_SEVERITIES }));

/** A P2 that the second step ends: detected in minute 0, acknowledged in 3, mitigated in 20, resolved in 26. */
function healed(): Story {
  const story = under(step('first'), step('second'));
  story.fires('critical', { since: '2026-04-07T09:20:00.000Z' });
  story.at(2).diagnoses({ desiredTasks: 10, usersAffectedShare: 0.4 });
  story.at(3).acknowledges();
  story.plans();
  story.at(10).ends(FAILED);
  story.plans();
  story.at(19).clears();
  story.at(20).ends(PASSED);
  story.plans();
  story.at(21).suffers(0);
  story.at(26).watches();
  return story;
}

describe('the assessment of an incident that automation ended', () => {
  const { incident } = healed();

  test('has the times of the timeline, and the cause and fix of the verified step', () => {
    expect(incident.resolvedAt).toBe('2026-04-07T09:56:00.000Z');
    expect(milestones(incident)).toEqual({
      detected: '09:30',
      investigationStarted: '09:30',
      rootCauseIdentified: { at: '09:40', source: '10 tasks are wanted; "Do second" helped' },
      fixDeployed: null,
      serviceRestored: '09:50',
    });
    expect(outageOf(incident)).toMatchObject({ minutes: 30, by: 'signals' });
  });

  test('judges every target against its promise', () => {
    expect(targets(incident)).toEqual([
      { target: 'Acknowledged', promised: 'within 1 hour', took: 'after 3 minutes (09:33)', verdict: 'kept' },
      { target: 'Resolved', promised: 'within 8 hours', took: 'after 26 minutes (09:56)', verdict: 'kept' },
      {
        target: 'Stakeholders told',
        promised: 'within 15 minutes, then every 30 minutes',
        took: 'nobody was told',
        verdict: 'missed',
      },
    ]);
  });

  test('lists each step that ran, with the evidence of its outcome', () => {
    expect(tried(incident).map(({ time, title, verdict, evidence }) => [time, title, verdict, evidence])).toEqual([
      ['09:33', 'Do first', 'did not help', 'not verified: health: 503'],
      ['09:40', 'Do second', 'helped', 'health: 200'],
    ]);
    expect(whatHelped(incident).map(({ run }) => run.step)).toEqual(['second']);
    expect(wentWell(incident)).toContain('"Do second" helped');
    expect(wentWell(incident)).toContain('An alarm detected it after 10 minutes');
    expect(couldHaveGoneBetter(incident)).toEqual(['"Do first" (09:33 UTC) did not help: not verified: health: 503']);
  });
});

test('nobody is said to have acknowledged in time who did not, where it was over before that was due', () => {
  const story = under(step('first'));
  story.fires();
  story.at(2).diagnoses();
  story.plans();
  story.at(9).clears();
  story.at(10).ends(PASSED);
  story.plans();
  story.at(11).suffers(0);
  story.at(16).watches();
  expect(story.incident.resolvedAt).toBeDefined();
  const [acknowledged] = targets(story.incident);
  expect(acknowledged).toMatchObject({ took: 'nobody acknowledged it', verdict: 'over before it was due' });
  expect(wentWell(story.incident).join()).not.toContain('Acknowledged');
});

test('the fix is deployed when its runbook ended, not when it began', () => {
  const story = under(step('first'));
  story.fires();
  story.at(2).diagnoses();
  story.plans();
  const { run = '' } = story.incident.runs.at(-1) ?? {};
  story.at(9).clears();
  const outcome = { run, checks: PASSED, endedAt: '2026-04-07T09:34:30.000Z' };
  story.at(10).tell({ type: 'record outcome', attempt: 1, outcome });
  expect(milestones(story.incident).fixDeployed).toEqual({ at: '09:34', source: '"Do first" helped' });
});

describe('the assessment of an incident that no step ended', () => {
  const failed = () => {
    const story = under(step('first'));
    story.fires();
    story.at(2).responds();
    return story;
  };

  test('has neither cause nor fix, whatever a diagnosis found', () => {
    expect(milestones(failed().incident)).toMatchObject({ rootCauseIdentified: null, fixDeployed: null });
  });

  test('takes the last cause and fix that a person states, and refuses impossible times', () => {
    const story = failed();
    const says = (type: 'state cause' | 'state fix', text: string, happenedAt: string) =>
      story.tell({ type, by: 'ada', text, happenedAt: `2026-04-07T${happenedAt}:00.000Z` });
    story.at(60);
    says('state cause', 'an export', '09:50');
    says('state cause', 'a report', '09:52');
    says('state fix', 'the report is stopped', '10:00');
    expect(says('state fix', 'tomorrow', '10:31')).toEqual([]);
    expect(story.refused).toBe('2026-04-07 10:31 UTC has not come yet');
    expect(says('state cause', 'yesterday', '09:29')).toEqual([]);
    expect(milestones(story.incident)).toMatchObject({
      rootCauseIdentified: { at: '09:52', source: 'ada: a report' },
      fixDeployed: { at: '10:00', source: 'ada: the report is stopped' },
    });
  });
});

test('the post-mortem of an incident that a person declared and resolved claims no step as its fix', () => {
  const story = under(step('first'));
  story.fires('critical', { reporter: 'grace' });
  story.responds();
  story.at(70).watches(FAILED);
  story.at(600).watches(FAILED);
  story.at(700).resolves('ada');
  const { incident } = story;
  const drafted = postMortem(incident, { reviewers: [], meeting: undefined, graphs: [], logGroup: '/ecs/x' });
  expect(drafted).toMatchObject({
    reporter: 'grace',
    detected: 'grace declared it at 09:30 UTC. No alarm had fired.',
    ended: 'No step of automation helped. ada resolved it at 21:10 UTC: fixed by hand.',
    duration: '11 hours 40 minutes',
    downtime: 'Not known: it was not measured. By the signals it lasted 11 hours 40 minutes: 09:30 to 21:10 UTC.',
    usersAffected: null,
  });
  expect(milestones(incident)).toMatchObject({ fixDeployed: null, serviceRestored: '21:10' });
  expect(targets(incident).map(({ target, verdict }) => [target, verdict])).toEqual([
    ['Acknowledged', 'missed'],
    ['Resolved', 'missed'],
    ['Stakeholders told', 'missed'],
  ]);
  const facts = couldHaveGoneBetter(incident).join('\n');
  for (const said of [
    'No alarm detected it: grace had to declare it',
    'Nobody has acknowledged within 1 hour',
    'Not resolved within 8 hours',
    'Level 2, Senior engineer, had to be called',
    'Automation could not end it',
  ])
    expect(facts).toContain(said);
  expect(wentWell(incident)).toEqual([]);
});

test('an incident that came back after its mitigation was down until it was resolved', () => {
  const story = under();
  story.fires();
  story.at(10).responds();
  story.at(12).clears();
  story.at(14).fires();
  story.at(40).resolves();
  expect(outageOf(story.incident)).toMatchObject({ minutes: 40, to: story.incident.resolvedAt });
  expect(couldHaveGoneBetter(story.incident)).toContain('It came back after it had been mitigated');
});

test('an entry of another day has its date in a post-mortem of several days', () => {
  const story = under();
  story.fires();
  story.at(24 * 60 + 5).resolves();
  const drafted = postMortem(story.incident, { reviewers: [], meeting: undefined, graphs: [], logGroup: '/ecs/x' });
  expect(drafted).toMatchObject({ from: '09:30', to: '2026-04-08 09:35' });
  expect(drafted.timeline.at(-1)?.time).toBe('2026-04-08 09:35');
});
