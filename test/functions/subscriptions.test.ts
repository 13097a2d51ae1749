import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  GetSMSAttributesCommand,
  GetSMSSandboxAccountStatusCommand,
  ListOriginationNumbersCommand,
  ListPhoneNumbersOptedOutCommand,
  ListSMSSandboxPhoneNumbersCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import { handler } from '../../lambda/functions/subscriptions/handler.ts';
import { publishedMetrics } from '../support/aws-mocks.ts';
import { deploy, invoke, useResponder } from '../support/responder.ts';

useResponder({
  ...{ TOPICS: 'level-1,operations', NOTICES_TOPIC: 'notices', OPERATORS: 'olga', SERVICE_TITLE: 'mockupAWS' },
  WATCH_FUNCTION: 'watch',
});
const sns = mockClient(SNSClient);
const cloudWatch = mockClient(CloudWatchClient);

const at = (person: string, SubscriptionArn = `arn:aws:sns:us-east-1:123456789012:topic:${person}`) => ({
  ...{ Protocol: 'email', Endpoint: `${person}@mockupaws.com`, SubscriptionArn },
});
const subscribers = (...people: string[]) =>
  people.map(person => ({ person, protocol: 'email' as const, endpoint: `${person}@mockupaws.com` }));

beforeEach(async () => {
  sns.reset();
  cloudWatch.reset();
  cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
  const topics = [
    { topic: 'level 1', subscribers: subscribers('ada', 'ben') },
    { topic: 'operations', subscribers: subscribers('olga') },
  ];
  await deploy({ rosters: [{ people: ['ada', 'ben'] }], contacts: { addresses: {}, subscribers: topics } });
  sns.on(ListSubscriptionsByTopicCommand, { TopicArn: 'operations' }).resolves({ Subscriptions: [at('olga')] });
});

const published = () => publishedMetrics(cloudWatch);

it('the subscriptions function counts missing subscriptions over all pages, and logs names without addresses', async () => {
  sns
    .on(ListSubscriptionsByTopicCommand, { TopicArn: 'level-1' })
    .resolves({ Subscriptions: [at('ada', 'PendingConfirmation')], NextToken: 'more' })
    .on(ListSubscriptionsByTopicCommand, { TopicArn: 'level-1', NextToken: 'more' })
    .resolves({ Subscriptions: [at('ben', 'Deleted')] });
  await invoke(handler, {});
  expect(published()).toEqual({ ReachTroubles: 2, LevelsWithoutAnybody: 1 });
  const logged = JSON.stringify(vi.mocked(console.info).mock.calls);
  expect(logged).toContain('"person":"ben"');
  expect(logged).not.toContain('@');
});

it('the subscriptions function publishes zeros when all are confirmed, so that the alarms clear', async () => {
  sns
    .on(ListSubscriptionsByTopicCommand, { TopicArn: 'level-1' })
    .resolves({ Subscriptions: [at('ada')], NextToken: 'more' })
    .on(ListSubscriptionsByTopicCommand, { TopicArn: 'level-1', NextToken: 'more' })
    .resolves({ Subscriptions: [at('ben')] });
  await invoke(handler, {});
  expect(published()).toEqual({ ReachTroubles: 0, LevelsWithoutAnybody: 0 });
});

it('the subscriptions function publishes nothing when it cannot read the list', async () => {
  sns.on(ListSubscriptionsByTopicCommand).rejects(new Error('Throttled'));
  await expect(invoke(handler, {})).rejects.toThrow('Throttled');
  expect(published()).toEqual({});
});

it('the subscriptions function publishes what SNS could not deliver', async () => {
  sns.on(ListSubscriptionsByTopicCommand, { TopicArn: 'level-1' }).resolves({ Subscriptions: [at('ada'), at('ben')] });
  cloudWatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: [{ Id: 'failed0', Timestamps: [new Date()], Values: [3] }],
  });
  await invoke(handler, {});
  expect(published()).toEqual({ ReachTroubles: 1, LevelsWithoutAnybody: 0 });
  expect(JSON.stringify(vi.mocked(console.info).mock.calls)).toContain('3 messages to level 1 failed');
});

