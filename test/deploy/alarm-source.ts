import {
  type EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type Rule,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';

export interface AlarmEvent {
  version: '0';
  id: string;
  'detail-type': 'CloudWatch Alarm State Change';
  source: 'aws.cloudwatch';
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: { alarmName: string; alarmTags?: Record<string, string>; state: unknown; [more: string]: unknown };
}

export interface AlarmSource {
  /** Puts the event on the default bus, and says which of the app's rules match it. */
  put(event: AlarmEvent): Promise<string[]>;
}

const STAND_IN = 'emulated.cloudwatch';

// What the target gets is the event with the source it would have had.
const asFromCloudWatch = {
  InputPathsMap: {
    id: '$.id',
    type: '$.detail-type',
    account: '$.account',
    time: '$.time',
    region: '$.region',
    resources: '$.resources',
    detail: '$.detail',
  },
  InputTemplate:
    '{"version":"0","id":<id>,"detail-type":<type>,"source":"aws.cloudwatch","account":<account>,' +
    '"time":<time>,"region":<region>,"resources":<resources>,"detail":<detail>}',
};

async function makeTwin(events: EventBridgeClient, { Name, EventPattern = '{}' }: Rule): Promise<void> {
  const twin = `twin-${Name}`.slice(0, 64);
  const pattern = { ...JSON.parse(EventPattern), source: [STAND_IN] };
  await events.send(new PutRuleCommand({ Name: twin, EventPattern: JSON.stringify(pattern) }));
  const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
  const transformed = Targets.map(target => {
    const hasOwnInput = target.Input ?? target.InputPath ?? target.InputTransformer;
    return hasOwnInput === undefined ? { ...target, InputTransformer: asFromCloudWatch } : target;
  });
  await events.send(new PutTargetsCommand({ Rule: twin, Targets: transformed }));
}

/**
 * Nobody but AWS may put events with an `aws.` source on a bus, and the emulator's alarms put none. So each rule
 * of the app that listens to CloudWatch gets a twin: the same pattern and the same targets, but for the source.
 */
export async function alarmSource(events: EventBridgeClient): Promise<AlarmSource> {
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const listening = Rules.filter(rule => rule.EventPattern?.includes('"aws.cloudwatch"'));
  for (const rule of listening) await makeTwin(events, rule);
  return {
    async put(event) {
      const matching: string[] = [];
      for (const { Name = '', EventPattern } of listening) {
        const test = new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(event) });
        if ((await events.send(test)).Result) matching.push(Name);
      }
      const entry = {
        Source: STAND_IN,
        DetailType: event['detail-type'],
        Resources: event.resources,
        Detail: JSON.stringify(event.detail),
      };
      const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries: [entry] }));
      if (FailedEntryCount !== 0) throw new Error('The bus did not take the event.');
      return matching;
    },
  };
}
