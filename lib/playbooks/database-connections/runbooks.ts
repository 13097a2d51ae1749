import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { ALWAYS_PROTECTED } from '../../config/database.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { DatabaseFunction } from '../../platform/database-function.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { AutomationDocument } from '../../remedies/automation-document.ts';

/** The largest share of the sessions that one run may end. */
export const KILL_SHARE = 0.8;

/** `ecs:service/a/b`, in this account and region. */
const arn = (resource: string) => `arn:${Aws.PARTITION}:${resource.replace(':', `:${Aws.REGION}:${Aws.ACCOUNT_ID}:`)}`;

/** The work is its function's. What of auto scaling it suspended stands in a parameter: nothing else is resumed. */
export function scaleServiceRunbook(scope: Construct, { service, ecs }: ServiceConfig): AutomationDocument {
  const suspended = new StringParameter(scope, 'SuspendedScaling', {
    parameterName: `/incident-response/${service}/suspended-scaling`,
    description: `What the responder has suspended of the auto scaling of ${ecs.service}, and will resume: "none", or in,out,scheduled`,
    stringValue: 'none',
  });
  const { function: fn, role } = new ResponderFunction(scope, 'ScaleServiceFunction', {
    folder: 'runbooks/scale-service',
    description: `Sets the number of tasks of ${ecs.service}`,
    environment: { SUSPENDED_PARAMETER: suspended.parameterName },
  })
    .addToRolePolicy({
      actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
      resources: [arn(`ecs:service/${ecs.cluster}/${ecs.service}`)],
    })
    .addToRolePolicy({ actions: ['ssm:GetParameter', 'ssm:PutParameter'], resources: [suspended.parameterArn] })
    .addToRolePolicy({
      actions: ['application-autoscaling:RegisterScalableTarget'],
      resources: [arn('application-autoscaling:scalable-target/*')],
      conditions: {
        StringEquals: {
          'application-autoscaling:service-namespace': 'ecs',
          'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
        },
      },
    })
    .addUnscopedReads('application-autoscaling:DescribeScalableTargets');
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:application-autoscaling:<AWS::Region>:<AWS::AccountId>:scalable-target/*]',
    reason:
      'The id of a scalable target is known to Application Auto Scaling alone; conditions narrow it to ECS task counts.',
  });
  return new AutomationDocument(scope, 'ScaleService', {
    runbook: 'scale-service',
    service,
    defaults: { FunctionName: fn.functionName, ClusterName: ecs.cluster, ServiceName: ecs.service },
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
  });
}

export function killIdleConnectionsRunbook(scope: Construct, config: ServiceConfig): AutomationDocument {
  const { database, databaseConnections, service } = config;
  const { function: fn } = new DatabaseFunction(scope, 'KillIdleConnectionsFunction', config, {
    folder: 'runbooks/kill-idle-connections',
    description: `Ends idle sessions of ${database.cluster}`,
    timeout: Duration.minutes(1),
    environment: { PROTECTED: JSON.stringify(protectedSessions(database)) },
  });
  return new AutomationDocument(scope, 'KillIdleConnections', {
    runbook: 'kill-idle-connections',
    service,
    defaults: {
      FunctionName: fn.functionName,
      IdleSeconds: String(databaseConnections.idleSeconds),
      IdleInTransactionSeconds: String(databaseConnections.idleInTransactionSeconds),
      Limit: String(Math.floor(database.maxConnections * KILL_SHARE)),
    },
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
  });
}

/** The configuration adds to what is always protected: a list of one's own must not lift the protection of poolers. */
const protectedSessions = ({ protect }: ServiceConfig['database']) => ({
  users: [...ALWAYS_PROTECTED.users, ...protect.users],
  applications: [...ALWAYS_PROTECTED.applications, ...protect.applications],
  addresses: protect.addresses,
  statements: protect.statements,
});

export function raiseMaxConnectionsRunbook(scope: Construct, { database, service }: ServiceConfig): AutomationDocument {
  const { function: fn } = new ResponderFunction(scope, 'RaiseMaxConnectionsFunction', {
    folder: 'runbooks/raise-max-connections',
    description: `Sets max_connections of ${database.cluster}, and reboots the writer`,
  })
    .addToRolePolicy({ actions: ['rds:DescribeDBClusters'], resources: [arn(`rds:cluster:${database.cluster}`)] })
    .addToRolePolicy({
      actions: ['rds:ModifyDBClusterParameterGroup'],
      resources: [arn(`rds:cluster-pg:${database.parameterGroup}`)],
    })
    .addToRolePolicy({
      actions: ['rds:RebootDBInstance', 'rds:DescribeDBInstances'],
      resources: database.instances.map(instance => arn(`rds:db:${instance}`)),
    });
  return new AutomationDocument(scope, 'RaiseMaxConnections', {
    runbook: 'raise-max-connections',
    service,
    defaults: { FunctionName: fn.functionName, ClusterIdentifier: database.cluster },
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
  });
}
