import { PublishCommand } from '@aws-sdk/client-sns';
import { expect, it, vi } from 'vitest';
import { RUNBOOK_SEVERITIES } from '../../lambda/domain/incident/runbook-policy.ts';
import { handler } from '../../lambda/functions/stakeholders/handler.ts';
import { useTopics } from '../support/aws-mocks.ts';
import { busEvent, committed, invoke, openIncident, setMinute, stored, useResponder } from '../support/responder.ts';
import { of } from '../support/story.ts';

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:notices';
useResponder({ NOTICES_TOPIC: TOPIC, STAKEHOLDERS: 'dora,emil' });
const { sns, messages } = useTopics();

/** An incident of which stakeholders are told. */
const opened = () => openIncident(undefined, {}, { severities: RUNBOOK_SEVERITIES });

/** The bus's event of the last update to an audience. */
async function told(to: 'stakeholders' | 'public') {
  const { seq = 99 } = of((await stored()).timeline, 'UpdatePosted').findLast(update => update.to === to) ?? {};
  return busEvent({ seq });
}

const posts = (internal: boolean) =>
  committed({ type: 'post update', id: 'update', by: 'ada', text: 'we are looking', internal });

it('the stakeholders function mails an update once, however often the event comes, and records the delivery', async () => {
  await opened();
  await posts(true);
  const event = await told('stakeholders');
  await invoke(handler, event);
  await invoke(handler, event);
  expect(messages()).toEqual([
    {
      TopicArn: TOPIC,
      Subject: '[INCIDENT] P2 - mockupAWS Database Connections Exhausted - identified',
      Message: expect.stringContaining('we are looking'),
      MessageAttributes: { person: { DataType: 'String.Array', StringValue: '["dora","emil"]' } },
    },
  ]);
  expect(of((await stored()).timeline, 'MessageDelivered')).toMatchObject([{ channel: 'stakeholders' }]);
});

it('the stakeholders function does not mail updates for customers', async () => {
  await opened();
  await posts(true);
  const about = of((await stored()).timeline, 'UpdatePosted')[0]?.seq ?? 0;
  await committed({ type: 'record delivery', id: 'other', about, channel: 'subscribers' });
  const event = busEvent({ seq: about + 1 });
  await invoke(handler, event);
  expect(sns.calls()).toHaveLength(0);
});

it('the stakeholders function fails when the mail did not go out, records no delivery, and succeeds when tried again', async () => {
  sns.on(PublishCommand).rejectsOnce(new Error('Throttled')).resolves({});
  await opened();
  await posts(true);
  await expect(invoke(handler, await told('stakeholders'))).rejects.toThrow('Throttled');
  expect(of((await stored()).timeline, 'MessageDelivered')).toEqual([]);
  await invoke(handler, await told('stakeholders'));
  expect(of((await stored()).timeline, 'MessageDelivered')).toHaveLength(1);
});

it('the stakeholders function sends nothing without stakeholders, and says so', async () => {
  vi.stubEnv('STAKEHOLDERS', '');
  await opened();
  await posts(true);
  await expect(invoke(handler, await told('stakeholders'))).resolves.toMatchObject({ sent: [] });
  expect(sns.calls()).toHaveLength(0);
});

it('the stakeholders function does not mail an automatic update that a later one has overtaken', async () => {
  await opened();
  await posts(true);
  setMinute(30);
  await committed({ type: 'fulfil', id: 'routine', obligation: { type: 'post update', to: 'stakeholders' } });
  const first = await told('stakeholders');
  await committed({ type: 'post update', id: 'later', by: 'ada', text: 'we have found it', internal: true });
  await invoke(handler, await told('stakeholders'));
  await expect(invoke(handler, first)).resolves.toMatchObject({ sent: [] });
  expect(messages()).toHaveLength(1);
});
