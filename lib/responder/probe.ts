import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { IncidentFunction } from '../platform/incident-function.ts';
import { grantPutMetrics } from '../platform/own-metrics.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';
import { type BoundPlaybook, environmentOf } from '../playbooks/playbook.ts';
import { grantReadDatabase, grantReadService } from './investigation.ts';

export interface ProbeProps extends ResponderParts {
  playbooks: readonly BoundPlaybook[];
}

/** Measures the service once a minute. Alarms of playbooks stand on its metrics, and the status page shows them. */
export class Probe extends IncidentFunction {
  constructor(scope: Construct, id: string, { config, incidents, ownAlarms, playbooks }: ProbeProps) {
    const deadLetters = ownAlarms.addDeadLetterQueue('Probe', 'Minutes in which the service could not be measured');
    super(scope, id, {
      folder: 'functions/probe',
      description: 'Once a minute: health URLs, errors, tasks and deployments, as metrics',
      deadLetters,
      reads: ['deployment'],
      incidents,
      environment: environmentOf(playbooks),
    });
    grantReadService(this, config);
    grantReadDatabase(this, config);
    this.addUnscopedReads('cloudwatch:GetMetricData');
    grantPutMetrics(this);
    this.addToRolePolicy(...playbooks.flatMap(({ permissions }) => permissions?.probe ?? []));
    new Rule(this, 'EveryMinute', {
      description: 'Once a minute',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(this.function, { deadLetterQueue: deadLetters, retryAttempts: 0 })],
    });
  }
}
