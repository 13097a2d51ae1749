import { expect, it, vi } from 'vitest';
import type { Command } from '../../lambda/domain/incident/commands.ts';
import { commit, receive } from '../../lambda/runtime/command-handler.ts';
import { claimRunbookReview, recordRunbookReview } from '../../lambda/store/runbook-reviews.ts';
import { runIncident, useAwsEndpoint } from '../support/command-line.ts';
import { policyOf, setMinute, signal, useResponder } from '../support/responder.ts';
import { minute, READINGS, step, type Told } from '../support/story.ts';

useResponder();
const aws = useAwsEndpoint();
const incident = (...args: string[]) => runIncident(aws, args);

let ids = 0;

/** What happens to the incident that a signal opens, by minutes since `START`. */
async function happens(changes: Parameters<typeof signal>[0], ...told: [number, Told][]): Promise<void> {
  const opening = signal({ id: `signal ${++ids}`, ...changes });
  const policy = policyOf(step('kill-idle'), step('restart'));
  const { incident: opened } = await receive(opening, policy);
  const key = { slot: opened?.slot ?? '', number: opened?.number ?? 0 };
  for (const [minutes, command] of told) {
    setMinute(minutes);
    const { refused } = await commit(key, { id: `command ${++ids}`, ...command } as Command);
    expect(refused).toBeUndefined();
  }
}

const findings = [{ check: 'ECS service', ok: false, summary: 'ECS: 10 of 10 tasks', facts: { desiredTasks: 10 } }];
const ran = (name: string, passed: boolean): Told => ({
  type: 'record outcome',
  attempt: 1,
  outcome: { run: `INC-2026-04-07-001/1/${name}`, checks: [{ check: 'health', passed, seen: passed ? '200' : '503' }] },
});
const plan: Told = { type: 'next step', attempt: 1, readings: READINGS };
const resolve = (cancelled = false): Told => ({ type: 'resolve', by: 'ada', reason: 'it is over', cancelled });

/** One answered and healed, one open that nobody answers, one drill, one cancelled. */
async function aMonth(): Promise<void> {
  await happens(
    { since: minute(-2) },
    [1, { type: 'record diagnosis', attempt: 1, findings }],
    [1, plan],
    [4, { type: 'acknowledge', by: 'ada' }],
    [6, ran('kill-idle', false)],
    [6, plan],
    [9, { type: 'observe signals', signals: [signal({ id: 'clears', state: 'cleared', at: minute(9) })] }],
    [9, ran('restart', true)],
    [88, { type: 'raise action item', by: 'ada', action: 'Pool connections', text: 'RDS Proxy', owner: 'cleo' }],
    [88, resolve()],
  );
  await happens({ at: minute(100), drill: true }, [105, resolve()]);
  await happens({ at: minute(110) }, [111, resolve(true)]);
  setMinute(120);
  await happens({ playbook: 'CacheFailure', at: minute(119) });
  setMinute(200);
}

it('npx incident report shows the month at a glance, with what is counted and what is left out', async () => {
  await aMonth();
  const { code, out } = await incident('report');
  expect(code).toBe(0);
  expect(out).toMatchSnapshot();
  expect((await incident('report', '--month', '2026-04')).out).toBe(out);
});

it('npx incident report --json prints one JSON document', async () => {
  await aMonth();
  const { report } = JSON.parse((await incident('report', '--json')).out);
  expect(report).toMatchObject({
    ...{ service: 'mockupaws-production', month: '2026-04', at: minute(200) },
    times: {
      detect: { n: 2, p50: 1, p90: 2 },
      acknowledge: { n: 1, p50: 4, p90: 4 },
      mitigate: { n: 1, p50: 11, p90: 11 },
      resolve: { n: 1, p50: 90, p90: 90 },
    },
    targets: { response: { P2: { kept: 1, of: 2 } }, resolution: { P2: { kept: 1, of: 1 } } },
    runbooks: { 'kill-idle': { runs: { verified: 0, of: 1 } }, restart: { runs: { verified: 1, of: 1 } } },
    leftOut: { drill: 1, cancelled: 1, merged: 0, maintenance: 0 },
    actionItems: [{ incident: 'INC-2026-04-07-001', id: 'A1', owner: 'cleo', priority: 'medium' }],
  });
  expect(report.incidents.map(({ id }: { id: string }) => id)).toEqual(['INC-2026-04-07-001', 'INC-2026-04-07-004']);
});

it('npx incident report says so when there is nothing to count', async () => {
  const { code, out } = await incident('report', '--month', '2026-03');
  expect([code, out]).toEqual([
    0,
    'mockupaws-production, 2026-03, as of 2026-04-07 09:30 UTC\nNo incident that counts was opened.',
  ]);
  await happens({ drill: true }, [5, resolve()]);
  expect((await incident('report')).out).toMatch(/No incident that counts was opened\. Left out: 1 drill\.$/);
});

it('lists the scheduled tasks of the month, also one that was not mailed', async () => {
  const SERVICE = 'mockupaws-production';
  vi.setSystemTime('2026-01-01T09:00:04Z');
  await claimRunbookReview(SERVICE, '2026-01-01T09:00:00Z');
  const tasks = async (...args: string[]) => (await incident('report', '--month', '2026-01', ...args)).out;
  expect(await tasks()).toMatch(
    /\n\nScheduled tasks\nRunbook review 2026-Q1: due 2026-01-01, not mailed\. Look at the alarm runbook-review-dead-letters-waiting\.$/,
  );
  await recordRunbookReview(SERVICE, '2026-01-01T09:00:00Z', ['cleo', 'dora']);
  expect(await tasks()).toMatch(
    /\n\nScheduled tasks\nRunbook review 2026-Q1: mailed 2026-01-01 to the reviewers \(cleo, dora\)\.$/,
  );
  expect(JSON.parse(await tasks('--json')).report.scheduledTasks).toEqual([
    {
      ...{ title: 'Runbook review', period: '2026-Q1', mailed: ['cleo', 'dora'] },
      ...{ dueAt: '2026-01-01T09:00:00.000Z', mailedAt: '2026-01-01T09:00:04.000Z' },
    },
  ]);
  expect((await incident('report', '--month', '2026-02')).out).not.toContain('Scheduled tasks');
});
