import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { IncidentFunction } from '../platform/incident-function.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';
import { grantReadMuteRules } from './mute-rules.ts';
import type { Switches } from './switches.ts';

export interface CommandProps extends ResponderParts {
  stateMachine: StateMachine;
  switches: Switches;
}

/** Does what people do to incidents, whether they use links, a channel or the command line. */
export class Command extends IncidentFunction {
  constructor(scope: Construct, id: string, { config, incidents, stateMachine, switches }: CommandProps) {
    super(scope, id, {
      folder: 'functions/command',
      description: 'What people do to incidents',
      reads: ['deployment', 'policy'],
      incidents,
      environment: { RESPONSE_STATE_MACHINE: stateMachine.stateMachineArn, ...switches.environment },
    });
    this.addToRolePolicy({ actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] });
    switches.grantRead(this);
    switches.grantOpenWindow(this);
    this.addUnscopedReads('cloudwatch:DescribeAlarms');
    grantReadMuteRules(this);
    incidents.grantOpen(this);
    incidents.grantFind(this);
    incidents.grantList(this);
    incidents.grantHistory(this);
    incidents.grantReadRunbookReview(this, config.service);
  }
}
