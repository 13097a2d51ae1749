import { describe, expect, test } from 'vitest';
import type { LedgerRun, Readings } from '../../../lambda/domain/incident/commands.ts';
import type { GuardrailResult } from '../../../lambda/domain/incident/events.ts';
import type { PlaybookPolicy, Step } from '../../../lambda/domain/incident/policy.ts';
import { stormReason } from '../../../lambda/domain/intake/storm.ts';
import type { Facts } from '../../../lambda/domain/kernel/severity.ts';
import { reserve } from '../../../lambda/domain/remediation/guardrails.ts';
import { decided, FOUND, NOW, ran, reasons } from '../../support/decided.ts';
import { minute, of, playbookIn, policy, READINGS, Story, started, step, types } from '../../support/story.ts';

test('a step runs when every guardrail passes, and the event lists them', () => {
  const [begun] = of(decided({}), 'StepStarted');
  expect(begun?.guardrails.map(({ guardrail, passed }) => [guardrail, passed])).toEqual<
    [GuardrailResult['guardrail'], boolean][]
  >([
    ['kill switch', true],
    ['maintenance window', true],
    ['mode', true],
    ['cooldown', true],
    ['budget', true],
    ['blast radius', true],
    ['severity', true],
    ['storm', true],
    ['object', true],
    ['needs', true],
    ['cause', true],
  ]);
});

describe('the kill switch, off or unreadable,', () => {
  const OFF: Partial<Readings>[] = [{ automation: { value: 'off', since: minute(0) } }, { automation: 'unreadable' }];

  test.each(OFF)('makes a step in any mode run dry: %j', readings => {
    for (const mode of ['observe', 'approve', 'auto'] as const)
      expect(of(decided({ mode }, readings), 'StepStarted')).toMatchObject([{ dryRun: true }]);
    expect(reasons({ mode: 'off' }, readings)).toEqual(['switched off']);
  });
});

test('a dry run is stopped when it makes no sense, and not by guardrails against acting', () => {
  const busy = { ledger: Array.from({ length: 12 }, () => ran(1, { runbook: 'restart', target: 'restart' })) };
  const held = { ...busy, maintenanceUntil: minute(NOW + 9), others: 'unreadable' } as const;
  expect(of(decided({ mode: 'observe' }, held), 'StepStarted')).toMatchObject([{ dryRun: true }]);
  expect(reasons({ mode: 'observe', causes: FOUND }, held, { desiredTasks: 10, cpuPercent: 8 })).toEqual([
    'not applicable: the tasks use 8 % of their CPU',
  ]);
});

describe('a step that would otherwise run is stopped', () => {
  const busy = Array.from({ length: 12 }, (_, i) => ran(60 + i));

  test.each<[string, Partial<Step>, Partial<Readings>, Facts | undefined, string]>([
    [
      'maintenance is on',
      {},
      { maintenanceUntil: minute(NOW + 1) },
      undefined,
      'maintenance until 2026-04-07 11:11 UTC',
    ],
    [
      'the maintenance window is no time',
      {},
      { maintenanceUntil: 'tomorrow' },
      undefined,
      'the maintenance window cannot be read, which means closed',
    ],
    [
      'the maintenance window cannot be read',
      {},
      { maintenanceUntil: 'unreadable' },
      undefined,
      'the maintenance window cannot be read, which means closed',
    ],
    ['the mode is off', { mode: 'off' }, {}, undefined, 'switched off'],
    [
      'the cooldown lasts',
      { cooldownMinutes: 15 },
      { ledger: [ran(14, { runbook: 'restart', target: 'restart' })] },
      undefined,
      'last run 14 min ago, not again before 11:11 UTC',
    ],
    [
      'the budget is spent',
      {},
      { ledger: busy },
      undefined,
      '12 of 12 automatic runs in 24 h: a person must release it',
    ],
    [
      'the step would touch too much',
      { blastRadius: { fact: 'desiredTasks', leaves: 4, maximumShare: 0.5 } },
      {},
      undefined,
      'too much at once: at most 6 of 10 (60 %, limit 50 %)',
    ],
    ['the step has nothing to touch', {}, {}, { desiredTasks: 0 }, 'nothing to act on'],
    [
      'the step would change nothing',
      { blastRadius: { fact: 'desiredTasks', leaves: 10, maximumShare: 1 } },
      {},
      undefined,
      'nothing to change: 10 wanted, and there are 10',
    ],
    [
      'the number of tasks is not known',
      { causes: FOUND },
      {},
      { cpuPercent: 99 },
      'how much it would touch could not be measured',
    ],
    ['the severity is too low', { minimumSeverity: 'P2' }, {}, undefined, 'only from P2 up, and this is a P3'],
  ])('by one guardrail alone: %s', (_, changes, readings, facts, reason) => {
    expect(reasons(changes, readings, facts)).toEqual([reason]);
    expect(started(decided(changes, readings, facts))).toEqual([]);
  });

  test('by a value that cannot be read', () => {
    expect(reasons({}, { ledger: 'unreadable' })).toEqual(['earlier runs cannot be read']);
    expect(started(decided({}, {}, { desiredTasks: Number.NaN }))).toEqual([]);
  });

  test('with all failed guardrails named, not the first alone', () => {
    expect(reasons({ mode: 'off', minimumSeverity: 'P1' }, { ledger: 'unreadable' })).toHaveLength(3);
  });

  test('without an approval question when another guardrail fails', () => {
    expect(types(decided({ mode: 'approve', minimumSeverity: 'P1' }))).not.toContain('ApprovalRequested');
  });
});

