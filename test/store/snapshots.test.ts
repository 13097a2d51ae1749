import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import type { Incident } from '../../lambda/domain/incident/incident.ts';
import { reindex } from '../../lambda/store/incident-index.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import { load } from '../../lambda/store/incidents.ts';
import { snapshotItem } from '../../lambda/store/keys.ts';
import { COMMITS_APART, readSnapshot, STATE_VERSION, writeSnapshot } from '../../lambda/store/snapshots.ts';
import { committed, KEY, openIncident, useResponder } from '../support/responder.ts';

const table = useResponder();

/** The incident before and after a commit. */
async function twoStates(): Promise<[Incident, Incident]> {
  await openIncident();
  const older = await load(KEY);
  await committed({ type: 'note', id: 'note', by: 'ada', text: 'looking' });
  const newer = await load(KEY);
  if (!older || !newer) throw new Error('there is no incident');
  return [older, newer];
}

it('a writer that comes late puts no older state in place of a newer snapshot', async () => {
  const [older, newer] = await twoStates();
  await writeSnapshot(KEY, newer);
  await writeSnapshot(KEY, older);
  expect((await readSnapshot(KEY))?.version).toBe(newer.version);
});

it('a newer state takes the place of an older snapshot, and of any that other code has left', async () => {
  const [older, newer] = await twoStates();
  await writeSnapshot(KEY, older);
  await writeSnapshot(KEY, newer);
  expect((await readSnapshot(KEY))?.version).toBe(newer.version);
  const foreign = { ...snapshotItem(KEY), stateVersion: STATE_VERSION + 1, version: 1000 };
  await table.send(new PutCommand({ TableName: process.env['INCIDENTS_TABLE'], Item: foreign }));
  await writeSnapshot(KEY, newer);
  expect((await readSnapshot(KEY))?.version).toBe(newer.version);
});

it.each(['snapshot/', 'incident/'])(
  'a command is done once it is committed, also if what follows in %s is throttled',
  async partition => {
    await openIncident();
    const { send } = table;
    const throttled = { name: 'ProvisionedThroughputExceededException', $metadata: {} };
    table.send = async command => {
      const { input } = command;
      const pk = String(('Item' in input ? input.Item : 'Key' in input ? input.Key : undefined)?.['pk']);
      const follows = command instanceof UpdateCommand || pk.startsWith('snapshot/');
      if (follows && pk.startsWith(partition) && !(command instanceof GetCommand))
        throw Object.assign(new Error('throttled'), throttled);
      return send(command);
    };
    for (let n = 0; n < COMMITS_APART; n++)
      await committed({
        type: 'set severity',
        id: `${n}`,
        by: 'ada',
        severity: n % 2 ? 'P1' : 'P2',
        reason: 'as I see it',
      });
    await committed({ type: 'acknowledge', id: 'acknowledge', by: 'ada' });
    table.send = send;
    expect((await load(KEY))?.acknowledged?.by).toBe('ada');
    const { stale } = await openIncidents();
    await Promise.all(stale.map(reindex));
    expect(await openIncidents()).toMatchObject({ stale: [], incidents: [{ severity: 'P1' }] });
  },
);
