import { expect, it } from 'vitest';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import type { Ticket } from '../../local/vendors/pagerduty-webhook.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly } from './world.ts';

const MINUTE = 60_000;
const pass = (world: RehearsalWorld, minutes: number) => world.clock.run(minutes * MINUTE, () => false);

/** An alarm of the user's that turns red. */
function red(world: RehearsalWorld, alarmName: string, level: 'warning' | 'critical'): void {
  const arn = `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${alarmName}`;
  const detail = {
    alarmName,
    state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: world.clock.iso },
    alarmTags: {
      'incident:service': 'mockupaws-production',
      'incident:playbook': 'ServiceHealth',
      'incident:level': level,
    },
  };
  world.buses.put(world.buses.event('aws.cloudwatch', 'CloudWatch Alarm State Change', detail, [arn]));
}

it('a severity that rises is told under the same key, and PagerDuty then wakes people', async () => {
  const world = await RehearsalWorld.create(assembly(), 22);
  const { pagerduty } = world.vendors;
  red(world, 'tg-unhealthy-targets', 'warning');
  await pass(world, 20);
  expect(pagerduty.calls.map(({ urgency }) => urgency)).toEqual(['low']);
  red(world, 'checkout-errors-5xx', 'critical');
  await pass(world, 10);
  const [id] = world.incidents.keys();
  const triggers = pagerduty.events.filter(({ event_action }) => event_action === 'trigger');
  expect(new Set(triggers.map(({ dedup_key }) => dedup_key))).toEqual(new Set([id]));
  const severities = triggers.map(({ payload }) => payload.severity);
  expect([severities[0], severities.at(-1)]).toEqual(['warning', 'error']);
  expect(pagerduty.tickets.map(({ urgency }) => urgency)).toEqual(['high']);
  expect(pagerduty.calls.map(({ urgency }) => urgency)).toEqual(['low', 'high']);
  expect(world.queues.total).toBe(0);
});

it('a merge in PagerDuty resolves nothing, and what people do to the other ticket counts from then on', async () => {
  const world = await RehearsalWorld.create(assembly(), 23);
  const { pagerduty } = world.vendors;
  world.parameters.set('/incident-response/mockupaws-production/automation', 'off');
  databaseConnections.inject(world);
  await world.clock.run(30 * MINUTE, () => pagerduty.tickets.length > 0);
  await pass(world, 2);
  const [id = ''] = world.incidents.keys();
  const ticket = pagerduty.ticketOf(id) as Ticket;
  const other = pagerduty.open('A little bump in the road');

  pagerduty.act(ticket, { does: 'merge', into: other });
  await pass(world, 2);
  const entries = (wanted: string) => world.incidents.get(id)?.timeline.filter(({ type }) => type === wanted) ?? [];
  expect(entries('TicketChanged')).toMatchObject([
    { change: 'merged', by: 'Tenex Engineer', text: 'A little bump in the road' },
  ]);
  const links = entries('ReferenceAdded').flatMap(({ system, ref }) => (system === 'pagerduty' ? ref : []));
  expect(links).toEqual([id, ticket.id, other.id]);

  pagerduty.act(other, { does: 'acknowledge' });
  await pass(world, 2);
  pagerduty.act(other, { does: 'unacknowledge' });
  await pass(world, 2);
  expect(entries('AcknowledgementWithdrawn')).toHaveLength(1);
  const reason = 'the acknowledgement by Tenex Engineer was withdrawn: unacknowledged in PagerDuty';
  expect(entries('Escalated').at(-1)).toMatchObject({ level: 1, reason });

  expect(entries('Resolved')).toEqual([]);
  expect(JSON.stringify(world.published)).not.toContain('resolved');
  pagerduty.act(other, { does: 'resolve' });
  await pass(world, 2);
  expect(entries('Resolved')).toMatchObject([{ by: 'Tenex Engineer', via: 'pagerduty' }]);
  expect([ticket.status, other.status]).toEqual(['resolved', 'resolved']);
  expect(world.queues.total).toBe(0);
});
