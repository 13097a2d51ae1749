import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, vi } from 'vitest';
import type { EventType } from '../../lambda/domain/incident/events.ts';
import { DECLARED_PLAYBOOK } from '../../lambda/domain/incident/policy.ts';
import { publicIncident } from '../../lambda/domain/status-page/public-incident.ts';
import { renderSite } from '../../lambda/domain/status-page/render-site.ts';
import { handler } from '../../lambda/functions/command/handler.ts';
import { handler as watch } from '../../lambda/functions/watch/handler.ts';
import type { CommandAnswer } from '../../lambda/inbound/command-request.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { rendered } from '../../lambda/runtime/templates.ts';
import { openIncidents, publicIncidents } from '../../lambda/store/incident-lists.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { useAlarms } from '../support/fake-alarms.ts';
import {
  ALARM,
  committed,
  deploy,
  invoke,
  KEY,
  policyOf,
  setMinute,
  signal,
  stored,
  useResponder,
} from '../support/responder.ts';
import { minute, of, START, STATUS_PAGE, types } from '../support/story.ts';

const table = useResponder({
  RESPONSE_STATE_MACHINE: 'arn:response',
  MAINTENANCE_PARAMETER: 'until',
  AUTOMATION_PARAMETER: 'on',
});
useWorkflows();
const { alarms } = useAlarms();

const TROUBLE = 'INC-2026-04-07-001';
const LOSS = 'INC-2026-04-07-002';
const ask = (request: object): Promise<CommandAnswer> => invoke(handler, request);
let requests = 0;
const caller = () => ({ by: 'ada', via: 'command line', requestId: `request ${++requests}` });
const merge = (incident: string, into: string) => ask({ do: 'merge', ...caller(), incident, into });
const shown = async (id: string) => (await ask({ do: 'show', incident: id })).incident;
const keyOf = async (id: string) => {
  const { slot = '', number = 0 } = (await shown(id)) ?? {};
  return { slot, number };
};
const timelineOf = async (id: string) => (await stored(await keyOf(id))).timeline;
const happened = async (id: string): Promise<EventType[]> => types(await timelineOf(id));

/** The service is in trouble, of which an attempt is over; somebody declares a data loss. */
async function twoOpen(): Promise<void> {
  const policy = { statusPage: STATUS_PAGE };
  await deploy({
    playbooks: [...policyOf().playbooks, DECLARED_PLAYBOOK],
    shared: { ...policyOf(), ...policy } as never,
  });
  await receive(signal(), { ...policyOf(), playbooks: [...policyOf().playbooks, DECLARED_PLAYBOOK], ...policy });
  await ended(KEY);
  setMinute(1);
  await ask({ do: 'open', ...caller(), title: 'Orders are lost', dataLoss: true });
  await ended(await keyOf(LOSS));
}
const ended = (key: typeof KEY) =>
  committed({ type: 'end response', id: `end ${key.slot}`, attempt: 1, reason: 'no step is left' }, key);
const open = async () => (await openIncidents()).incidents.map(({ id }) => id);

