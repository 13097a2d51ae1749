import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { handler } from '../../lambda/functions/intake/handler.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { ALARM, invoke, stored, useResponder } from '../support/responder.ts';

useResponder({ RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response' });
const { workflows } = useWorkflows();

const RULE = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:upgrade';
const ENDS = '2026-04-07T10:30:00.000Z';

const receive = (detail: object, state: object) =>
  invoke(handler, {
    Records: [
      {
        ...{ messageId: '1', receiptHandle: '1', attributes: { ApproximateReceiveCount: '1' } },
        body: JSON.stringify({
          ...{ id: 'event', 'detail-type': 'CloudWatch Alarm State Change' },
          detail: {
            alarmName: ALARM,
            state: { value: 'ALARM', timestamp: '2026-04-07T09:29:40.000+0000', ...state },
            ...detail,
          },
        }),
      },
    ],
  });

it.each<[string, object, object, object | undefined]>([
  [
    'is held while a mute rule covers it',
    { muteDetail: { mutedByArn: RULE, muteWindowEnd: ENDS } },
    {},
    { source: 'mute rule', reason: 'upgrade', until: ENDS },
  ],
  [
    'is held while its actions are suppressed, a day at most where nobody says until when',
    {},
    { actionsSuppressedBy: 'Alarm', actionsSuppressedReason: 'Actions suppressed by Alarm: planned' },
    { source: 'suppression', reason: 'Actions suppressed by Alarm: planned', until: '2026-04-08T09:29:40.000Z' },
  ],
  [
    'is held while it waits for its suppressor, as long as it waits',
    { configuration: { actionsSuppressorWaitPeriod: 120 } },
    { actionsSuppressedBy: 'WaitPeriod' },
    { source: 'suppression', reason: 'WaitPeriod', until: '2026-04-07T09:31:40.000Z' },
  ],
  [
    'opens an incident when the mute is over by the time it is heard of',
    { muteDetail: { mutedByArn: RULE, muteWindowEnd: '2026-04-07T09:29:59.000+0000' } },
    {},
    undefined,
  ],
])('an alarm %s', async (_, detail, state, held) => {
  await receive(detail, state);
  expect((await stored()).held).toEqual(held);
  expect(workflows.commandCalls(StartExecutionCommand)).toHaveLength(held ? 0 : 1);
});
