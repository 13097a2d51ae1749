import { ListPhoneNumbersOptedOutCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { type Resource, World, type WorldOptions } from '../../src/index.ts';

const HOUR = 60 * 60_000;
const NUMBER = '+15555550100';

const subscription = (Protocol: string, Endpoint: string): Resource => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: 'Alerts' }, Protocol, Endpoint },
});

async function deployed(options: WorldOptions = {}) {
  const Resources: Record<string, Resource> = {
    Alerts: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'Shop' } },
    Phone: subscription('sms', NUMBER),
    Mailbox: subscription('email', 'ops@example.com'),
  };
  const world = await World.deploy(
    { name: 'Shop', directory: '', region: 'us-east-1', template: { Resources } },
    options,
  );
  const dropped: unknown[] = [];
  world.account.listen(event => event.type === 'dropped' && dropped.push(event['reason']));
  const TopicArn = world.account.find('AWS::SNS::Topic', 'Alerts')?.ref ?? '';
  const sns = world.client(SNSClient);
  const publish = async (Message = 'Down') => {
    await sns.send(new PublishCommand({ TopicArn, Message }));
    await world.clock.run(10_000);
    return world.topics.messages.map(({ to, body }) => `${to} ${body}`);
  };
  return { world, sns, TopicArn, publish, dropped };
}

const READY = { sandbox: false, originationNumbers: ['+18885550100'] };

test('in a new account everything is taken, and nobody gets anything', async () => {
  const { publish, dropped } = await deployed();
  expect(await publish()).toEqual([]);
  expect(dropped).toEqual(['the number is not verified in the SMS sandbox']);
});

test.each<[string, NonNullable<WorldOptions['sms']>]>([
  ['there is no origination number', { verified: [NUMBER] }],
  ['there is no origination number', { sandbox: false }],
  ['the number has opted out', { ...READY, optedOut: [NUMBER] }],
  ['the month has no money left for SMS', { ...READY, spendLimit: 0 }],
])('an SMS is lost: %s', async (reason, sms) => {
  const { publish, dropped } = await deployed({ sms });
  expect(await publish()).toEqual([]);
  expect(dropped).toEqual([reason]);
});

test("an SMS has the topic's name before it, and costs as many parts as it has", async () => {
  const { publish, world } = await deployed({ sms: READY });
  expect(await publish()).toEqual([`${NUMBER} Shop> Down`]);
  await publish('x'.repeat(155));
  expect(world.metrics.valuesOf('AWS/SNS', 'SMSMonthToDateSpentUSD', {})).toEqual([0.01, 0.03]);
});

test('what is not delivered for want of money is counted, and the next month has its own', async () => {
  const { publish, world } = await deployed({ sms: { ...READY, spendLimit: 0.01 } });
  await publish();
  expect(await publish()).toHaveLength(1);
  expect(world.metrics.valuesOf('AWS/SNS', 'NumberOfNotificationsFailed', { TopicName: 'Alerts' })).toEqual([1]);
  await world.clock.run(31 * 24 * HOUR);
  expect(await publish()).toHaveLength(2);
});

test('an address that nobody confirms is gone after two days, and may be subscribed anew', async () => {
  const { publish, world, sns, TopicArn } = await deployed();
  await world.clock.run(49 * HOUR);
  const subscribe = () => sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' }));
  expect((await subscribe()).SubscriptionArn).toBe('pending confirmation');
  expect(await publish()).toEqual([]);
  world.topics.become('confirmed', 'ops@example.com');
  expect(await publish()).toEqual(['ops@example.com Down']);
  expect((await subscribe()).SubscriptionArn).toMatch(/^arn:/);
});

test('numbers that have opted out are listed page by page', async () => {
  const optedOut = Array.from({ length: 101 }, (_, i) => `+1555555${1000 + i}`);
  const { sns } = await deployed({ sms: { optedOut } });
  const first = await sns.send(new ListPhoneNumbersOptedOutCommand({}));
  const { phoneNumbers, nextToken } = await sns.send(
    new ListPhoneNumbersOptedOutCommand({ nextToken: first.nextToken }),
  );
  expect([first.phoneNumbers?.length, phoneNumbers, nextToken]).toEqual([100, optedOut.slice(100), undefined]);
});