describe('a guardrail at its bound', () => {
  const runs = (changes: Partial<Step>, readings: Partial<Readings> = {}, facts?: Facts) =>
    started(decided(changes, readings, facts)).length === 1;

  test('lets a step run at the minute in which maintenance ends', () => {
    expect(runs({}, { maintenanceUntil: minute(NOW) })).toBe(true);
  });

  test('lets a step run on the minute the cooldown ends, counted for runbook and target together', () => {
    const last = (changes: Partial<LedgerRun>) => ({
      ledger: [ran(14, { runbook: 'restart', target: 'restart', ...changes })],
    });
    expect(runs({ cooldownMinutes: 14 }, last({}))).toBe(true);
    expect(runs({ cooldownMinutes: 15 }, last({ target: 'other' }))).toBe(true);
    expect(runs({ cooldownMinutes: 15 }, last({ runbook: 'other' }))).toBe(true);
    expect(
      runs(
        { cooldownMinutes: 15 },
        {
          ledger: [
            ran(14, { runbook: 'restart', target: 'restart' }),
            ran(90, { runbook: 'restart', target: 'restart' }),
          ],
        },
      ),
    ).toBe(false);
  });

  test('lets a step touch a share equal to the limit', () => {
    expect(runs({ blastRadius: { fact: 'desiredTasks', leaves: 5, maximumShare: 0.5 } })).toBe(true);
    expect(runs({ blastRadius: { fact: 'desiredTasks', touches: 1, maximumShare: 1 } })).toBe(true);
  });

  test('leaves runs older than the budget period out', () => {
    const ledger = (minutesAgo: number) => [...Array.from({ length: 11 }, (_, i) => ran(i)), ran(minutesAgo)];
    expect(runs({}, { ledger: ledger(24 * 60) })).toBe(false);
    expect(runs({}, { ledger: ledger(24 * 60 + 1) })).toBe(true);
  });
});

describe('the budget of automatic runs', () => {
  const spent = Array.from({ length: 12 }, (_, i) => ran(i));

  test('is released by setting the kill switch anew', () => {
    const since = (minutesAgo: number): Partial<Readings> => ({
      ledger: spent,
      automation: { value: 'on', since: minute(NOW - minutesAgo) },
    });
    expect(reasons({}, since(60))).toEqual(['12 of 12 automatic runs in 24 h: a person must release it']);
    expect(started(decided({}, since(0)))).toEqual(['restart']);
  });

  test('is not released by a time that cannot be read', () => {
    expect(started(decided({}, { ledger: spent, automation: { value: 'on', since: 'once' } }))).toEqual([]);
    expect(started(decided({}, { ledger: spent.map(run => ({ ...run, at: 'once' })) }))).toEqual([]);
  });

  test('does not count the reservation of a retried run itself', () => {
    const own = ran(0, { run: 'INC-2026-04-07-001/1/restart', runbook: 'restart', target: 'restart' });
    expect(started(decided({}, { ledger: [...spent.slice(1), own] }))).toEqual(['restart']);
  });
});

