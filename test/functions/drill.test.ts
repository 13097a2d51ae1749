import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { observeAlarms } from '../../lambda/adapters/alarms.ts';
import { commitObservedSignals } from '../../lambda/readings/service-state.ts';
import { ALARM, openIncident, setMinute, stored, useResponder } from '../support/responder.ts';
import { START, types } from '../support/story.ts';

useResponder();
const alarms = mockClient(CloudWatchClient);

it('a drill becomes real when its alarm still fires ten minutes after it was set', async () => {
  alarms.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [
      {
        AlarmName: ALARM,
        StateValue: 'ALARM',
        StateReason: '[DRILL] set off by ada',
        StateTransitionedTimestamp: new Date(START),
      },
    ],
  });
  const incident = await openIncident(undefined, { drill: true });
  setMinute(9);
  await commitObservedSignals(incident, await observeAlarms(incident));
  expect((await stored()).drill).toBe(true);
  setMinute(10);
  for (const _ of ['once', 'asked again'])
    await commitObservedSignals(await stored(), await observeAlarms(await stored()));
  const { drill, timeline } = await stored();
  expect(drill).toBe(false);
  expect(types(timeline).filter(type => type === 'DrillBecameReal')).toHaveLength(1);
  expect(JSON.stringify(timeline)).toContain('still ALARM 10 min after it was set for a drill');
});
