import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { handler as intake } from '../../lambda/functions/intake/handler.ts';
import { handler as watch } from '../../lambda/functions/watch/handler.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import { close, listen, urlOf } from '../support/loopback.ts';
import { ALARM, committed, invoke, openIncident, setMinute, stored, useResponder } from '../support/responder.ts';
import { minute, of } from '../support/story.ts';

useResponder({
  RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response',
  ...{ MAINTENANCE_PARAMETER: 'until', AUTOMATION_PARAMETER: 'on' },
});

// The same limits, a tenth as long: nobody waits for the tests.
vi.mock(import('../../lambda/adapters/patience.ts'), async original => {
  const { PATIENCE } = await original();
  const { connectionTimeout, requestTimeout, ...others } = PATIENCE.requestHandler;
  const tenth = { connectionTimeout: connectionTimeout / 10, requestTimeout: requestTimeout / 10 };
  return { PATIENCE: { ...PATIENCE, requestHandler: { ...others, ...tenth } } };
});

/** Takes every request, and answers none. */
const silent = createServer();

beforeAll(() => listen(silent));
afterAll(() => close(silent));
beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', urlOf(silent));
  vi.stubGlobal('fetch', async () => new Response());
});

it('an alarm opens an incident while Systems Manager and Step Functions give no answer', async () => {
  const body = JSON.stringify({
    ...{ id: '1', 'detail-type': 'CloudWatch Alarm State Change' },
    detail: { alarmName: ALARM, state: { value: 'ALARM', timestamp: minute(0) } },
  });
  const attributes = { ApproximateReceiveCount: '1' };
  const message = { messageId: 'message', receiptHandle: 'receipt', body, attributes };
  void invoke(intake, { Records: [message] });
  await expect.poll(async () => (await openIncidents()).incidents.length, { timeout: 300_000 }).toBe(1);
});

it('people are called at the next level while no other service gives the watch an answer', async () => {
  await openIncident();
  await committed({ type: 'set severity', id: 'severity', by: 'ada', severity: 'P1', reason: 'as I see it' });
  setMinute(30);
  void invoke(watch, { 'detail-type': 'Scheduled Event' }).catch(() => undefined);
  const levels = async () => of((await stored()).timeline, 'Escalated').map(({ level }) => level);
  await expect.poll(levels, { timeout: 300_000 }).toContain(2);
});
