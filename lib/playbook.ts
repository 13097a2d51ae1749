import { Tags } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, type CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { ALARM_TAGS } from '../lambda/adapters/alarm-event.ts';
import type { PlaybookPolicy } from '../lambda/domain/policy.ts';
import type { SignalLevel } from '../lambda/domain/signal.ts';
import type { ServiceConfig } from './config.ts';
import type { Runbook } from './runbook.ts';

/** One common incident: a file in `lib/playbooks`, its runbooks, and nothing else to change. */
export interface Playbook {
  /** The construct's id and the name in tags, incidents and messages. */
  readonly name: string;
  /** Adds its alarms and runbooks to the scope, and says how the incident is met. */
  bind(scope: Construct, config: ServiceConfig): BoundPlaybook;
}

export interface BoundPlaybook {
  policy: PlaybookPolicy;
  runbooks: Runbook[];
}

export interface ServiceAlarmProps extends Omit<AlarmProps, 'alarmName'> {
  playbook: string;
  level: SignalLevel;
  /** What distinguishes it among the playbook's alarms, as `connections-critical`. */
  suffix: string;
  /** The line an operator reads when it fires. */
  alarmDescription: string;
}

/**
 * An alarm whose tags, carried in its events, say whose it is: `intake` is reached by any alarm so tagged, a user's own
 * too. It has no action of its own; the event is what counts.
 */
export function serviceAlarm(scope: Construct, { service }: ServiceConfig, props: ServiceAlarmProps): string {
  const { playbook, level, suffix, ...alarmProps } = props;
  const alarmName = `${service}-${suffix}`;
  const alarm = new Alarm(scope, suffix, { ...alarmProps, alarmName });
  (alarm.node.defaultChild as CfnAlarm).actionConfiguration = { alarmTagsPropagation: { enabled: true } };
  Tags.of(alarm).add(ALARM_TAGS.service, service);
  Tags.of(alarm).add(ALARM_TAGS.playbook, playbook);
  Tags.of(alarm).add(ALARM_TAGS.level, level);
  return alarmName;
}
