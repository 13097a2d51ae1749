import { ConfirmSubscriptionCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { confirmSubscription } from '../../bin/confirm-subscription.ts';

const sns = mockClient(SNSClient);
beforeEach(() => {
  sns.reset();
  sns.on(ConfirmSubscriptionCommand).resolves({ SubscriptionArn: `${TOPIC}:1` });
});

const SERVICE = 'mockupaws-production';
const TOPIC = `arn:aws:sns:us-east-1:123456789012:${SERVICE}-incident-response-IncidentResponsePagingLevel1-AbC123`;
const HOST = 'https://sns.us-east-1.amazonaws.com';
/** As the e-mail has it. */
const LINK = `${HOST}/confirmation.html?TopicArn=${TOPIC}&Token=2336412f37fb687f5d51&Endpoint=ada@mockupaws.com`;

it.each([LINK, `${HOST}/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37fb687f5d51`])(
  'confirmSubscription confirms so that only the account can unsubscribe: %s',
  async link => {
    const regions: string[] = [];
    const connect = (region: string) => {
      regions.push(region);
      return new SNSClient({ region });
    };
    expect(await confirmSubscription(link, SERVICE, connect)).toBe(`${TOPIC}:1`);
    expect(sns.commandCalls(ConfirmSubscriptionCommand).map(({ args }) => args[0].input)).toEqual([
      { TopicArn: TOPIC, Token: '2336412f37fb687f5d51', AuthenticateOnUnsubscribe: 'true' },
    ]);
    expect(regions).toEqual(['us-east-1']);
  },
);

describe('confirmSubscription sends nothing to SNS for', () => {
  it.each([
    [
      'text that is no link',
      'confirm',
      'this is no link: expected https://sns.REGION.amazonaws.com/confirmation.html?',
    ],
    ['a link without encryption', LINK.replace('https', 'http'), 'this is no link to SNS'],
    [
      'a link to another host',
      LINK.replace('.amazonaws.com/', '.amazonaws.com.example.org/'),
      'this is no link to SNS',
    ],
    ['a link with the SNS host as its user name', LINK.replace('https://', 'https://sns@'), 'this is no link to SNS'],
    ['a link to another port', LINK.replace('.com/', '.com:8443/'), 'this is no link to SNS'],
    ['a link to unsubscribe', LINK.replace('confirmation', 'unsubscribe'), 'this link confirms no subscription'],
    ['a link cut off by the shell at its first &', LINK.split('&')[0] ?? '', 'this link is not complete: expected'],
    ['a link to a topic of another region', LINK.replace(':us-east-1:', ':eu-west-1:'), 'this link is not complete'],
    [
      'a link to a topic of another service',
      LINK.replaceAll(SERVICE, 'shop'),
      'this link is of the topic shop-incident-response-IncidentResponsePagingLevel1-AbC123, which is none of mockupaws-production',
    ],
  ])('%s', async (_, link, fault) => {
    await expect(confirmSubscription(link, SERVICE)).rejects.toThrow(fault);
    expect(sns.commandCalls(ConfirmSubscriptionCommand)).toEqual([]);
  });
});