it('the subscriptions function asks how SMS stands where somebody has a telephone, and logs no number', async () => {
  const number = '+4915555550100';
  const phone = { person: 'ada', protocol: 'sms' as const, endpoint: number };
  const contacts = { addresses: {}, subscribers: [{ topic: 'level 1', subscribers: [phone] }] };
  await deploy({ rosters: [{ people: ['ada'] }], contacts });
  const subscribed = { Protocol: 'sms', Endpoint: number, SubscriptionArn: 'arn:aws:sns:us-east-1:123456789012:1' };
  const answers = async (verified: string[], spent: number) => {
    sns
      .on(ListSubscriptionsByTopicCommand)
      .resolves({ Subscriptions: [subscribed] })
      .on(GetSMSSandboxAccountStatusCommand)
      .resolves({ IsInSandbox: true })
      .on(ListSMSSandboxPhoneNumbersCommand)
      .resolves({ PhoneNumbers: verified.map(PhoneNumber => ({ PhoneNumber, Status: 'Verified' })) })
      .on(ListPhoneNumbersOptedOutCommand)
      .resolves({ phoneNumbers: ['+4915555550199'] })
      .on(ListOriginationNumbersCommand)
      .resolves({})
      .on(GetSMSAttributesCommand)
      .resolves({ attributes: { MonthlySpendLimit: '10' } });
    cloudWatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [{ Id: 'spent', Timestamps: [new Date()], Values: [spent] }],
    });
    await invoke(handler, {});
    return published();
  };
  // The sandbox, promotions by default, and no log of deliveries; and ada.
  expect(await answers([], 0)).toEqual({ ReachTroubles: 4, LevelsWithoutAnybody: 1 });
  expect(await answers([number], 7.9)).toEqual({ ReachTroubles: 3, LevelsWithoutAnybody: 0 });
  expect(await answers([number], 8)).toEqual({ ReachTroubles: 4, LevelsWithoutAnybody: 0 });
  expect(await answers([number], 10)).toEqual({ ReachTroubles: 5, LevelsWithoutAnybody: 1 });
  expect(JSON.stringify(vi.mocked(console.info).mock.calls)).not.toContain('5555550');
});

const metricData = (values: Record<string, number>) =>
  cloudWatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: Object.entries(values).map(([Id, value]) => ({ Id, Timestamps: [new Date()], Values: [value] })),
  });

it('the subscriptions function tells that the watch does not run, from its second check on', async () => {
  sns.on(ListSubscriptionsByTopicCommand, { TopicArn: 'level-1' }).resolves({ Subscriptions: [at('ada'), at('ben')] });
  await invoke(handler, {});
  expect(published()).toMatchObject({ ReachTroubles: 0 });
  metricData({ checks: 1 });
  await invoke(handler, {});
  expect(published()).toMatchObject({ ReachTroubles: 1 });
  metricData({ checks: 1, runs: 15 });
  await invoke(handler, {});
  expect(published()).toMatchObject({ ReachTroubles: 0 });
});

it('the subscriptions function mails operations once a day who is not reached, if anybody is', async () => {
  const mails = () => sns.commandCalls(PublishCommand).map(({ args: [{ input }] }) => input);
  sns.on(PublishCommand).resolves({});
  sns.on(ListSubscriptionsByTopicCommand, { TopicArn: 'level-1' }).resolves({ Subscriptions: [at('ada')] });
  for (const time of ['2026-04-07T08:59:00Z', '2026-04-07T09:04:00Z', '2026-04-07T09:19:00Z']) {
    vi.setSystemTime(time);
    await invoke(handler, {});
  }
  expect(mails()).toHaveLength(1);
  const [{ TopicArn, Subject, Message, MessageAttributes } = {}] = mails();
  expect([TopicArn, Subject]).toEqual(['notices', 'mockupAWS: 1 subscriptions reach nobody']);
  expect(MessageAttributes).toEqual({ person: { DataType: 'String.Array', StringValue: '["olga"]' } });
  expect(Message).toContain('- ben, email, level 1: missing');
  expect(Message).toContain('npx incident subscribe');
  sns.on(ListSubscriptionsByTopicCommand, { TopicArn: 'level-1' }).resolves({ Subscriptions: [at('ada'), at('ben')] });
  vi.setSystemTime('2026-04-08T09:04:00Z');
  await invoke(handler, {});
  expect(mails()).toHaveLength(1);
});

it('the subscriptions function asks anew whoever should be subscribed, with the filter of the topic', async () => {
  sns
    .on(ListSubscriptionsByTopicCommand, { TopicArn: 'level-1' })
    .resolves({ Subscriptions: [at('ada', 'PendingConfirmation'), at('ben')] })
    .on(ListSubscriptionsByTopicCommand, { TopicArn: 'operations' })
    .resolves({})
    .on(SubscribeCommand)
    .resolves({});
  expect(await invoke(handler, { do: 'subscribe' })).toEqual({
    offered: [
      { topic: 'level 1', person: 'ada', protocol: 'email' },
      { topic: 'operations', person: 'olga', protocol: 'email' },
    ],
  });
  expect(sns.commandCalls(SubscribeCommand).map(({ args: [{ input }] }) => input)).toEqual([
    {
      ...{ TopicArn: 'level-1', Protocol: 'email', Endpoint: 'ada@mockupaws.com' },
      Attributes: { FilterPolicy: '{"person":["ada"]}' },
    },
    { TopicArn: 'operations', Protocol: 'email', Endpoint: 'olga@mockupaws.com' },
  ]);
});
