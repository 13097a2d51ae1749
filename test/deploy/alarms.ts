import { randomUUID } from 'node:crypto';
import { type CloudWatchClient, DescribeAlarmsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch';
import {
  type EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { ACCOUNT, REGION } from './emulator.ts';

/** The event that CloudWatch sends when this alarm, as it is deployed, goes off. */
export async function alarmEvent(cloudWatch: CloudWatchClient, alarmName: string) {
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [alarmName] }));
  const [alarm] = MetricAlarms;
  const tagged = await cloudWatch.send(new ListTagsForResourceCommand({ ResourceARN: alarm?.AlarmArn }));
  const timestamp = new Date().toISOString();
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: ACCOUNT,
    time: timestamp,
    region: REGION,
    resources: [alarm?.AlarmArn],
    detail: {
      alarmName,
      alarmTags: Object.fromEntries((tagged.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
      configuration: { description: alarm?.AlarmDescription, metrics: [] },
      previousState: { value: 'OK', timestamp },
      state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp },
    },
  };
}

export type AlarmEvent = Awaited<ReturnType<typeof alarmEvent>>;

const STAND_IN = 'stand-in.for.cloudwatch';

/**
 * Nobody but AWS may put events with an `aws.` source on a bus, and the emulator's alarms put none. So each rule of the
 * app that listens to CloudWatch gets a twin, which matches the rule's own pattern against an event carried within
 * another, and hands the inner one to the rule's own targets. Gives the function that puts such events.
 */
export async function alarmSource(events: EventBridgeClient): Promise<(event: AlarmEvent) => Promise<void>> {
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  for (const { Name, EventPattern } of Rules.filter(rule => rule.EventPattern?.includes('"aws.cloudwatch"'))) {
    const twin = `twin-${Name}`.slice(0, 64);
    const pattern = JSON.stringify({ source: [STAND_IN], detail: JSON.parse(EventPattern ?? '{}') });
    await events.send(new PutRuleCommand({ Name: twin, EventPattern: pattern }));
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    const inner = Targets.map(target => ({ ...target, InputPath: '$.detail' }));
    await events.send(new PutTargetsCommand({ Rule: twin, Targets: inner }));
  }
  return async event => {
    const entry = { Source: STAND_IN, DetailType: 'Carried', Detail: JSON.stringify(event) };
    const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries: [entry] }));
    if (FailedEntryCount !== 0) throw new Error('The bus did not take the event.');
  };
}
