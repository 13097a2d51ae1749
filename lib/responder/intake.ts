import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ALARM_TAGS } from '../../lambda/domain/incident/signal.ts';
import { IncidentFunction } from '../platform/incident-function.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';
import type { BoundPlaybook } from '../playbooks/playbook.ts';

export interface IntakeProps extends ResponderParts {
  playbooks: readonly BoundPlaybook[];
  stateMachine: StateMachine;
}

/** Receives the alarms of the service. The rule knows them by their tags or, should CloudWatch not have read those, by name. */
export class Intake extends IncidentFunction {
  constructor(scope: Construct, id: string, props: IntakeProps) {
    const { config, deployed, incidents, ownAlarms, playbooks, stateMachine } = props;
    const deadLetters = ownAlarms.addDeadLetterQueue('Intake', 'Signals that did not become an incident');
    super(scope, id, {
      folder: 'functions/intake',
      description: 'A signal opens, joins or clears an incident',
      deadLetters,
      deployed,
      incidents,
      environment: { RESPONSE_STATE_MACHINE: stateMachine.stateMachineArn },
    });
    incidents.grantOpen(this);
    this.addToRolePolicy({ actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] });
    const alarmName = playbooks.flatMap(({ policy }) => Object.keys(policy.alarms));
    new Rule(this, 'Alarms', {
      description: `Alarms of ${config.service}`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { $or: [{ alarmTags: { [ALARM_TAGS.service]: [config.service] } }, { alarmName }] },
      },
      targets: [new LambdaFunction(this.function, { deadLetterQueue: deadLetters })],
    });
  }
}
