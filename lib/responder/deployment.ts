import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DEPLOYMENT_RESOURCE, type DeploymentDocument } from '../../lambda/domain/deployed.ts';
import { IncidentFunction } from '../platform/incident-function.ts';
import type { IncidentsTable } from '../platform/incidents-table.ts';

export interface DeploymentProps {
  document: DeploymentDocument;
  incidents: IncidentsTable;
}

/** An event that is older than this is not delivered any more: CloudFormation may have given it up and rolled back. */
const MAXIMUM_AGE = Duration.minutes(5);

/**
 * Stores the configuration in the table, where the functions read it, and so that an incident keeps the policy it was opened under. A
 * function does it during the deployment, when every deploy-time value is known. Whatever uses the configuration must depend on
 * this construct.
 */
export class Deployment extends Construct {
  constructor(scope: Construct, id: string, { document, incidents }: DeploymentProps) {
    super(scope, id);
    const deploy = new IncidentFunction(this, 'Deploy', {
      folder: 'functions/deploy',
      description: 'Stores the configuration that a deployment brings',
      incidents,
      timeout: Duration.minutes(1),
    });
    incidents.grantDeploy(deploy);
    deploy.function.configureAsyncInvoke({ maxEventAge: MAXIMUM_AGE, retryAttempts: 2 });
    const resource = new CustomResource(this, 'Resource', {
      resourceType: DEPLOYMENT_RESOURCE,
      serviceToken: deploy.function.functionArn,
      serviceTimeout: MAXIMUM_AGE.plus(Duration.minutes(2)),
      properties: { Document: Stack.of(this).toJsonString(document) },
    });
    // The function needs its permissions before it is asked.
    resource.node.addDependency(deploy);
  }
}
