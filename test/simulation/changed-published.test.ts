import { describe, expect, it } from 'vitest';
import { rehearse, send } from '../../local/rehearsal/rehearse.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly } from './world.ts';

const MINUTE = 60_000;

describe('what changed the service, and what customers were told', () => {
  it('is nothing while nothing happens', async () => {
    const world = await RehearsalWorld.create(assembly(), 5);
    await world.clock.run(30 * MINUTE, () => false);
    expect([world.changed, world.published]).toEqual([[], []]);
  });

  it('is nothing of an event that is none of ours', async () => {
    const event = { source: 'aws.ecs', 'detail-type': 'ECS Task State Change', detail: {} };
    const { summary } = await send([event], { assembly: assembly(), seed: 5 });
    expect([summary.changed, summary.published]).toEqual([[], []]);
  });

  it('is told of an incident as it was done, with mails and without', async () => {
    const subscriber = 'customer@customer.example';
    const injectWithSubscriber = async (world: RehearsalWorld) => {
      await world.customers.subscribe(subscriber, 'api');
      databaseConnections.inject(world);
    };
    const scenario = { ...databaseConnections, inject: (world: RehearsalWorld) => void injectWithSubscriber(world) };
    const { summary, world } = await rehearse(scenario, { assembly: assembly(), seed: 5 });
    const { changed, published } = summary;
    expect(changed.map(({ action, by }) => `${action} ${by}`)).toEqual([
      'RegisterScalableTarget scale-service',
      'UpdateService scale-service',
      'ExecuteStatement kill-idle-connections',
      'UpdateService scale-service',
      'RegisterScalableTarget scale-service',
    ]);
    expect(changed[2]?.summary).toMatch(/^\d+ database sessions ended$/);
    const page = published.filter(({ via }) => via === 'status page');
    expect(page.map(({ status }) => status)).toEqual(expect.arrayContaining(['monitoring', 'resolved']));
    const mails = published.filter(({ via }) => via === 'email');
    expect(mails.map(({ status }) => status)).toEqual(page.map(({ status }) => status));
    expect(new Set(published.map(({ incident }) => incident))).toEqual(new Set(['API requests time out']));
    // The mail in which an address is confirmed tells of no incident.
    expect(world.mail.mails.length).toBe(mails.length + 1);
  });
});
