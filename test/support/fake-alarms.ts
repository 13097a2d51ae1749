import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  GetMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach } from 'vitest';
import type { AlarmState } from '../../lambda/domain/incident/signal.ts';

/** An alarm of the account. */
export interface FakeAlarm {
  state: AlarmState;
  /** When it came into its state. */
  since: string;
  reason?: string;
  composite?: boolean;
  tags?: Record<string, string>;
}

const PAGE = 100;

/** In the tests of a file, CloudWatch has these alarms, and describes them as it does: page by page, and only the types that it is asked for. */
export function useAlarms() {
  const cloudwatch = mockClient(CloudWatchClient);
  const tagging = mockClient(ResourceGroupsTaggingAPIClient);
  const alarms = new Map<string, FakeAlarm>();
  beforeEach(() => {
    alarms.clear();
    cloudwatch.reset();
    tagging.reset();
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
    cloudwatch.on(DescribeAlarmsCommand).callsFake(input => describe(alarms, input));
    tagging.on(GetResourcesCommand).callsFake(({ TagFilters: [{ Key, Values }] }) => ({
      ResourceTagMappingList: [...alarms]
        .filter(([, { tags = {} }]) => Values.includes(tags[Key]))
        .map(([name, { tags = {} }]) => ({
          ResourceARN: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`,
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        })),
    }));
  });
  return { cloudwatch, tagging, alarms };
}

function describe(alarms: Map<string, FakeAlarm>, input: DescribeAlarmsCommandInput) {
  const { AlarmNames, AlarmTypes = ['MetricAlarm'], StateValue, MaxRecords = 50, NextToken = '0' } = input;
  if ((AlarmNames?.length ?? 0) > PAGE || MaxRecords > PAGE) throw new Error('ValidationError: at most 100');
  const found = [...alarms]
    .filter(([name, { state }]) => (AlarmNames?.includes(name) ?? true) && (StateValue ?? state) === state)
    .filter(([, { composite }]) => AlarmTypes.includes(composite ? 'CompositeAlarm' : 'MetricAlarm'));
  const to = Number(NextToken) + MaxRecords;
  const page = found.slice(Number(NextToken), to).map(([name, { state, since, reason, composite }]) => ({
    composite,
    described: {
      ...{ AlarmName: name, StateValue: state, StateReason: reason },
      StateTransitionedTimestamp: new Date(since),
    },
  }));
  return {
    MetricAlarms: page.filter(({ composite }) => !composite).map(({ described }) => described),
    CompositeAlarms: page.filter(({ composite }) => composite).map(({ described }) => described),
    ...(to < found.length ? { NextToken: String(to) } : {}),
  };
}
