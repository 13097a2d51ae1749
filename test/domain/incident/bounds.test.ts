import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOUNDS, bounded, sizeOf } from '../../../lambda/domain/incident/bounds.ts';
import type { Finding } from '../../../lambda/domain/incident/events.ts';
import type { IncidentHistory } from '../../../lambda/domain/incident/history.ts';
import { FAILED, minute, of, policy, READINGS, STATUS_PAGE, Story, temporary } from '../../support/story.ts';

/** Text that nothing compresses well. */
function noise(length: number, seed: number): string {
  let state = seed * 2654435761 + 1;
  return Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return String.fromCharCode(33 + (state % 90));
  }).join('');
}

/** An incident into which everything was written that can be: three hundred alarms of the longest names, people who write. */
function full(): Story {
  const story = Story.under({ ...policy([temporary('scale')]), statusPage: STATUS_PAGE });
  story.careful = false;
  for (let i = 0; i < 300; i++)
    story.at(i / 60).fires(noise(255, i), { summary: noise(1024, i), level: i % 2 ? 'critical' : 'warning' });
  for (let attempt = 1; attempt <= 30; attempt++) {
    story.at(10 + attempt);
    const findings = Array.from({ length: 60 }, (_, i) => ({
      ...{ check: noise(90, i), ok: false, summary: noise(2000, i + attempt) },
      facts: { desiredTasks: 10, [`fact${i}`]: i },
      ...(i < 10 ? { objects: { [`object${i}`]: noise(200, i) } } : {}),
    }));
    const { number = 0 } = story.incident.attempt ?? {};
    story.tell({ type: 'record diagnosis', attempt: number, findings });
    story.tell({ type: 'next step', attempt: number, readings: READINGS });
    story.ends(noise(5000, attempt));
    story.tell({ type: 'end response', attempt: number, reason: noise(5000, attempt) });
    story.tell({ type: 'revert', step: 'scale', by: 'ada' });
  }
  for (let i = 0; i < 200; i++) {
    const person = { by: `${noise(60, i)}@example.com`, id: `person/${noise(50, i)}` } as const;
    story.at(60 + i);
    story.tell({ type: 'note', text: noise(1000, i), ...person, id: `${person.id}/note` });
    story.tell({
      type: 'raise action item',
      action: noise(200, i),
      text: noise(1000, i),
      ...person,
      id: `${person.id}/item`,
    });
    story.tell({ type: 'declare', dataLoss: true, text: noise(1000, i), ...person, id: `${person.id}/declared` });
    if (i === 0) story.tell({ type: 'publish', ...person, id: 'publish' });
    story.tell({ type: 'post update', text: `We look. ${'word '.repeat(300)}`, ...person, id: `${person.id}/update` });
    story.watches(FAILED);
  }
  return story;
}

const stateOf = ({ policy: _, timeline: __, ...state }: IncidentHistory) => state;

describe('an incident into which everything was written', () => {
  const story = full();

  it('has a state that fits into an item of 100 KB, and events that fit into a commit', () => {
    expect(deflateSync(JSON.stringify(stateOf(story.incident))).length).toBeLessThan(100_000);
    for (const event of story.incident.timeline.slice(1)) {
      const whole =
        event.type === 'DiagnosisRecorded' ? sizeOf(event.findings.map(({ facts, objects }) => [facts, objects])) : 0;
      expect(sizeOf(event)).toBeLessThan(BOUNDS.event + whole + 1200);
    }
  });

  it('lists as many alarms as it has room for, says once that there are more, and counts as firing', () => {
    expect(Object.keys(story.incident.signals).length).toBeGreaterThan(60);
    expect(of(story.incident.timeline, 'SignalsUnlisted')).toHaveLength(1);
  });

  it('accepts what it must: it is acknowledged, escalated, handed over and resolved', () => {
    expect(story.acknowledges('ben').length).toBeGreaterThan(0);
    expect(story.tell({ type: 'take command', by: 'cleo' }).length).toBeGreaterThan(0);
    const before = of(story.incident.timeline, 'Escalated').length;
    story.watchesFrom(400, 800, FAILED);
    expect(of(story.incident.timeline, 'Escalated').length).toBeGreaterThan(before);
    expect(story.fires('one more', { level: 'critical' })).toBeDefined();
    story.resolves();
    while (story.incident.status !== 'resolved') story.responds();
    expect(story.incident.status).toBe('resolved');
  });
});

