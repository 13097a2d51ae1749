import { Construct } from 'constructs';
import { IncidentFunction } from '../platform/incident-function.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';
import { type BoundPlaybook, environmentOf } from '../playbooks/playbook.ts';
import { AutomationDocument } from '../remedies/automation-document.ts';
import { addDatabaseCopies } from './database-copies.ts';
import { ecsServiceArn, grantInvestigate } from './investigation.ts';

export interface ConsoleRunbooksProps extends ResponderParts {
  playbooks: readonly BoundPlaybook[];
}

/** Runbooks that a person starts from the console. No plan contains them: the responder looks and tests by itself, and copies nothing. */
export class ConsoleRunbooks extends Construct {
  constructor(scope: Construct, id: string, { config, incidents, playbooks }: ConsoleRunbooksProps) {
    super(scope, id);
    const investigate = new IncidentFunction(this, 'InvestigateFunction', {
      folder: 'runbooks/investigate',
      description: 'Investigates for a person, without an incident',
      reads: ['deployment', 'policy'],
      incidents,
      environment: environmentOf(playbooks),
    });
    grantInvestigate(investigate, config, playbooks);
    incidents.grantReadAwsIssues(investigate);
    const smokeTest = new IncidentFunction(this, 'SmokeTestFunction', {
      folder: 'runbooks/smoke-test',
      description: 'Whether the service serves people now',
      reads: ['deployment'],
      incidents,
    })
      .addUnscopedReads('cloudwatch:GetMetricData')
      .addToRolePolicy({ actions: ['ecs:DescribeServices'], resources: [ecsServiceArn(config)] });
    for (const [runbook, worker] of Object.entries({ investigate, 'smoke-test': smokeTest }))
      new AutomationDocument(this, runbook, {
        runbook,
        service: config.service,
        worker,
      });
    addDatabaseCopies(this, config);
  }
}
