import { describe, expect, it, test } from 'vitest';
import { readEvents } from '../../local/rehearsal/events-file.ts';
import { send } from '../../local/rehearsal/rehearse.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf, withDeployed } from './world.ts';

const MINUTE = 60_000;

describe('an alarm whose actions CloudWatch holds back', () => {
  it.each(['01-muted-alarm', '02-composite-suppressed'])(
    '%s is recorded and told by a notice, and nothing else comes of it',
    async file => {
      const events = await readEvents(`${import.meta.dirname}/cases/${file}.json`);
      const { summary } = await send(events, { assembly: assembly(), seed: 1 });
      expect(summary.timeline.map(({ type }) => type)).toEqual(
        expect.arrayContaining(['IncidentOpened', 'SignalFired', 'HeldForMaintenance']),
      );
      expect(summary.timeline.filter(({ type }) => type === 'Escalated' || type === 'ResponseRequested')).toEqual([]);
      expect(summary.messages.map(({ channel }) => channel)).toEqual(['email']);
      expect([summary.changed, summary.published, summary.runbooks]).toEqual([[], [], []]);
    },
  );
});

describe('announced maintenance', () => {
  /** A world in which maintenance of these components is announced from its beginning, for half an hour. */
  async function announced(components: string[]) {
    const [from, to] = ['2026-03-02T09:00:00.000Z', '2026-03-02T09:30:00.000Z'];
    const altered = withDeployed(({ site }) => {
      if (site) site.maintenance = [{ id: 'upgrade', title: 'Upgrade', text: 'We upgrade.', from, to, components }];
    });
    const world = await RehearsalWorld.create(altered, 1);
    databaseConnections.inject(world);
    await world.clock.run(20 * MINUTE, () => false);
    return world;
  }

  test('of all that an incident affects holds it, and when it ends the incident is told and worked on', async () => {
    const world = await announced(['api', 'website']);
    expect(world.topics.messages.map(({ channel }) => channel)).not.toContain('sms');
    expect([world.changed, world.published.filter(({ text }) => !/upgrade/i.test(text))]).toEqual([[], []]);
    await world.clock.run(15 * MINUTE, () => false);
    expect(timelineOf(world).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['MaintenanceEnded', 'StepStarted']),
    );
    expect(world.topics.messages.map(({ channel }) => channel)).toContain('sms');
  });

  test('of one component holds nothing back that affects another too', async () => {
    const world = await announced(['api']);
    expect(timelineOf(world).map(({ type }) => type)).not.toContain('HeldForMaintenance');
    expect(world.topics.messages.map(({ channel }) => channel)).toContain('sms');
  });
});
