import { beforeEach, describe, expect, it } from 'vitest';
import { DECLARED_PLAYBOOK } from '../../lambda/domain/incident/policy.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { runIncident, useAwsEndpoint } from '../support/command-line.ts';
import { UNSEEN } from '../support/hostile.ts';
import { ALARM, committed, deploy, openIncident, policyOf, useResponder } from '../support/responder.ts';
import { step } from '../support/story.ts';

useResponder({ RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response' });
useWorkflows();
const ID = 'INC-2026-04-07-001';
const aws = useAwsEndpoint();

beforeEach(() => deploy({ playbooks: [...policyOf(step('kill-idle')).playbooks, DECLARED_PLAYBOOK] }));

const incident = (...args: string[]) => runIncident(aws, args);

describe('a drill', () => {
  const set = () => aws.calls.find(({ operation }) => operation === 'SetAlarmState')?.input;

  it('sets off the most critical alarm of the playbook', async () => {
    const { code, out } = await incident('drill', 'databaseconnections', '--yes');
    expect([code, out]).toEqual([0, `${ALARM} is set off. Within a minute: npx incident list`]);
    const StateReason = '[DRILL] set off by ada@mockupaws.com with npx incident drill';
    expect(set()).toEqual({ AlarmName: ALARM, StateValue: 'ALARM', StateReason });
  });

  it.each<[string, string[], () => unknown, number, RegExp]>([
    ['there is no terminal to confirm in', ['DatabaseConnections'], () => {}, 2, /--yes/],
    ['the playbook does not exist', ['Nothing', '--yes'], () => {}, 1, /Playbooks: DatabaseConnections, CacheFailure$/],
    [
      'the alarm does not exist',
      ['DatabaseConnections', '--alarm', 'x', '--yes'],
      () => {},
      1,
      /Alarms of DatabaseConnections: .*critical$/,
    ],
    [
      'the alarm already fires',
      ['DatabaseConnections', '--yes'],
      () => Object.assign(aws, { alarmState: 'ALARM' }),
      1,
      /is ALARM/,
    ],
    [
      'its incident is open',
      ['DatabaseConnections', '--yes'],
      () => openIncident(),
      1,
      /is open: resolve it before a drill/,
    ],
  ])('is not started when %s', async (_, args, given, code, err) => {
    await given();
    const ran = await incident('drill', ...args);
    expect(ran.code).toBe(code);
    expect(ran.err).toMatch(err);
    expect(set()).toBeUndefined();
  });
});

it('shows nothing that the terminal would act on, however it was stored, and JSON of the same value', async () => {
  const hostile =
    '\u001b]0;title\u0007\u001b[2J\u001b]52;c;cm0=\u001b\\\u001b]8;;https://evil.example\u001b\\\u009b2J\r\b\u202e\u200bnote';
  await openIncident(undefined, { summary: `${hostile} summary` });
  await committed({ type: 'note', id: 'n', by: `${hostile} ada`, text: hostile });
  const { out } = await incident('show', ID, '--all');
  expect(out).toContain('note');
  expect(out.replaceAll('\n', '')).not.toMatch(UNSEEN);
  const { out: json } = await incident('show', ID, '--json');
  expect(json.replaceAll('\n', '')).not.toMatch(UNSEEN);
});
