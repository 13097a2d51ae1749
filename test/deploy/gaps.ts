import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { SSMClient, StartAutomationExecutionCommand } from '@aws-sdk/client-ssm';
import type { Emulator } from './emulator.ts';
import { subscribe } from './inbox.ts';
import { until } from './poll.ts';

/** What the emulator answers to the start of an Automation. */
export async function errorOfAutomation({ client }: Emulator): Promise<string> {
  const start = new StartAutomationExecutionCommand({ DocumentName: 'AWS-RestartEC2Instance' });
  return new SSMClient(client).send(start).then(
    () => 'none',
    (error: Error) => error.name,
  );
}

/** The sources of the events that come when an alarm goes off; the last one is a marker put right behind it. */
export async function eventsOfAnAlarm({ client }: Emulator): Promise<string[]> {
  const sns = new SNSClient(client);
  const events = new EventBridgeClient(client);
  const alarms = new CloudWatchClient(client);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'gap-alarm-events' }));
  const inbox = await subscribe(sns, TopicArn);
  try {
    const rule = { Name: 'gap-alarm-events', EventPattern: JSON.stringify({ source: ['aws.cloudwatch', 'marker'] }) };
    await events.send(new PutRuleCommand(rule));
    await events.send(new PutTargetsCommand({ Rule: rule.Name, Targets: [{ Id: 'topic', Arn: TopicArn }] }));
    await alarms.send(
      new PutMetricAlarmCommand({
        AlarmName: 'gap-alarm-events',
        Namespace: 'Gap',
        MetricName: 'Gap',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    const goOff = { AlarmName: 'gap-alarm-events', StateValue: 'ALARM', StateReason: 'to see what comes' } as const;
    await alarms.send(new SetAlarmStateCommand(goOff));
    await events.send(new PutEventsCommand({ Entries: [{ Source: 'marker', DetailType: 'Marker', Detail: '{}' }] }));
    const sources = () => inbox.notifications.map(({ Message }): string => JSON.parse(Message).source);
    await until('the marker', async () => sources().includes('marker') || undefined);
    return sources();
  } finally {
    inbox.close();
  }
}