it('two hundred alarms of usual length are all listed', () => {
  const story = new Story();
  story.careful = false;
  for (let i = 0; i < 200; i++)
    story.fires(`mockupaws-production-unhealthy-target-${i}`, {
      summary: noise(1024, i),
    });
  expect(Object.keys(story.incident.signals)).toHaveLength(200);
  expect(of(story.incident.timeline, 'SignalsUnlisted')).toEqual([]);
});

it('many alarms at once open an incident that lists as many as it has room for, and says once that there are more', () => {
  const story = new Story();
  story.careful = false;
  const { service } = policy([]);
  const about = { service, playbook: 'p', state: 'firing', level: 'critical', at: minute(0) } as const;
  story.receives(
    ...Array.from({ length: 300 }, (_, i) => ({
      ...{ ...about, id: `signal ${i}`, key: `alarm:${noise(255, i)}`, summary: noise(1024, i) },
    })),
  );
  expect(sizeOf(story.incident.signals)).toBeLessThan(1.1 * BOUNDS.signals);
  expect(of(story.incident.timeline, 'SignalsUnlisted')).toHaveLength(1);
});

it('an event of any content is cut until it fits, and one that fits is as it was', () => {
  fc.assert(
    fc.property(
      fc.object({ maxDepth: 3, maxKeys: 30, withBigInt: false }),
      fc.string({ maxLength: 30_000, size: 'max' }),
      (value, text) => {
        const event = { ...value, text, texts: Array.from({ length: 500 }, () => text) };
        expect(sizeOf(bounded(event))).toBeLessThanOrEqual(BOUNDS.event);
        if (sizeOf(value) < 2000 && Object.keys(value).length < 10) expect(bounded(value)).toEqual(value);
      },
    ),
    { numRuns: 50 },
  );
});

it('a diagnosis of six cache nodes with long names keeps every fact, its time and its object', () => {
  const story = new Story();
  story.fires('redis-cpu');
  const nodes = Array.from({ length: 6 }, (_, i) => `${'cache'.repeat(9)}-00${i + 1}`);
  const facts = nodes.flatMap((_, i) => ['Cpu', 'Memory', 'Connections', 'Lag'].map(fact => [`redis${fact}${i}`, i]));
  const times = facts.map(([fact]) => [fact, minute(0)]);
  const taskDefinition = `arn:aws:ecs:us-east-1:123456789012:task-definition/${'backend'.repeat(20)}:41`;
  const findings: Finding[] = [
    { check: 'service', ok: true, summary: noise(2000, 1), facts: { desiredTasks: 10 }, objects: { taskDefinition } },
    ...Array.from({ length: 14 }, (_, i) => ({ check: `${i}`, ok: true, summary: noise(500, i), facts: {} })),
    {
      ...{ check: 'redis', ok: false, summary: nodes.join(': engine CPU 98 %, memory 55 %, connections 4, ') },
      ...{ facts: Object.fromEntries(facts), times: Object.fromEntries(times) },
    },
  ];
  const { number = 0 } = story.incident.attempt ?? {};
  story.tell({ type: 'record diagnosis', attempt: number, findings });
  const [recorded] = of(story.incident.timeline, 'DiagnosisRecorded').slice(-1);
  expect(recorded?.findings.map(({ facts, times, objects }) => ({ facts, times, objects }))).toEqual(
    findings.map(({ facts, times, objects }) => ({ facts, times, objects })),
  );
  expect(recorded?.findings.map(({ summary }) => summary.length).every(length => length <= 300)).toBe(true);
});

it('the parameters of a runbook that is started are never cut, however much is said beside them', () => {
  const parameters = { Users: Array.from({ length: 10 }, (_, i) => `${'ü'.repeat(60)}${i}`).join(',') };
  const guardrails = Array.from({ length: 11 }, () => ({ guardrail: 'mode', passed: true, reason: noise(2000, 1) }));
  const event = { type: 'StepStarted', run: '1', document: 'd'.repeat(128), parameters, guardrails };
  const { guardrails: cut, ...acts } = bounded(event);
  expect(acts).toEqual({ type: 'StepStarted', run: '1', document: 'd'.repeat(128), parameters });
  expect(sizeOf(cut)).toBeLessThan(BOUNDS.event);
});
