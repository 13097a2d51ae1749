import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import { handler } from '../../lambda/functions/subscriptions/handler.ts';
import { publishedMetrics } from '../support/aws-mocks.ts';
import { deploy, invoke, useResponder } from '../support/responder.ts';

useResponder({ TOPICS: 'level-1,operations' });
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
  expect(published()).toEqual({ UnconfirmedSubscriptions: 2, LevelsWithoutAnybody: 1 });
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
  expect(published()).toEqual({ UnconfirmedSubscriptions: 0, LevelsWithoutAnybody: 0 });
});

it('the subscriptions function publishes nothing when it cannot read the list', async () => {
  sns.on(ListSubscriptionsByTopicCommand).rejects(new Error('Throttled'));
  await expect(invoke(handler, {})).rejects.toThrow('Throttled');
  expect(published()).toEqual({});
});
