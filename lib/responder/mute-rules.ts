import { Validations } from 'aws-cdk-lib';
import { arn, arnInFindings } from '../platform/arn.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';

/** Lets the function read which alarms mute rules mute now. */
export function grantReadMuteRules(fn: ResponderFunction): void {
  fn.addUnscopedReads('cloudwatch:ListAlarmMuteRules');
  fn.addToRolePolicy({ actions: ['cloudwatch:GetAlarmMuteRule'], resources: [arn('cloudwatch', 'alarm-mute-rule:*')] });
  Validations.of(fn.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${arnInFindings('cloudwatch', 'alarm-mute-rule:*')}]`,
    reason: 'Any mute rule of the account may mute an alarm of the service; it is only read.',
  });
}
