import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ALWAYS_PROTECTED } from '../../config/database.ts';
import { raisedConnections, type ServiceConfig } from '../../config.ts';
import { DatabaseFunction } from '../../database-function.ts';
import { Runbook } from '../../runbook.ts';

/** The largest share of the sessions that one run may end. */
export const KILL_SHARE = 0.8;

/** `ecs:service/a/b`, in this account and region. */
const arn = (resource: string) => `arn:${Aws.PARTITION}:${resource.replace(':', `:${Aws.REGION}:${Aws.ACCOUNT_ID}:`)}`;

export function scaleServiceRunbook(scope: Construct, { service, ecs }: ServiceConfig): Runbook {
  const runbook = new Runbook(scope, 'ScaleService', {
    runbook: 'scale-service',
    service,
    defaults: { ClusterName: ecs.cluster, ServiceName: ecs.service, DesiredCount: ecs.scaleDownTo },
    permissions: [
      new PolicyStatement({
        actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
        resources: [arn(`ecs:service/${ecs.cluster}/${ecs.service}`)],
      }),
      new PolicyStatement({
        actions: ['application-autoscaling:RegisterScalableTarget'],
        resources: [arn('application-autoscaling:scalable-target/*')],
        conditions: {
          StringEquals: {
            'application-autoscaling:service-namespace': 'ecs',
            'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
          },
        },
      }),
    ],
  });
  Validations.of(runbook.role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:application-autoscaling:<AWS::Region>:<AWS::AccountId>:scalable-target/*]',
    reason:
      'The id of a scalable target is known to Application Auto Scaling alone; conditions narrow it to ECS task counts.',
  });
  return runbook;
}

export function killIdleConnectionsRunbook(scope: Construct, config: ServiceConfig): Runbook {
  const { database, databaseConnections, service } = config;
  const { function: fn } = new DatabaseFunction(scope, 'KillIdleConnectionsFunction', config, {
    folder: 'kill-idle-connections',
    description: `Ends idle sessions of ${database.cluster}`,
    timeout: 60,
    environment: { PROTECTED: JSON.stringify(protectedSessions(database)) },
  });
  return new Runbook(scope, 'KillIdleConnections', {
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

export function raiseMaxConnectionsRunbook(scope: Construct, config: ServiceConfig): Runbook {
  const { database, service } = config;
  return new Runbook(scope, 'RaiseMaxConnections', {
    runbook: 'raise-max-connections',
    service,
    defaults: { ClusterIdentifier: database.cluster, MaxConnections: String(raisedConnections(config)) },
    permissions: [
      new PolicyStatement({
        actions: ['rds:DescribeDBClusters'],
        resources: [arn(`rds:cluster:${database.cluster}`)],
      }),
      new PolicyStatement({
        actions: ['rds:ModifyDBClusterParameterGroup'],
        resources: [arn(`rds:cluster-pg:${database.parameterGroup}`)],
      }),
      new PolicyStatement({
        actions: ['rds:RebootDBInstance', 'rds:DescribeDBInstances'],
        resources: database.instances.map(instance => arn(`rds:db:${instance}`)),
      }),
    ],
  });
}
