import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { IncidentFunction } from '../platform/incident-function.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';

export interface CommandProps extends ResponderParts {
  stateMachine: StateMachine;
}

/** Does what people do to incidents, whether they use links, a channel or the command line. */
export class Command extends IncidentFunction {
  constructor(scope: Construct, id: string, { config, incidents, stateMachine }: CommandProps) {
    super(scope, id, {
      folder: 'functions/command',
      description: 'What people do to incidents',
      reads: ['deployment', 'policy'],
      incidents,
      environment: { RESPONSE_STATE_MACHINE: stateMachine.stateMachineArn },
    });
    this.addToRolePolicy({ actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] });
    incidents.grantOpen(this);
    incidents.grantFind(this);
    incidents.grantList(this);
    incidents.grantHistory(this);
    incidents.grantReadRunbookReview(this, config.service);
  }
}