describe('a merge', () => {
  it('ends one incident, which names the other, and gives the other its facts, severity and signals', async () => {
    await twoOpen();
    const { happened: all, incident } = await merge(LOSS, TROUBLE);
    expect(all?.[0]).toBe('Absorbed');
    expect(all?.at(-1)).toBe('MergedInto');
    expect(incident).toMatchObject({ id: LOSS, status: 'resolved', mergedInto: { id: TROUBLE, ...KEY } });
    expect(await shown(TROUBLE)).toMatchObject({ severity: 'P1', declared: { dataLoss: 1 }, absorbed: [LOSS] });
    expect(await open()).toEqual([TROUBLE]);
    expect(await happened(LOSS)).not.toContain('Resolved');
    const { incidents } = await ask({ do: 'list', month: '2026-04' });
    expect(incidents?.find(({ id }) => id === LOSS)).toMatchObject({ mergedInto: TROUBLE });
    const { report } = await ask({ do: 'report', month: '2026-04' });
    expect(report).toMatchObject({ incidents: [{ id: TROUBLE }], leftOut: { merged: 1 } });
  });

  it('that is repeated changes nothing', async () => {
    await twoOpen();
    await merge(LOSS, TROUBLE);
    const before = [await timelineOf(LOSS), await timelineOf(TROUBLE)];
    expect(await merge(LOSS, TROUBLE)).toMatchObject({ happened: [] });
    expect([await timelineOf(LOSS), await timelineOf(TROUBLE)]).toEqual(before);
  });

  it.each([false, true])(
    'that ended between its commits is finished by the same request, the other resolved: %s',
    async resolved => {
      await twoOpen();
      const send = table.send;
      let absorbed = false;
      table.send = async command => {
        const { Item } = (command as { input: { Item?: { pk?: string; events?: unknown } } }).input;
        if (absorbed && Item?.events) throw new Error('crashed');
        if (Item?.events) absorbed = true;
        return send(command);
      };
      await expect(merge(LOSS, TROUBLE)).rejects.toThrow('crashed');
      table.send = send;
      expect(await open()).toHaveLength(2);
      if (resolved) await committed({ type: 'resolve', id: 'resolve', by: 'ben', reason: 'fixed' });
      expect((await merge(LOSS, TROUBLE)).refused).toBeUndefined();
      expect(await open()).toEqual(resolved ? [] : [TROUBLE]);
      expect((await happened(TROUBLE)).filter(type => type === 'Absorbed')).toHaveLength(1);
    },
  );

  it('the other way: what the service’s alarms say goes on in the declared one, until that is over', async () => {
    await twoOpen();
    await merge(TROUBLE, LOSS);
    const key = await keyOf(LOSS);
    const policy = policyOf();
    await receive(signal({ id: 'green', state: 'cleared', at: minute(2) }), policy);
    expect((await stored(key)).signals[`alarm:${ALARM}`]?.state).toBe('cleared');
    await receive(signal({ id: 'red', at: minute(3) }), policy);
    expect((await stored(key)).signals[`alarm:${ALARM}`]?.state).toBe('firing');
    expect(await open()).toEqual([LOSS]);
    expect(await shown(TROUBLE)).toMatchObject({ mergedInto: { id: LOSS } });
    await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'fixed' }, key);
    await receive(signal({ id: 'again', at: minute(9) }), policy);
    expect(await open()).toEqual(['INC-2026-04-07-003']);
  });

  it('accounts for what was red when the other one is resolved, for an hour', async () => {
    const ssm = mockClient(SSMClient);
    ssm.on(GetParametersCommand).resolves({
      Parameters: [
        { Name: 'until', Value: 'none' },
        { Name: 'on', Value: 'on' },
      ],
    });
    vi.stubGlobal('fetch', async () => new Response());
    alarms.set(ALARM, { state: 'ALARM', since: START });
    await twoOpen();
    await merge(TROUBLE, LOSS);
    const key = await keyOf(LOSS);
    await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'fixed' }, key);
    for (const minutes of [4, 12, 60, 61]) {
      setMinute(minutes);
      await invoke(watch, { 'detail-type': 'Scheduled Event' });
      expect(await open()).toEqual(minutes === 61 ? ['INC-2026-04-07-003'] : []);
    }
    expect(of((await stored(key)).timeline, 'StillRed')).toHaveLength(1);
    expect(await happened(TROUBLE)).not.toContain('StillRed');
  });

  it('leaves one public incident, of all that was affected', async () => {
    await twoOpen();
    await ask({ do: 'act', ...caller(), incident: LOSS, act: { type: 'publish' } });
    await merge(LOSS, TROUBLE);
    const shown = await site();
    const listed = (name: string) =>
      JSON.parse(shown(`api/v2/${name}.json`)).incidents.map(({ id }: { id: string }) => id);
    expect([listed('incidents'), listed('summary')]).toEqual([[TROUBLE], [TROUBLE]]);
    for (const path of ['index.html', 'history.html', 'history.atom', 'history.rss'])
      expect(shown(path)).not.toContain(LOSS);
    expect(shown(`incidents/${LOSS}.html`)).toContain(`<a href="/incidents/${TROUBLE}.html">Data investigation</a>`);
  });
});

/** The files of the status page. */
async function site() {
  const { incidents } = await publicIncidents(['2026-04'], [], {});
  const files = renderSite(
    {
      ...{ title: 'mockupAWS', url: STATUS_PAGE.url, components: STATUS_PAGE.components, maintenance: [] },
      incidents: incidents.flatMap(incident => publicIncident(incident, rendered) ?? []),
      ...{ measured: { days: {} }, now: minute(5) },
    },
    rendered,
  );
  return (path: string) => files.find(file => file.path === path)?.body ?? '';
}

describe('a merge is refused', () => {
  it.each<[string, () => Promise<CommandAnswer>, string]>([
    ['into itself', () => merge(LOSS, LOSS), 'cannot be merged into itself'],
    ['with what does not exist', () => merge(LOSS, 'INC-2026-04-07-009'), 'there is no incident INC-2026-04-07-009'],
  ])('%s', async (_, act, reason) => {
    await twoOpen();
    expect((await act()).refused).toContain(reason);
    expect(await open()).toHaveLength(2);
  });

  it('of one that is over, into one that is, and into one that is merged, which says into which', async () => {
    await twoOpen();
    await merge(LOSS, TROUBLE);
    await ask({ do: 'open', ...caller(), title: 'A token was found', securityBreach: true });
    const breach = 'INC-2026-04-07-003';
    expect((await merge(breach, LOSS)).refused).toBe(`${LOSS} is merged into ${TROUBLE}: merge into that`);
    expect((await merge(LOSS, breach)).refused).toBe(`${LOSS} is merged into ${TROUBLE}`);
    await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'fixed' });
    expect((await merge(breach, TROUBLE)).refused).toBe(`${TROUBLE} is resolved`);
    expect((await merge(TROUBLE, breach)).refused).toBe(`${TROUBLE} is resolved`);
    expect((await ask({ do: 'reopen', ...caller(), incident: LOSS, reason: 'again' })).refused).toContain(
      'reopen that',
    );
  });

  it('while automation is at work on it', async () => {
    await receive(signal(), policyOf());
    await ask({ do: 'open', ...caller(), title: 'Orders are lost', dataLoss: true });
    expect((await merge(TROUBLE, LOSS)).refused).toContain(`automation is at work on ${TROUBLE}`);
    expect(await open()).toHaveLength(2);
  });
});
