import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import {
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
  type Tag,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { ALARM_TAGS, alarmPrefix, isDrill, type SignalLevel } from '../domain/incident/signal.ts';
import { minutesBetween } from '../domain/kernel/time.ts';
import type { RedAlarm } from '../domain/on-call/direct-page.ts';

const cloudwatch = new CloudWatchClient({});
const tagging = new ResourceGroupsTaggingAPIClient({});

/**
 * The alarms of a service that are red, those of playbooks and those of users, by their tags; without what is red for a drill.
 * When tags cannot be read, the alarms of playbooks are known by their names, and their level is not.
 */
export async function readRedAlarms(service: string, now: string): Promise<RedAlarm[]> {
  const [red, levels] = await Promise.all([readRed(), readLevels(service).catch(unread)]);
  return red
    .filter(({ arn, name }) => levels.has(arn) || name.startsWith(alarmPrefix(service)))
    .filter(({ reason, since }) => !isDrill(reason, minutesBetween(since, now)))
    .map(({ arn, name, title, since }) => ({ name, title, since, level: levels.get(arn) }));
}

async function readRed() {
  const red: (RedAlarm & { arn: string; reason: string | undefined })[] = [];
  const question = { StateValue: 'ALARM', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] } as const;
  for await (const page of paginateDescribeAlarms(
    { client: cloudwatch },
    { ...question, AlarmTypes: [...question.AlarmTypes] },
  ))
    for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
      const { AlarmArn: arn, AlarmName: name = '', AlarmDescription: title = name, StateReason: reason } = alarm;
      const since = (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.toISOString();
      if (arn && since) red.push({ arn, name, title, since, reason });
    }
  return red;
}

/** The levels of the alarms that are tagged for the service, by their ARNs. */
async function readLevels(service: string): Promise<Map<string, SignalLevel | undefined>> {
  const levels = new Map<string, SignalLevel | undefined>();
  const pages = paginateGetResources(
    { client: tagging },
    { ResourceTypeFilters: ['cloudwatch:alarm'], TagFilters: [{ Key: ALARM_TAGS.service, Values: [service] }] },
  );
  for await (const { ResourceTagMappingList = [] } of pages)
    for (const { ResourceARN, Tags = [] } of ResourceTagMappingList)
      if (ResourceARN) levels.set(ResourceARN, levelOf(Tags));
  return levels;
}

function levelOf(tags: Tag[]): SignalLevel | undefined {
  const level = tags.find(({ Key }) => Key === ALARM_TAGS.level)?.Value;
  return level === 'info' || level === 'warning' || level === 'critical' ? level : undefined;
}

function unread({ name }: Error): Map<string, undefined> {
  console.error({ message: 'the tags of alarms cannot be read: they are known by their names alone', error: name });
  return new Map();
}
