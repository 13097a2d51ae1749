import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { PlaybookPolicy, Step } from '../../lambda/domain/policy.ts';
import { percent } from '../../lambda/domain/severity.ts';
import type { SignalLevel } from '../../lambda/domain/signal.ts';
import type { ServiceConfig } from '../config.ts';
import { DatabaseFunction } from '../database-function.ts';
import { type BoundPlaybook, type Playbook, serviceAlarm } from '../playbook.ts';
import { Runbook } from '../runbook.ts';

/** The runbook's 5.1: the connection pool of the database is exhausted. */
export class DatabaseConnections implements Playbook {
  readonly name = 'DatabaseConnections';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const scaleService = scaleServiceRunbook(scope, config);
    const killIdleConnections = killIdleConnectionsRunbook(scope, config);
    return {
      runbooks: [scaleService, killIdleConnections],
      policy: {
        name: this.name,
        title: 'Database Connections Exhausted',
        impact: 'API timeouts and latency spikes; requests fail with "too many connections"',
        alarms: this.alarms(scope, config),
        plan: [scaleDown(config, scaleService), killIdle(config, killIdleConnections)],
      },
    };
  }

  private alarms(scope: Construct, config: ServiceConfig): PlaybookPolicy['alarms'] {
    const { cluster, maxConnections } = config.database;
    const connections = new Metric({
      namespace: 'AWS/RDS',
      metricName: 'DatabaseConnections',
      dimensionsMap: { DBClusterIdentifier: cluster, Role: 'WRITER' },
      statistic: 'Average',
      period: Duration.minutes(1),
    });
    const at = (level: SignalLevel, share: number) =>
      serviceAlarm(scope, config, {
        playbook: this.name,
        level,
        suffix: `database-connections-${level}`,
        alarmDescription: `Database connections of the writer at ${percent(share)} of ${maxConnections} or more`,
        metric: connections,
        threshold: Math.floor(maxConnections * share),
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 5,
        datapointsToAlarm: 5,
        treatMissingData: TreatMissingData.BREACHING,
      });
    const { warning, critical } = config.databaseConnections;
    return { [at('warning', warning)]: 'warning', [at('critical', critical)]: 'critical' };
  }
}

/** Fewer tasks hold fewer connections: relief for a while, put back when the attempt ends. */
function scaleDown(config: ServiceConfig, { runbook, documentName }: Runbook): Step {
  const { ecs } = config;
  const scaling = (change: string) => (ecs.autoScaling ? change : 'none');
  return {
    name: 'scale-down',
    title: `Scale ${ecs.service} down to ${ecs.scaleDownTo} tasks`,
    runbook,
    document: documentName,
    parameters: { DesiredCount: String(ecs.scaleDownTo), AutoScaling: scaling('suspend') },
    mode: config.databaseConnections.modes['scale-down'] ?? 'auto',
    minimumSeverity: 'P2',
    target: `${ecs.cluster}/${ecs.service}`,
    cooldownMinutes: 60,
    blastRadius: { fact: 'desiredTasks', leaves: ecs.scaleDownTo, maximumShare: 0.6 },
    verifyMinutes: 4,
    undo: {
      title: `Scale ${ecs.service} back up`,
      parameters: { DesiredCount: { fact: 'desiredTasks' }, AutoScaling: scaling('resume') },
    },
  };
}

function killIdle({ database, databaseConnections }: ServiceConfig, { runbook, documentName }: Runbook): Step {
  return {
    name: 'kill-idle-connections',
    title: `Kill database connections idle for over ${databaseConnections.idleSeconds} s`,
    runbook,
    document: documentName,
    parameters: { Limit: { fact: 'databaseConnections', share: KILL_SHARE } },
    mode: databaseConnections.modes['kill-idle-connections'] ?? 'auto',
    minimumSeverity: 'P3',
    target: database.cluster,
    cooldownMinutes: 15,
    blastRadius: { fact: 'databaseConnections', touches: KILL_SHARE, maximumShare: KILL_SHARE },
    verifyMinutes: 6,
  };
}

/** The largest share of the sessions that one run may end. */
const KILL_SHARE = 0.8;

function scaleServiceRunbook(scope: Construct, { service, ecs }: ServiceConfig): Runbook {
  const arn = (resource: string) =>
    `arn:${Aws.PARTITION}:${resource.replace(':', `:${Aws.REGION}:${Aws.ACCOUNT_ID}:`)}`;
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

function killIdleConnectionsRunbook(scope: Construct, config: ServiceConfig): Runbook {
  const { database, databaseConnections, service } = config;
  const { function: fn } = new DatabaseFunction(scope, 'KillIdleConnectionsFunction', config, {
    folder: 'kill-idle-connections',
    description: `Ends idle sessions of ${database.cluster}`,
    timeout: 60,
  });
  return new Runbook(scope, 'KillIdleConnections', {
    runbook: 'kill-idle-connections',
    service,
    defaults: {
      FunctionName: fn.functionName,
      IdleSeconds: String(databaseConnections.idleSeconds),
      Limit: String(Math.floor(database.maxConnections * KILL_SHARE)),
    },
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
  });
}
