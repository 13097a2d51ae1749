import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../lambda/domain/kernel/severity.ts';
import { decided, FOUND, NOW, reasons } from '../../support/decided.ts';
import { minute, of, Story, started, step } from '../../support/story.ts';

describe('a step for a cause', () => {
  const causes = [...FOUND, { fact: 'missingTasks', atLeast: 1, means: 'tasks missing: {}' }];
  const facts = (changes: Facts) => ({ desiredTasks: 10, ...changes });

  test('runs when one of its causes was found', () => {
    expect(started(decided({ causes }, {}, facts({ cpuPercent: 80 })))).toEqual(['restart']);
    expect(started(decided({ causes }, {}, facts({ cpuPercent: 8, missingTasks: 1 })))).toEqual(['restart']);
  });

  test('states its evidence in words', () => {
    const evidence = (found: Facts) =>
      of(decided({ causes }, {}, facts(found)), 'StepStarted')[0]?.guardrails.find(g => g.guardrail === 'cause')
        ?.reason;
    expect(evidence({ cpuPercent: 80.456 })).toBe('the tasks use 80.46 % of their CPU');
    expect(evidence({ missingTasks: 1200 })).toBe('tasks missing: 1,200');
  });

  test.each([
    [5, ['restart']],
    [6, []],
  ])('measured %i minutes ago starts the steps %j', (minutes, runs) => {
    const story = new Story(step('restart', { causes }));
    story.at(NOW - minutes).fires('warning');
    story.diagnoses(facts({ cpuPercent: 80 }));
    const planned = story.at(NOW).plans();
    expect(started(planned)).toEqual(runs);
    const old = `not applicable: its cause was last measured at ${minute(NOW - 6).slice(11, 16)} UTC, its cause could not be measured`;
    expect(of(planned, 'StepSkipped').flatMap(e => e.reasons)).toEqual(runs.length > 0 ? [] : [old]);
  });

  test('is judged by when a metric was measured, not by when it was read', () => {
    const story = new Story(step('restart', { causes }));
    story.at(NOW).fires('warning');
    const found = { check: 'metrics', ok: false, summary: '', facts: facts({ cpuPercent: 99 }) };
    const findings = [{ ...found, at: minute(NOW), times: { cpuPercent: minute(NOW - 9) } }];
    story.tell({ type: 'record diagnosis', attempt: 1, findings });
    expect(started(story.plans())).toEqual([]);
  });

  test('needs a new measurement in another attempt', () => {
    const story = new Story(step('restart', { causes, cooldownMinutes: 0 }));
    story.at(NOW).fires('warning');
    story.diagnoses(facts({ cpuPercent: 99 }));
    story.plans();
    story.at(NOW + 1).clears('warning');
    story.ends();
    story.plans();
    story.at(NOW + 2).fires('warning');
    expect(story.incident.attempt?.number).toBe(2);
    expect(started(story.plans())).toEqual([]);
  });

  test('is skipped with what was found instead, and an unknown fact is not found', () => {
    expect(reasons({ causes }, {}, facts({ cpuPercent: 79 }))).toEqual([
      'not applicable: the tasks use 79 % of their CPU, its cause could not be measured',
    ]);
  });

  test('is skipped when a fact rules it out, whatever else was found', () => {
    const step = { causes, unless: [{ fact: 'cachePathBlocked', atLeast: 1, means: 'security groups block it' }] };
    const found = { cpuPercent: 80 };
    expect(reasons(step, {}, facts({ ...found, cachePathBlocked: 1 }))).toEqual([
      'not applicable: security groups block it, which it does not mend',
    ]);
    expect(started(decided(step, {}, facts({ ...found, cachePathBlocked: 0 })))).toEqual(['restart']);
    expect(reasons(step, {}, facts(found))).toEqual([
      'not applicable: it could not be ruled out that security groups block it',
    ]);
    expect(decided({ ...step, mode: 'approve' }, {}, facts(found))).toMatchObject([{ type: 'ApprovalRequested' }, {}]);
    expect(reasons({ unless: step.unless }, {}, facts({ cachePathBlocked: 1 }))).toHaveLength(1);
  });
});

describe('a step that names its object', () => {
  const named = { parameters: { DeploymentArn: { object: 'suspectDeployment' } } };
  const diagnosed = (objects: Record<string, string>) => {
    const story = new Story(step('restart', named));
    story.at(NOW).fires('warning');
    const findings = [{ check: 'deployments', ok: false, summary: '', facts: { desiredTasks: 10 }, objects }];
    story.tell({ type: 'record diagnosis', attempt: 1, findings });
    return story.plans();
  };

  test('passes the object to the runbook', () => {
    expect(of(diagnosed({ suspectDeployment: 'arn:42' }), 'StepStarted')).toMatchObject([
      { parameters: { DeploymentArn: 'arn:42', DryRun: 'false' } },
    ]);
  });

  test('names the object in the hand-over when it only observes', () => {
    const story = new Story(step('restart', { ...named, mode: 'observe' }));
    story.at(NOW).fires('warning');
    const objects = { suspectDeployment: 'arn:aws:ecs:x:1:service-deployment/c/s/d42' };
    const findings = [{ check: 'deployments', ok: false, summary: '', facts: { desiredTasks: 10 }, objects }];
    story.tell({ type: 'record diagnosis', attempt: 1, findings });
    story.plans();
    story.ends([]);
    story.plans();
    expect(story.incident.handedOver?.reason).toContain('It would have run: Do restart (10 tasks are wanted; on d42)');
  });

  test('is skipped while the object is not known', () => {
    expect(of(diagnosed({}), 'StepSkipped')).toMatchObject([
      { reasons: ['the diagnosis did not find what it would act on'] },
    ]);
    expect(reasons({ parameters: { Count: { fact: 'runningTasks' } } })).toEqual([
      'the diagnosis did not find what it would act on',
    ]);
  });
});

test('a step is skipped with a reason in words while a precondition fails', () => {
  const needs = [{ fact: 'rollingUpdates', atLeast: 1, otherwise: 'ECS does not deploy it by rolling updates' }];
  const found = (rollingUpdates?: number) => ({
    desiredTasks: 10,
    ...(rollingUpdates === undefined ? {} : { rollingUpdates }),
  });
  expect(started(decided({ needs }, {}, found(1)))).toEqual(['restart']);
  expect(reasons({ needs }, {}, found(0))).toEqual(['not possible: ECS does not deploy it by rolling updates']);
  expect(reasons({ needs }, {}, found())).toEqual([
    'not possible: not known; perhaps ECS does not deploy it by rolling updates',
  ]);
});
