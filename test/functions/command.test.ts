import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { DECLARED_PLAYBOOK } from '../../lambda/domain/incident/policy.ts';
import { handler } from '../../lambda/functions/command/handler.ts';
import { CommandRequest } from '../../lambda/inbound/command-request.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { approvalAsked, DEPLOYED, deploy, invoke, openIncident, stored, useResponder } from '../support/responder.ts';
import { step } from '../support/story.ts';

useResponder({ RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response' });
const { executions } = useWorkflows();
const ID = 'INC-2026-04-07-001';
const ADA = { by: 'ada', via: 'command line' };

beforeEach(() => deploy({ playbooks: [...DEPLOYED.playbooks, DECLARED_PLAYBOOK] }));

const act = (act: object, requestId = JSON.stringify(act), incident = ID) =>
  invoke(handler, { do: 'act', incident, ...ADA, requestId, act });

describe('an operator command', () => {
  it('is committed with who gave it and by which channel', async () => {
    await openIncident();
    const { happened, incident } = await act({ type: 'acknowledge' });
    expect(happened).toEqual(['Acknowledged']);
    expect(incident).toMatchObject({ id: ID, commander: 'ada' });
    expect((await stored()).timeline.at(-1)).toMatchObject({ type: 'Acknowledged', ...ADA });
  });

  it('with the same request id is committed once', async () => {
    await openIncident();
    await act({ type: 'note', text: 'looking' }, 'a');
    const { happened } = await act({ type: 'note', text: 'looking' }, 'a');
    expect(happened).toEqual(['NoteAdded']);
    expect((await stored()).timeline.filter(({ type }) => type === 'NoteAdded')).toHaveLength(1);
  });

  it('that approves a step starts the next attempt once', async () => {
    await openIncident([step('ask', { mode: 'approve' })]);
    await approvalAsked();
    await act({ type: 'answer approval', step: 'ask', approve: true });
    expect(executions()).toHaveLength(1);
    expect(await act({ type: 'answer approval', step: 'ask', approve: false })).toMatchObject({
      refused: 'ask was approved by ada already',
    });
  });

  it.each<[string, object, string]>([
    ['an incident that does not exist', { incident: 'INC-2026-04-07-999' }, 'there is no incident INC-2026-04-07-999'],
  ])('for %s is refused', async (_, { incident }: { incident?: string }, refused) => {
    expect(await act({ type: 'acknowledge' }, 'a', incident)).toMatchObject({ refused });
  });

  it('that is malformed causes an error that names the field', async () => {
    await expect(act({ type: 'set severity', severity: 'P0' })).rejects.toThrow(/severity/);
    await expect(act({ type: 'launch' })).rejects.toThrow(/act\.type/);
    await expect(act({ type: 'note', text: ' ' })).rejects.toThrow(/text/);
    await expect(invoke(handler, { do: 'show', incident: '../../etc' })).rejects.toThrow(/INC-2026-01-31-001/);
  });
});

describe('a request in the name of the responder', () => {
  const acting = CommandRequest.options.filter(({ entries }) => 'requestId' in entries);

  it.each(acting.map(option => [option.entries.do.literal, option] as const))('to %s is none', (_, option) => {
    const by = v.object({ by: 'by' in option.entries ? option.entries.by : v.never() });
    for (const name of ['automation', ' Automation ', 'a\u200butomation', 'ＡＵＴＯＭＡＴＩＯＮ', 'time'])
      expect(v.is(by, { by: name })).toBe(false);
    expect(v.is(by, { by: 'ada' })).toBe(true);
  });

  it('is refused with the name of the field', async () => {
    await openIncident();
    const request = { do: 'act', incident: ID, ...ADA, requestId: 'a', act: { type: 'acknowledge' } };
    await expect(invoke(handler, { ...request, by: 'AUTOMATION' })).rejects.toThrow(
      'by: expected the name of a person, which the responder does not use for itself, got "AUTOMATION"',
    );
    expect((await stored()).acknowledged).toBeUndefined();
  });
});

describe('an incident that a person declares', () => {
  const declare = (title: string, declaration: object = { severity: 'P2' }) =>
    invoke(handler, { do: 'open', ...ADA, requestId: title, title, text: 'orders are wrong', ...declaration });

  it('has its reporter, starts a response and is under investigation', async () => {
    const { incident } = await declare('Wrong orders');
    expect(incident).toMatchObject({ title: 'Wrong orders', reporter: 'ada', severity: 'P2', status: 'investigating' });
    expect(executions()).toHaveLength(1);
  });

  it('opens once, and another report joins it with its words', async () => {
    await declare('Wrong orders');
    await declare('Wrong orders');
    const { incident, happened } = await declare('No mail');
    const { incidents } = await invoke(handler, { do: 'list' });
    expect(incidents?.map(({ title }) => title)).toEqual(['Wrong orders']);
    expect([incident?.id, happened]).toEqual([incidents?.[0]?.id, ['NoteAdded']]);
  });

  it('is one of its own if it is a breach, a data loss or a question', async () => {
    await openIncident();
    await declare('A dump of our customers', { securityBreach: true });
    await declare('Orders are missing', { dataLoss: true });
    await declare('Why is the invoice late?', { severity: 'P4' });
    const { incidents } = await invoke(handler, { do: 'list' });
    expect(incidents?.map(({ severity }) => severity).sort()).toEqual(['P1', 'P1', 'P2', 'P4']);
  });
});

describe('a resolved incident', () => {
  it('stays resolved, and is reopened as a new incident that names it', async () => {
    await openIncident();
    expect(await act({ type: 'resolve', reason: 'fixed', whileRed: true })).toMatchObject({ happened: ['Resolved'] });
    const { incident } = await invoke(handler, {
      do: 'reopen',
      incident: ID,
      ...ADA,
      requestId: 'r',
      reason: 'it is back',
    });
    expect(incident?.id).toBe('INC-2026-04-07-002');
    expect(Object.values(incident?.signals ?? {})[0]?.summary).toBe(`${ID} reopened by ada: it is back`);
    expect((await stored()).status).toBe('resolved');
  });

  it('can be reopened only once it is over', async () => {
    await openIncident();
    const asked = { do: 'reopen', incident: ID, ...ADA, requestId: 'r', reason: 'why not' };
    expect(await invoke(handler, asked)).toMatchObject({ refused: `${ID} is identified: it is not over` });
  });
});

it('the command function shows an incident, and lists open and resolved ones', async () => {
  await openIncident();
  expect((await invoke(handler, { do: 'show', incident: ID })).incident?.id).toBe(ID);
  expect((await invoke(handler, { do: 'list' })).incidents).toHaveLength(1);
  await act({ type: 'resolve', reason: 'fixed', whileRed: true });
  expect((await invoke(handler, { do: 'list' })).incidents).toEqual([]);
  expect((await invoke(handler, { do: 'list', closed: true })).incidents).toHaveLength(1);
  expect((await invoke(handler, { do: 'list', month: '2026-04' })).incidents).toMatchObject([
    { id: ID, status: 'resolved', severity: 'P2', title: 'Database Connections Exhausted' },
  ]);
  expect((await invoke(handler, { do: 'list', month: '2026-03' })).incidents).toEqual([]);
});
