import { CloudWatchClient, GetAlarmMuteRuleCommand, paginateListAlarmMuteRules } from '@aws-sdk/client-cloudwatch';
import type { Maintenance } from '../domain/incident/maintenance.ts';
import { PATIENCE } from './patience.ts';

const client = new CloudWatchClient(PATIENCE);

/**
 * The mute rules of this account and region that mute alarms now. Most of the time there are none, so they are listed for all alarms
 * at once. CloudWatch does not say when the window of a recurring rule ends.
 */
export async function activeMuteRules(): Promise<Maintenance[]> {
  const names: string[] = [];
  for await (const { AlarmMuteRuleSummaries = [] } of paginateListAlarmMuteRules({ client }, { Statuses: ['ACTIVE'] }))
    names.push(...AlarmMuteRuleSummaries.map(({ AlarmMuteRuleArn = '' }) => muteRuleName(AlarmMuteRuleArn)));
  return Promise.all(names.map(readMuteRule));
}

async function readMuteRule(AlarmMuteRuleName: string): Promise<Maintenance> {
  const { MuteTargets, Description } = await client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName }));
  const reason = Description ? `${AlarmMuteRuleName}, ${Description}` : AlarmMuteRuleName;
  return { source: 'mute rule', scope: { alarms: MuteTargets?.AlarmNames ?? [] }, reason };
}

/** The rule's name, at the end of its ARN. */
const muteRuleName = (arn: string) => arn.split(':').slice(6).join(':');
