import { Validations } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ALARM_PREFIX, ALARM_TAGS } from '../../lambda/domain/incident/signal.ts';
import { arn, arnInFindings } from '../platform/arn.ts';
import { IncidentFunction } from '../platform/incident-function.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';

export interface IntakeProps extends ResponderParts {
  stateMachine: StateMachine;
}

/**
 * Receives the alarms of the service. The rule's pattern is the same for every configuration, as EventBridge limits its length: the
 * function itself ignores alarms of other services.
 */
export class Intake extends IncidentFunction {
  constructor(scope: Construct, id: string, props: IntakeProps) {
    const { config, incidents, ownAlarms, stateMachine } = props;
    const deadLetters = ownAlarms.addDeadLetterQueue('Intake', 'Signals that did not become an incident');
    super(scope, id, {
      folder: 'functions/intake',
      description: 'A signal opens, joins or clears an incident',
      deadLetters,
      reads: ['deployment', 'policy'],
      incidents,
      environment: { RESPONSE_STATE_MACHINE: stateMachine.stateMachineArn },
    });
    incidents.grantOpen(this);
    this.addToRolePolicy({ actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] });
    this.addToRolePolicy({ actions: ['cloudwatch:ListTagsForResource'], resources: [arn('cloudwatch', 'alarm:*')] });
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${arnInFindings('cloudwatch', 'alarm:*')}]`,
      reason: 'The name of an alarm whose tags CloudWatch could not read is not known before; only its tags are read.',
    });
    new Rule(this, 'Alarms', {
      description: `Alarms of ${config.service}`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: {
          $or: [
            { alarmTags: { [ALARM_TAGS.service]: [{ exists: true }] } },
            { alarmName: [{ prefix: ALARM_PREFIX }] },
            // The tags could not be read: intake asks for them.
            { alarmTagsStatus: [{ 'anything-but': 'SUCCESS' }] },
          ],
        },
      },
      targets: [new LambdaFunction(this.function, { deadLetterQueue: deadLetters })],
    });
  }
}
