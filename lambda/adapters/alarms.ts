import {
  type AlarmType,
  CloudWatchClient,
  type CompositeAlarm,
  type DescribeAlarmsCommandInput,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { Incident } from '../domain/incident/incident.ts';
import { ALARM_TAGS, type AlarmState, type Signal } from '../domain/incident/signal.ts';
import type { DescribedAlarm } from '../domain/intake/described-alarm.ts';
import { alarmNames, observedSignals } from '../domain/intake/observed-alarms.ts';
import { PATIENCE } from './patience.ts';

const client = new CloudWatchClient(PATIENCE);
const tagging = new ResourceGroupsTaggingAPIClient(PATIENCE);

/** CloudWatch describes metric alarms only, unless it is asked for both. */
const AlarmTypes: AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

/** Names in a request, and alarms on a page, at most. */
const PAGE = 100;

/** The current signals of an incident's alarms. */
export async function observeAlarms(incident: Incident): Promise<Signal[]> {
  return observedSignals(incident, await alarmsOf(incident), new Date().toISOString());
}

/** The alarms behind an incident's signals. */
export const alarmsOf = (incident: Incident): Promise<DescribedAlarm[]> => alarmsNamed(alarmNames(incident));

/**
 * Every alarm of this account and region that is in the state.
 *
 * @param found grows page by page: it holds what was read before a page failed
 */
export const alarmsIn = (state: AlarmState, found: DescribedAlarm[] = []): Promise<DescribedAlarm[]> =>
  describeAll({ StateValue: state }, found);

/** The alarms of these names, as far as they are in this account and region. */
export async function alarmsNamed(names: readonly string[]): Promise<DescribedAlarm[]> {
  const pages = Array.from({ length: Math.ceil(names.length / PAGE) }, (_, i) => names.slice(i * PAGE, (i + 1) * PAGE));
  return (await Promise.all(pages.map(AlarmNames => describeAll({ AlarmNames: [...AlarmNames] })))).flat();
}

async function describeAll(input: DescribeAlarmsCommandInput, found: DescribedAlarm[] = []): Promise<DescribedAlarm[]> {
  const pages = paginateDescribeAlarms({ client }, { ...input, AlarmTypes, MaxRecords: PAGE });
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages)
    found.push(...MetricAlarms.map(describe), ...CompositeAlarms.map(describe));
  return found;
}

const describe = (alarm: MetricAlarm & CompositeAlarm): DescribedAlarm => ({
  name: alarm.AlarmName ?? '',
  description: alarm.AlarmDescription,
  state: alarm.StateValue,
  reason: alarm.StateReason,
  reasonData: alarm.StateReasonData,
  metric: judgedMetric(alarm),
  since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.toISOString(),
  suppressed: alarm.ActionsSuppressedBy && (alarm.ActionsSuppressedReason ?? alarm.ActionsSuppressedBy),
});

/** The metric that an alarm judges, if it is one alone. */
function judgedMetric({
  Namespace: namespace,
  MetricName: name,
  Statistic: statistic,
  Unit,
  Metrics = [],
}: MetricAlarm) {
  if (name) return { namespace, name, statistic, unit: Unit };
  const [only, ...others] = Metrics.flatMap(({ MetricStat }) => MetricStat ?? []);
  if (!only || others.length > 0) return undefined;
  return { namespace: only.Metric?.Namespace, name: only.Metric?.MetricName, statistic: only.Stat, unit: only.Unit };
}

/** The tags of alarms, by the alarm's name. */
export type TagsByAlarm = Record<string, Record<string, string>>;

/** The tags of the alarms whose tags name the service. */
export async function taggedAlarms(service: string): Promise<TagsByAlarm> {
  const query = {
    ResourceTypeFilters: ['cloudwatch:alarm'],
    TagFilters: [{ Key: ALARM_TAGS.service, Values: [service] }],
  };
  // An alarm may have the name of a property that every object has.
  const found: TagsByAlarm = Object.create(null);
  for await (const { ResourceTagMappingList = [] } of paginateGetResources({ client: tagging }, query))
    for (const { ResourceARN = '', Tags = [] } of ResourceTagMappingList) {
      const name = ResourceARN.split(':').slice(6).join(':');
      found[name] = Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
    }
  return found;
}
