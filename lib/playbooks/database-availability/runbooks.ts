import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../../config/service-config.ts';
import { DatabaseFunction } from '../../platform/database-function.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { AutomationDocument } from '../../remedies/automation-document.ts';

const arn = (resource: string) => `arn:${Aws.PARTITION}:rds:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

/** Which of the instances are available. */
export const seeInstances = ({ database }: ServiceConfig) =>
  new PolicyStatement({
    actions: ['rds:DescribeDBInstances'],
    resources: database.instances.map(instance => arn(`db:${instance}`)),
  });

/** A function of its own asks the database: the probe and the diagnosis need not be in its VPC, and do not see its secret. */
export function writerStateFunction(scope: Construct, config: ServiceConfig) {
  const { function: fn } = new DatabaseFunction(scope, 'WriterStateFunction', config, {
    folder: 'functions/writer-state',
    description: `Whether ${config.database.cluster} accepts writes`,
    timeout: Duration.seconds(15),
  });
  const ask = new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] });
  return { functionName: fn.functionName, ask };
}

export function failOverRunbook(scope: Construct, config: ServiceConfig): AutomationDocument {
  const { cluster, instances } = config.database;
  const { function: fn, role } = new ResponderFunction(scope, 'FailOverDatabaseFunction', {
    folder: 'runbooks/fail-over-database',
    description: `Fails ${cluster} over to a reader`,
    environment: { INSTANCES: instances.join(',') },
  }).addToRolePolicy({
    actions: ['rds:DescribeDBClusters', 'rds:FailoverDBCluster'],
    resources: [arn(`cluster:${cluster}`)],
  });
  role.addToPolicy(seeInstances(config));
  return new AutomationDocument(scope, 'FailOverDatabase', {
    runbook: 'fail-over-database',
    service: config.service,
    defaults: { FunctionName: fn.functionName, ClusterIdentifier: cluster },
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
  });
}
