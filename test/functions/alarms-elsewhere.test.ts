import { SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { sourceLabel } from '../../lambda/domain/incident/signal.ts';
import { alarmNames, observedSignals } from '../../lambda/domain/intake/observed-alarms.ts';
import { incidentLinks } from '../../lambda/domain/messages/incident-links.ts';
import { handler } from '../../lambda/functions/intake/handler.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { invoke, setMinute, stored, useResponder } from '../support/responder.ts';
import { minute } from '../support/story.ts';

useResponder({ RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response' });
useWorkflows();
mockClient(SQSClient);

const NAME = 'checkout-5xx';
const CACHE = { slot: 'mockupaws-production/CacheFailure', number: 1 };
const HERE = `alarm:${NAME}`;
const ELSEWHERE = `alarm:arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${NAME}`;

/** The event of an alarm that has this name in each region, as EventBridge forwards it. */
const change = (region: string, value: string, minutes: number, more = {}) => ({
  id: `${region} ${value}`,
  'detail-type': 'CloudWatch Alarm State Change',
  resources: [`arn:aws:cloudwatch:${region}:123456789012:alarm:${NAME}`],
  detail: {
    ...{ alarmName: NAME, state: { value, timestamp: minute(minutes), reason: 'Threshold Crossed' } },
    alarmTags: {
      'incident:service': 'mockupaws-production',
      'incident:playbook': 'CacheFailure',
      'incident:level': 'warning',
    },
    ...more,
  },
});

async function send(...events: unknown[]): Promise<void> {
  const Records = events.map((body, i) => ({
    ...{ messageId: `message ${i}`, receiptHandle: `receipt ${i}`, body: JSON.stringify(body) },
    attributes: { ApproximateReceiveCount: '1' },
  }));
  expect(await invoke(handler, { Records })).toEqual({ batchItemFailures: [] });
}

it.each([
  ['one batch', (events: unknown[]) => [events]],
  ['batches of one', (events: unknown[]) => events.map(event => [event])],
])('an alarm that clears does not clear one of its name in another region, in %s', async (_, batches) => {
  const deliver = async (events: unknown[]) => {
    for (const batch of batches(events)) await send(...batch);
  };
  await deliver([change('us-east-1', 'ALARM', 0), change('eu-west-1', 'ALARM', 0)]);
  setMinute(2);
  await deliver([change('eu-west-1', 'OK', 2)]);
  const { signals } = await stored(CACHE);
  expect(Object.entries(signals).map(([key, { state }]) => [key, state])).toEqual([
    [HERE, 'firing'],
    [ELSEWHERE, 'cleared'],
  ]);
});

it('CloudWatch is asked for the alarm here, whose answer leaves the last event of the other', async () => {
  await send(change('us-east-1', 'ALARM', 0), change('eu-west-1', 'ALARM', 0));
  const incident = await stored(CACHE);
  expect(alarmNames(incident)).toEqual([NAME]);
  const observed = observedSignals(incident, [{ name: NAME, state: 'OK', since: minute(2) }], minute(3));
  expect(observed.map(({ key, state }) => [key, state])).toEqual([
    [HERE, 'cleared'],
    [ELSEWHERE, 'firing'],
  ]);
});

it('a rule mutes the alarm of its own region alone', async () => {
  const muteDetail = { mutedByArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:deploy' };
  await send(change('eu-west-1', 'ALARM', 0, { muteDetail }), change('us-east-1', 'ALARM', 0));
  const { signals } = await stored(CACHE);
  expect(signals[ELSEWHERE]?.maintenance).toMatchObject({ source: 'mute rule', reason: 'deploy' });
  expect(signals[HERE]?.maintenance).toBeUndefined();
});

it('people read where the alarm is, and are led there', async () => {
  await send(change('eu-west-1', 'ALARM', 0));
  const there = `${NAME} (eu-west-1, account 123456789012)`;
  expect([HERE, ELSEWHERE].map(sourceLabel)).toEqual([`alarm ${NAME}`, `alarm ${there}`]);
  expect(incidentLinks(await stored(CACHE))).toContainEqual({
    label: `Alarm ${there}`,
    url: `https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/${NAME}`,
  });
});
