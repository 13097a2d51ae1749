import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DECLARED_PLAYBOOK } from '../../lambda/domain/incident/policy.ts';
import { RUNBOOK_SEVERITIES } from '../../lambda/domain/incident/runbook-policy.ts';
import { alarmLabel } from '../../lambda/domain/incident/signal.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import type { AwsError } from '../support/aws-endpoint.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { runIncident, useAwsEndpoint } from '../support/command-line.ts';
import {
  ALARM,
  approvalAsked,
  committed,
  deploy,
  openIncident,
  policyOf,
  signal,
  stored,
  useResponder,
} from '../support/responder.ts';
import { FAILED, minute, READINGS, step, temporary, types } from '../support/story.ts';

useResponder({ RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response' });
const { executions } = useWorkflows();
const ID = 'INC-2026-04-07-001';
const aws = useAwsEndpoint();

beforeEach(() => deploy({ playbooks: [...policyOf(step('kill-idle')).playbooks, DECLARED_PLAYBOOK] }));

const incident = (...args: string[]) => runIncident(aws, args);

const awaiting = async () => {
  await openIncident([step('ask', { mode: 'approve' })]);
  await approvalAsked();
};

describe('an operator command', () => {
  it('runs through the deployed function, as whoever AWS says is calling, under an id of its own', async () => {
    await openIncident();
    const { code, out } = await incident('ack', ID.toLowerCase());
    expect(out).toBe(`${ID}: acknowledged until 10:00 UTC. If it is still open then, people are called anew.`);
    expect(code).toBe(0);
    expect(aws.calls[1]?.input).toMatchObject({ StackName: 'mockupaws-production-incident-response' });
    expect(aws.operations()).toEqual(['GetCallerIdentity', 'DescribeStacks', 'Invoke']);
    const { requestId } = aws.calls[2]?.input ?? {};
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    const entry = (await stored()).timeline.at(-1);
    expect(entry).toMatchObject({ type: 'Acknowledged', by: 'ada@mockupaws.com', via: 'command line' });
  });

  it.each<[string[], string, object]>([
    [['note', ID, 'looking', 'at', 'it'], 'noted.', { type: 'NoteAdded', text: 'looking at it', by: 'grace' }],
    [['command', ID], 'you are in command.', { type: 'CommandTaken' }],
    [['severity', ID, 'p4', '--reason', 'nobody is affected'], 'P4.', { type: 'SeverityAssigned', severity: 'P4' }],
    [['tick', ID, 'stakeholders'], 'stakeholders ticked.', { type: 'ChecklistTicked', item: 'stakeholders' }],
    [
      ['update', ID, 'we', 'are', 'on', 'it', '--internal'],
      'update sent to stakeholders. The next update is due by 10:00 UTC.',
      { type: 'UpdatePosted', to: 'stakeholders', text: 'we are on it' },
    ],
    [
      ['resolve', ID, 'a job was stopped', '--while-red'],
      'resolved.',
      { type: 'Resolved', reason: 'a job was stopped' },
    ],
    [['resolve', ID, 'a mistake', '--cancelled', '--while-red'], 'resolved.', { type: 'Resolved', cancelled: true }],
  ])('of the form %j is recorded and confirmed', async (args, said, entry) => {
    await openIncident(undefined, {}, { severities: RUNBOOK_SEVERITIES });
    const { code, out } = await incident(...args, '--as', 'grace');
    expect([code, out]).toEqual([0, `${ID}: ${said}`]);
    expect((await stored()).timeline.at(-1)).toMatchObject(entry);
    expect(aws.operations()).not.toContain('GetCallerIdentity');
  });

  it('withdraws an acknowledgement, with the reason', async () => {
    await openIncident();
    await incident('ack', ID);
    const { code, out } = await incident('unack', ID, 'no', 'laptop');
    expect([code, out]).toEqual([0, `${ID}: the acknowledgement is withdrawn. People are called again.`]);
    expect((await stored()).timeline.at(-2)).toMatchObject({ type: 'AcknowledgementWithdrawn', reason: 'no laptop' });
    expect((await incident('unack', ID)).code).toBe(1);
  });

  it('that resolves while alarms are red is not done, and says which, where nobody can be asked', async () => {
    await openIncident();
    const { code, out, err } = await incident('resolve', ID, 'a job was stopped');
    expect([code, out]).toEqual([4, '']);
    expect(err).toContain(`${ID}: still red: ${alarmLabel(ALARM)} since 09:30 UTC`);
    expect(err).toContain('Use --while-red to resolve it all the same');
    expect(types((await stored()).timeline)).not.toContain('Resolved');
    await receive(signal({ id: 'green', state: 'cleared', at: minute(1) }), policyOf());
    expect((await incident('resolve', ID, 'a job was stopped')).out).toBe(`${ID}: resolved.`);
  });

  it('that declares a data loss raises the incident to P1', async () => {
    await openIncident();
    const { code, out } = await incident('declare', ID, 'orders', 'of today', '--data-loss', '--workaround', 'no');
    expect([code, out]).toEqual([0, `${ID}: declared. It is a P1.`]);
    expect(await stored()).toMatchObject({ severity: 'P1', declared: { dataLoss: 1, workaround: 0 } });
  });

  it('to approve needs no step name when only one step waits', async () => {
    await awaiting();
    expect((await incident('approve', ID)).out).toBe(`${ID}: ask is approved.`);
    expect(executions()).toHaveLength(1);
    const late = await incident('decline', ID, 'ask');
    expect([late.code, late.err]).toEqual([1, 'ask was approved by ada@mockupaws.com already']);
  });

  it('to revert reverts a change that stayed, and is refused for a step that left none', async () => {
    await openIncident([temporary('scale-down')]);
    await committed({ type: 'next step', id: 'plan', attempt: 1, readings: READINGS });
    const outcome = { run: `${ID}/1/scale-down`, checks: FAILED, impact: 'relieved' as const };
    await committed({ type: 'record outcome', id: 'outcome', attempt: 1, outcome });
    const none = await incident('revert', ID, 'kill-idle');
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('kill-idle has left no change')]);
    const { code, out } = await incident('revert', ID, 'scale-down');
    expect([code, out]).toEqual([0, `${ID}: scale-down is being reverted.`]);
    expect((await stored()).timeline.find(({ type }) => type === 'RevertRequested')).toMatchObject({
      ...{ by: 'ada@mockupaws.com', via: 'command line', run: `${ID}/1/scale-down` },
    });
  });

  it('merges an incident into another, and shows in which it goes on', async () => {
    await openIncident();
    await incident('declare', 'Orders are lost', '--data-loss');
    const other = 'INC-2026-04-07-002';
    await committed(
      { type: 'end response', id: 'end', attempt: 1, reason: 'no step is left' },
      (await openIncidents()).incidents.find(({ id }) => id === other),
    );
    const merged = await incident('merge', other, ID);
    expect([merged.code, merged.out]).toEqual([0, `${other} is merged into ${ID}.`]);
    expect((await incident('merge', other, ID)).out).toBe(`${other}: no change.`);
    expect((await incident('show', other)).out).toContain(`merged into ${ID}`);
    expect((await incident('list', '--month', '2026-04')).out).toMatch(
      /Orders are lost, merged into\s+INC-2026-04-07-001/,
    );
    expect((await incident('merge', ID, ID)).err).toBe(`${ID} cannot be merged into itself`);
  });

  it('declares an incident, resolves it, and reopens it as another', async () => {
    const args = ['Wrong orders', 'customers', 'are charged twice', '--severity', 'p2', '--workaround', 'yes'];
    expect((await incident('declare', ...args)).out).toBe(`${ID} is open, P2.`);
    await incident('resolve', ID, 'fixed');
    expect((await incident('reopen', ID, 'it is back')).out).toBe(`${ID} continues as INC-2026-04-07-002.`);
  });

  const opened = async (...args: string[]) => {
    const { code, out } = await incident('--json', 'declare', ...args);
    expect(code).toBe(0);
    return JSON.parse(out).incident;
  };

  it('declares severity, data loss, breach and workaround at once', async () => {
    const breach = await opened('A token was published', 'on GitHub', '--security-breach', '--workaround', 'no');
    expect(breach).toMatchObject({ severity: 'P1', declared: { securityBreach: 1, workaround: 0 } });
    expect(breach.severityReasons).toMatchObject([{ text: 'security breach: declared' }]);
    expect(await opened('Slow pages')).toMatchObject({ severity: 'P3' });
  });

  it('that declares a question opens a P4 and prints by when an answer is due', async () => {
    const { out } = await incident('declare', 'May we export by XML?', '--severity', 'p4');
    expect(out).toBe(`${ID} is open, P4. An answer is due by 2026-04-08 09:30 UTC.`);
    expect(executions()).toEqual([]);
  });

  it('to report a workaround records it in the open incident, once', async () => {
    await openIncident();
    const said = await incident('workaround', ID, 'yes', 'use the old export');
    expect([said.code, said.out]).toEqual([0, `${ID}: declared. It is a P2.`]);
    expect((await stored()).timeline).toContainEqual(
      expect.objectContaining({ type: 'WorkaroundReported', available: true, text: 'use the old export' }),
    );
    expect((await incident('workaround', ID, 'yes')).out).toBe(`${ID}: no change.`);
  });

  it('is recorded once, though an answer of Lambda was lost', async () => {
    await openIncident();
    aws.failing = { Invoke: ['cut', 'nothing'] };
    expect((await incident('note', ID, 'once')).code).toBe(0);
    const ids = aws.calls.flatMap(({ operation, input }) => (operation === 'Invoke' ? [input.requestId] : []));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('npx incident', () => {
  it('lists the open incidents', async () => {
    expect((await incident('list')).out).toBe('No incident is open.');
    await awaiting();
    expect((await incident('list')).out).toMatchSnapshot();
  });

  it('shows an incident at a glance', async () => {
    await awaiting();
    expect((await incident('show', ID)).out).toMatchSnapshot();
  });

  it('names the playbooks with their alarms', async () => {
    expect((await incident('playbooks')).out).toMatchSnapshot();
  });

  it('prints one JSON document with --json, for a success and for an error', async () => {
    await openIncident();
    const shown = await incident('--json', 'show', ID);
    expect(JSON.parse(shown.out).incident).toMatchObject({ id: ID, severity: 'P2' });
    expect(shown.out).not.toContain('policy');
    const unknown = await incident('show', 'INC-2026-04-07-999', '--json');
    expect(JSON.parse(unknown.out)).toEqual({ error: 'there is no incident INC-2026-04-07-999', code: 1 });
  });
});

describe('a failed command prints what to do and exits with', () => {
  const denied: AwsError = {
    status: 403,
    type: 'AccessDeniedException',
    message: 'User: arn:aws:iam::1:user/ada is not authorized to perform: lambda:InvokeFunction on resource: x',
  };
  const failing = (operation: string, ...failures: (AwsError | 'function error' | 'cut')[]) => {
    aws.failing = { [operation]: failures };
  };

  it.each<[number, string, string[], () => void, RegExp]>([
    [1, 'the incident does not exist', ['ack', 'INC-2026-04-07-999'], () => {}, /there is no incident/],
    [1, 'nothing awaits approval', ['approve', ID], () => {}, /there is no incident|no step awaits approval/],
    [2, 'the command does not exist', ['launch'], () => {}, /unknown command/],
    [2, 'no incident is named', ['ack'], () => {}, /missing required argument 'id'/],
    [2, 'the incident id is malformed', ['ack', '7'], () => {}, /Expected the incident, e\.g\. INC-2026-01-31-001/],
    [2, 'the severity does not exist', ['severity', ID, 'P0'], () => {}, /Expected one of P1, P2, P3, P4/],
    [2, 'the month does not exist', ['report', '--month', '2026-13'], () => {}, /Expected a month, e\.g\. 2026-01/],
    [2, 'the month has not begun', ['report', '--month', '9999-12'], () => {}, /This month has not begun/],
    [2, 'the checklist has no such line', ['tick', ID, 'lunch'], () => {}, /stakeholders/],
    [
      2,
      'a breach is declared as P3',
      ['declare', 'x', '--security-breach', '--severity', 'P3'],
      () => {},
      /is a P1, not a P3/,
    ],
    [
      2,
      'a workaround is neither yes nor no',
      ['declare', 'x', '--workaround', 'maybe'],
      () => {},
      /Expected yes or no/,
    ],
    [
      2,
      'an incident is declared with an unknown severity',
      ['declare', 'x', '--severity', 'P5'],
      () => {},
      /Expected one of P1, P2, P3, P4/,
    ],
    [2, 'the title is too long', ['declare', 'x'.repeat(101)], () => {}, /has 101 characters, 100 at most/],
    [2, 'nothing is declared', ['declare', ID, 'hm'], () => {}, /Nothing to declare/],
    [
      2,
      'a data loss is declared without a text',
      ['declare', ID, '--data-loss'],
      () => {},
      /Describe after the incident/,
    ],
    [2, 'the note is too long', ['note', ID, 'x'.repeat(2001)], () => {}, /act\.text/],
    [2, 'the link to confirm is not of SNS', ['confirm', 'https://example.com/'], () => {}, /this is no link to SNS/],
    [
      2,
      'the service is not configured',
      ['list', '--service', 'shop'],
      () => {},
      /Service shop not found.*mockupaws-production/,
    ],
    [
      3,
      'IAM denies the action',
      ['list'],
      () => failing('Invoke', denied),
      /access denied .*\n.*permission lambda:InvokeFunction/,
    ],
    [
      3,
      'the credentials have expired',
      ['ack', ID],
      () => failing('GetCallerIdentity', { status: 403, type: 'ExpiredToken', message: 'The token has expired' }),
      /aws sso login/,
    ],
    [
      3,
      'the stack does not exist',
      ['list'],
      () =>
        failing('DescribeStacks', { status: 400, type: 'ValidationError', message: 'Stack with id x does not exist' }),
      /There is no stack mockupaws-production-incident-response in us-east-1/,
    ],
    [
      3,
      'the stack does not have the function',
      ['list'],
      () => Object.assign(aws, { commandFunction: undefined }),
      /has no output CommandFunction/,
    ],
    [3, 'the function fails', ['list'], () => failing('Invoke', 'function error'), /the table is gone/],
    [3, 'AWS cannot be reached', ['list'], () => failing('Invoke', 'cut'), /could not be reached/],
  ])('%i: %s', async (code, _, args, given, err) => {
    given();
    const ran = await incident(...args);
    expect([ran.code, ran.err]).toEqual([code, expect.stringMatching(err)]);
    expect(ran.out).toBe('');
    expect(ran.err).not.toMatch(/^\s+at /m);
  });

  it('3: nobody is signed in', async () => {
    vi.spyOn(aws, 'environment', 'get').mockReturnValue({});
    const { code, err } = await incident('list');
    expect([code, err]).toEqual([3, expect.stringMatching(/aws sso login/)]);
  });
});

it('npx incident --help prints the commands without asking AWS', async () => {
  const { code, out } = await incident('--help');
  expect(code).toBe(0);
  for (const word of ['list', 'approve', 'drill', 'Examples', 'Exit codes: 0 done']) expect(out).toContain(word);
  expect(aws.calls).toEqual([]);
});

it('whoever is not subscribed is asked again, and named', async () => {
  expect(await incident('subscribe')).toMatchObject({ code: 0, out: 'Everybody is subscribed.' });
  aws.offered = [{ topic: 'level 1', person: 'ada', protocol: 'email' }];
  expect(await incident('subscribe')).toMatchObject({ code: 0, out: 'Asked to confirm:\nada, email, level 1' });
  expect(JSON.parse((await incident('subscribe', '--json')).out)).toEqual({ offered: aws.offered });
});
