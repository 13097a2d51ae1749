import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Cause } from '../../../lambda/domain/incident/policy.ts';
import { thousands } from '../../../lambda/domain/kernel/numbers.ts';
import { ALWAYS_PROTECTED } from '../../config/database.ts';
import { raisedConnections, type ServiceConfig } from '../../config/service-config.ts';
import { arn, arnInFindings } from '../../platform/arn.ts';
import { DatabaseFunction } from '../../platform/database-function.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { Remedy } from '../../remedies/remedy.ts';

/** Relieves the database for a while: fewer tasks hold fewer connections. Reverted when the attempt ends. */
export function scaleDown(scope: Construct, config: ServiceConfig): Remedy {
  const { service, ecs } = config;
  const scaling = (change: string) => (ecs.autoScaling ? change : 'none');
  return new Remedy(scope, 'ScaleService', {
    runbook: 'scale-service',
    service,
    worker: scaleServiceFunction(scope, config),
    defaults: { ClusterName: ecs.cluster, ServiceName: ecs.service },
    step: {
      name: 'scale-down',
      title: `Scale ${ecs.service} down to ${ecs.scaleDownTo} tasks`,
      parameters: {
        DesiredCount: String(ecs.scaleDownTo),
        ExpectedCount: { fact: 'desiredTasks' },
        AutoScaling: scaling('suspend'),
      },
      mode: 'auto',
      minimumSeverity: 'P2',
      target: `${ecs.cluster}/${ecs.service}`,
      cooldownMinutes: 60,
      blastRadius: { fact: 'desiredTasks', leaves: ecs.scaleDownTo, maximumShare: 0.6 },
      causes: [writerIsFull(config), readersAreFull(config)],
      verifyMinutes: 6,
      revert: {
        title: `Scale ${ecs.service} back up`,
        // A person who has scaled it since has decided.
        parameters: {
          DesiredCount: { fact: 'desiredTasks' },
          ExpectedCount: String(ecs.scaleDownTo),
          AutoScaling: scaling('resume'),
        },
      },
    },
  });
}