test('the cooldown separates two steps of one attempt too', () => {
  const twice = { runbook: 'restart', target: 'tasks' };
  const story = new Story(step('restart some', twice), step('restart more', twice));
  story.at(NOW).fires();
  story.diagnoses();
  story.plans();
  story.ends('no');
  const run = 'INC-2026-04-07-001/1/restart some';
  const planned = story.plans({ ...READINGS, ledger: [{ run, ...twice, at: minute(NOW) }] });
  expect(of(planned, 'StepSkipped')).toMatchObject([
    { step: 'restart more', reasons: [expect.stringMatching(/^last run 0 min ago, not again before /)] },
  ]);
});

describe('the ledger', () => {
  test('keeps a run once, and forgets runs older than the longest period', () => {
    const entry = ran(0, { run: 'INC-1/1/restart' });
    const ledger = reserve([ran(61), ran(60), { ...entry, at: minute(NOW - 1) }], entry, 1);
    expect(ledger).toEqual([ran(60), entry]);
  });
});

describe('a storm', () => {
  const playbookNamed = (name: string, changes: Partial<PlaybookPolicy> = {}): PlaybookPolicy => ({
    ...playbookIn(policy([step(`restart ${name}`)])),
    ...{ name, title: `Trouble of ${name}`, alarms: { [name]: 'critical' }, ...changes },
  });
  const playbooks = ['a', 'b', 'c'].map(name => playbookNamed(name));
  const symptom = playbookNamed('s', { symptom: true });
  const elsewhere = (...services: string[]) =>
    services.map(service => ({ service, playbook: 'a', since: minute(NOW + 5) }));

  /** The reason why nothing is done once these have fired, each so many minutes after the one before. */
  function stormOf(alarms: string[], apart: number, { objects = {}, others = elsewhere() } = {}): string | undefined {
    const story = Story.under({ ...policy([]), playbooks: [...playbooks, symptom] });
    for (const [i, alarm] of alarms.entries()) story.at(NOW + i * apart).fires(alarm);
    const { incident } = story;
    return stormReason({ ...incident, objects }, others);
  }

  test('is three causes within ten minutes', () => {
    expect(stormOf(['a', 'b', 'c'], 5)).toBe('3 causes within 10 min: Trouble of a, Trouble of b, Trouble of c');
    expect(stormOf(['a', 'b', 'c'], 6)).toBeUndefined();
    expect(stormOf(['a', 'b'], 0)).toBeUndefined();
    expect(stormOf(['a', 'b', 's'], 0)).toBeUndefined();
  });

  test('is the same trouble at three services', () => {
    expect(stormOf(['a'], 0, { others: elsewhere('x', 'y') })).toBe('Trouble of a at 3 services or more');
    expect(stormOf(['a'], 0, { others: elsewhere('x', 'x') })).toBeUndefined();
    expect(stormOf(['b'], 0, { others: elsewhere('x', 'y') })).toBeUndefined();
  });

  test('is none if one deployment explains it', () => {
    expect(stormOf(['a', 'b', 'c'], 0, { objects: { suspectDeployment: 'arn' } })).toBeUndefined();
  });

  test('lets nothing run by itself, and what a person approves', () => {
    const story = Story.under({ ...policy([]), playbooks });
    for (const name of ['a', 'b', 'c']) story.at(NOW).fires(name);
    story.diagnoses({ desiredTasks: 10 });
    expect(started(story.plans())).toEqual([]);
  });

  test('may be one if the open incidents cannot be read', () => {
    expect(reasons({}, { others: 'unreadable' })).toEqual(['the open incidents cannot be read']);
  });
});

describe('a step that adds tasks', () => {
  const blastRadius = { fact: 'desiredTasks', reaches: 20, maximumShare: 1 } as const;

  test('adds at most its share', () => {
    expect(started(decided({ blastRadius }))).toEqual(['restart']);
    expect(reasons({ blastRadius }, {}, { desiredTasks: 9 })).toEqual([
      'too much at once: 11 more than 9 (122 %, limit 100 %)',
    ]);
  });

  test('never removes any, and does nothing where there are none', () => {
    expect(reasons({ blastRadius }, {}, { desiredTasks: 20 })).toEqual([
      'nothing to change: 20 wanted, and there are 20',
    ]);
    expect(reasons({ blastRadius }, {}, { desiredTasks: 0 })).toEqual(['nothing to act on']);
  });
});
