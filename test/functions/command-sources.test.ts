import { describe, expect, it } from 'vitest';
import { PUBLIC_SOURCES } from '../../lambda/domain/incident/person.ts';
import { handler } from '../../lambda/functions/command/handler.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { ID, linkPath, useLinks } from '../support/links.ts';
import { approvalAsked, committed, invoke, openIncident, setMinute, stored } from '../support/responder.ts';
import { step, types } from '../support/story.ts';

useLinks();
useWorkflows();

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:command';
/** What a function may do that was taken over: it asks what it likes, by the one alias that its role may invoke. */
const askBy = (alias: string, request: object) =>
  invoke(handler, request, { invokedFunctionArn: `${FUNCTION}:${alias}` });

const ADA = { by: 'ada', requestId: 'r1' };
const acknowledge = { do: 'act', incident: ID, act: { type: 'acknowledge' } };
const approve = { ...acknowledge, act: { type: 'answer approval', step: 'kill-idle', approve: true } };
const FROM_NOWHERE = [
  { do: 'playbooks' },
  { do: 'maintenance' },
  { do: 'report' },
  { do: 'list', month: '2026-04' },
  { do: 'review files', incident: ID },
  { do: 'start maintenance', ...ADA, via: 'slack', reason: 'quiet', minutes: 60 },
  { do: 'end maintenance', ...ADA, via: 'slack' },
  { do: 'reopen', incident: ID, ...ADA, via: 'slack', reason: 'again' },
  { do: 'finish post-mortem', incident: ID, ...ADA, via: 'link', document: 'x' },
  { do: 'open', ...ADA, via: 'slack', title: 'x' },
  { ...acknowledge, ...ADA, via: 'command line' },
  { ...approve, ...ADA, via: 'command line' },
];

const changes = async () => types((await stored()).timeline);
const link = async (given: Parameters<typeof linkPath>[0] = {}) => (await linkPath(given)).slice(1);
/** The id of the request that a link makes. */
const idOf = (text: string) => `link/${text.split('.').at(-1)}`;

describe.each(PUBLIC_SOURCES)('taken over, what listens to %s', source => {
  it.each(FROM_NOWHERE)('may not ask for %o', async request => {
    await openIncident();
    const before = await changes();
    expect((await askBy(source, request)).refused).toBe(`${source} may not ask for that`);
    expect(await changes()).toEqual(before);
  });

  it('may not act as if another one had heard it', async () => {
    await openIncident();
    for (const via of PUBLIC_SOURCES.filter(other => other !== source && other !== 'pagerduty'))
      expect((await askBy(source, { ...approve, ...ADA, via })).refused).toBe(`${source} may not ask for that`);
  });
});

describe('taken over, the endpoint of links', () => {
  const act = async (text: string | undefined, request: object) =>
    (await askBy('link', { ...(text && { link: text }), ...ADA, via: 'link', ...request })).refused;
  const REFUSED = 'link may not ask for that';

  it('does what a link says, and nothing without one', async () => {
    await openIncident();
    const text = await link();
    expect(await act(undefined, acknowledge)).toBe(REFUSED);
    expect(await act(text, { ...acknowledge, requestId: idOf(text) })).toBeUndefined();
    expect(await changes()).toContain('Acknowledged');
  });

  it('cannot approve by a link to acknowledge, nor in the name of somebody else, nor another step', async () => {
    await openIncident([{ ...step('kill-idle'), mode: 'approve' }]);
    await approvalAsked();
    const before = await changes();
    const seen = await link();
    const approval = await link({ action: 'approve', step: 'kill-idle' });
    const mine = { requestId: idOf(approval) };
    expect(await act(seen, { ...approve, requestId: idOf(seen) })).toBe(REFUSED);
    expect(await act(approval, { ...approve, ...mine, by: 'ben' })).toBe(REFUSED);
    expect(await act(approval, { ...approve, ...mine, act: { ...approve.act, step: 'raise' } })).toBe(REFUSED);
    expect(await act(approval, { ...approve, ...mine, act: { ...approve.act, approve: false } })).toBe(REFUSED);
    expect(await act(approval, { ...approve, ...mine, incident: 'INC-2026-04-07-002' })).toBe(REFUSED);
    expect(await act(approval, approve)).toBe(REFUSED);
    expect(await changes()).toEqual(before);
    expect(await act(approval, { ...approve, ...mine })).toBeUndefined();
  });

  it('cannot use a link that is forged or over', async () => {
    await openIncident();
    const text = await link();
    const forged = `${text.slice(0, -2)}${text.endsWith('AA') ? 'BB' : 'AA'}`;
    expect(await act(forged, { ...acknowledge, requestId: idOf(forged) })).toBe(REFUSED);
    setMinute(120);
    expect(await act(text, { ...acknowledge, requestId: idOf(text) })).toBe(REFUSED);
  });

  it('reads the incident of a link, and lists others for whoever may merge it', async () => {
    await openIncident();
    expect((await askBy('link', { do: 'show', incident: ID, link: await link() })).incident?.id).toBe(ID);
    expect((await askBy('link', { do: 'show', incident: ID })).refused).toBe(REFUSED);
    expect((await askBy('link', { do: 'list', link: await link() })).refused).toBe(REFUSED);
    expect((await askBy('link', { do: 'list', link: await link({ action: 'merge' }) })).incidents).toHaveLength(1);
    const file = { do: 'review file', incident: ID, name: 'post-mortem.md' };
    expect((await askBy('link', { ...file, link: await link() })).refused).toBe(REFUSED);
    expect((await askBy('link', { ...file, link: await link({ action: 'read', step: 'notes.md' }) })).refused).toBe(
      REFUSED,
    );
  });
});

it('a note of Slack, a resolution as false alarm by a link, and an unknown alias are refused', async () => {
  await openIncident();
  await committed({ type: 'note', id: 'n', by: 'ada', text: 'so that there is a timeline' });
  const note = { ...acknowledge, ...ADA, via: 'slack', act: { type: 'note', text: 'x' } };
  expect((await askBy('slack', note)).refused).toBe('slack may not ask for that');
  const text = await link({ action: 'resolve' });
  const cancel = { ...acknowledge, by: 'ada', via: 'link', link: text, requestId: idOf(text) };
  const act = { type: 'resolve', reason: 'none', cancelled: true };
  expect((await askBy('link', { ...cancel, act })).refused).toBe('link may not ask for that');
  await expect(askBy('other', { do: 'list' })).rejects.toThrow('no source has the alias other');
  expect((await askBy('$LATEST', { do: 'list' })).incidents).toHaveLength(1);
});