/** A parameter holds which parts of auto scaling the function has suspended: it resumes nothing else. */
function scaleServiceFunction(scope: Construct, { service, ecs }: ServiceConfig): ResponderFunction {
  const suspended = new StringParameter(scope, 'SuspendedScaling', {
    parameterName: `/incident-response/${service}/suspended-scaling`,
    description: `What the responder has suspended of the auto scaling of ${ecs.service}, and will resume: "none", or in,out,scheduled`,
    stringValue: 'none',
  });
  const fn = new ResponderFunction(scope, 'ScaleServiceFunction', {
    folder: 'runbooks/scale-service',
    description: `Sets the number of tasks of ${ecs.service}`,
    timeout: Duration.seconds(45),
    environment: { SUSPENDED_PARAMETER: suspended.parameterName },
  })
    .addToRolePolicy(
      {
        actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
        resources: [arn('ecs', `service/${ecs.cluster}/${ecs.service}`)],
      },
      { actions: ['ssm:GetParameter', 'ssm:PutParameter'], resources: [suspended.parameterArn] },
      {
        actions: ['application-autoscaling:RegisterScalableTarget'],
        resources: [arn('application-autoscaling', 'scalable-target/*')],
        conditions: {
          StringEquals: {
            'application-autoscaling:service-namespace': 'ecs',
            'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
          },
        },
      },
    )
    .addUnscopedReads('application-autoscaling:DescribeScalableTargets');
  Validations.of(fn.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${arnInFindings('application-autoscaling', 'scalable-target/*')}]`,
    reason:
      'The id of a scalable target is known to Application Auto Scaling alone; conditions narrow it to ECS task counts.',
  });
  return fn;
}

/** The largest share of the sessions that one run may end. */
const KILL_SHARE = 0.8;

export function killIdleConnections(scope: Construct, config: ServiceConfig, worker: DatabaseFunction): Remedy {
  const { database, databaseConnections, service } = config;
  return new Remedy(scope, 'KillIdleConnections', {
    runbook: 'kill-idle-connections',
    service,
    worker,
    defaults: {
      IdleSeconds: String(databaseConnections.idleSeconds),
      IdleInTransactionSeconds: String(databaseConnections.idleInTransactionSeconds),
      Limit: String(Math.floor(database.maxConnections * KILL_SHARE)),
    },
    step: {
      name: 'kill-idle-connections',
      title: `Kill database connections idle for over ${databaseConnections.idleSeconds} s`,
      parameters: { Limit: { fact: 'databaseConnections', share: KILL_SHARE } },
      mode: 'auto',
      minimumSeverity: 'P3',
      target: database.cluster,
      cooldownMinutes: 15,
      blastRadius: { fact: 'databaseConnections', touches: KILL_SHARE, maximumShare: KILL_SHARE },
      causes: [writerIsFull(config)],
      verifyMinutes: 6,
    },
  });
}

/** Talks SQL to the database: it ends idle sessions, and tells how many connections the writer allows. */
export function sessionsFunction(scope: Construct, config: ServiceConfig): DatabaseFunction {
  const { database } = config;
  return new DatabaseFunction(scope, 'KillIdleConnectionsFunction', config, {
    folder: 'runbooks/kill-idle-connections',
    description: `Ends idle sessions of ${database.cluster}`,
    timeout: Duration.minutes(1),
    environment: { PROTECTED: JSON.stringify(protectedSessions(database)) },
  });
}

/** The configuration adds to what is always protected: a list of one's own must not lift the protection of poolers. */
const protectedSessions = ({ protect }: ServiceConfig['database']) => ({
  users: [...ALWAYS_PROTECTED.users, ...protect.users],
  applications: [...ALWAYS_PROTECTED.applications, ...protect.applications],
  addresses: protect.addresses,
  statements: protect.statements,
});

/** Needs a reboot of the writer, which drops every connection: a person decides. */
export function raiseMaxConnections(scope: Construct, config: ServiceConfig, asks: DatabaseFunction): Remedy {
  const { database, service } = config;
  const raised = raisedConnections(config);
  const worker = new ResponderFunction(scope, 'RaiseMaxConnectionsFunction', {
    folder: 'runbooks/raise-max-connections',
    description: `Sets max_connections of ${database.cluster}, and reboots the writer`,
  }).addToRolePolicy(
    // Other clusters may have the same parameter group.
    { actions: ['rds:DescribeDBClusters'], resources: [arn('rds', 'cluster:*')] },
    {
      actions: ['rds:DescribeDBClusterParameters', 'rds:ModifyDBClusterParameterGroup'],
      resources: [arn('rds', `cluster-pg:${database.parameterGroup}`)],
    },
    {
      actions: ['rds:RebootDBInstance', 'rds:DescribeDBInstances'],
      resources: database.instances.map(instance => arn('rds', `db:${instance}`)),
    },
    { actions: ['rds:DescribeDBParameters'], resources: [arn('rds', 'pg:*')] },
  );
  Validations.of(worker.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${arnInFindings('rds', 'pg:*')}]`,
    reason: 'An instance may be given another parameter group at any time; the groups are only read.',
  });
  Validations.of(worker.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${arnInFindings('rds', 'cluster:*')}]`,
    reason: 'Any cluster may have the same parameter group; clusters are only read.',
  });
  return new Remedy(scope, 'RaiseMaxConnections', {
    runbook: 'raise-max-connections',
    service,
    worker,
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [asks.function.functionArn] })],
    defaults: { ClusterIdentifier: database.cluster, DatabaseFunctionName: asks.function.functionName },
    step: {
      name: 'raise-max-connections',
      title: `Raise max_connections from ${thousands(database.maxConnections)} to ${thousands(raised)}, rebooting the writer`,
      parameters: { MaxConnections: String(raised), WriterInstanceId: { object: 'databaseWriter' } },
      mode: 'approve',
      minimumSeverity: 'P2',
      target: database.cluster,
      cooldownMinutes: 1440,
      blastRadius: { fact: 'databaseConnections', touches: 1, maximumShare: 1 },
      causes: [writerIsFull(config)],
      needs: [
        {
          fact: 'databaseConnections',
          under: raised,
          otherwise: `the writer has more connections than the ${thousands(raised)} that it would allow`,
        },
      ],
      verifyMinutes: 8,
    },
  });
}

/** The readers' average, at the writer's bound. */
const readersAreFull = (config: ServiceConfig): Cause => ({
  ...writerIsFull(config),
  fact: 'readerConnections',
  means: `the readers use {} of ${thousands(config.database.maxConnections)} connections`,
});

/** Ending sessions and raising the maximum act on the writer alone: against full readers they would only do harm. */
const writerIsFull = ({ database, databaseConnections }: ServiceConfig): Cause => ({
  fact: 'databaseConnections',
  atLeast: Math.floor(database.maxConnections * databaseConnections.warning),
  means: `the writer uses {} of ${thousands(database.maxConnections)} connections`,
});
