import { Aws, Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { PlaybookPolicy, Step } from '../../lambda/domain/policy.ts';
import { percent } from '../../lambda/domain/severity.ts';
import type { ServiceConfig } from '../config.ts';
import { ResponderFunction } from '../function.ts';
import { type BoundPlaybook, type Playbook, type ServiceAlarmProps, serviceAlarm } from '../playbook.ts';
import { probeMetric } from '../probe-metric.ts';
import { maintenanceRunbook, showMaintenance } from '../remedies/maintenance-mode.ts';
import { rollBack, rollBackRunbook } from '../remedies/roll-back.ts';
import { Runbook } from '../runbook.ts';

const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD, GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;
const { MISSING, NOT_BREACHING } = TreatMissingData;

/** The service is down, or fails, whatever the cause: the runbook's 2.4, immediate mitigation. */
export class ServiceHealth implements Playbook {
  readonly name = 'ServiceHealth';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const { scaleUpTo, maintenance } = config.serviceHealth;
    const rollBackTo = rollBackRunbook(parent, config);
    const scale = scaleUpTo === undefined ? [] : [scaleUpRunbook(scope, config)];
    const page = maintenance ? [maintenanceRunbook(scope, config, maintenance)] : [];
    return {
      settings: config.serviceHealth,
      runbooks: [rollBackTo, ...scale, ...page],
      probed: true,
      policy: {
        name: this.name,
        title: 'Service Down',
        impact: 'The service does not answer, or answers with errors or too late',
        customers: { title: 'Service unavailable', impact: 'The service does not answer, or answers with errors.' },
        symptom: true,
        alarms: this.alarms(scope, config),
        plan: [
          rollBack(config, rollBackTo),
          ...scale.map(runbook => scaleUp(config, runbook, scaleUpTo ?? 0)),
          ...page.map(runbook => showMaintenance(config, runbook)),
        ],
      },
    };
  }

  /** Down is told after minutes. What fails in part is told after ten: until then, a playbook that knows the cause is at work. */
  private alarms(scope: Construct, config: ServiceConfig): PlaybookPolicy['alarms'] {
    const { errorShare, responseSeconds } = config.serviceHealth;
    const shares = { critical: percent(errorShare.critical), warning: percent(errorShare.warning) };
    const alarm = (suffix: string, minutes: number, props: Omit<Given, 'suffix'>) => {
      const periods = { evaluationPeriods: minutes, datapointsToAlarm: minutes };
      return { [serviceAlarm(scope, config, { playbook: this.name, suffix, ...periods, ...props })]: props.level };
    };
    return {
      ...alarm('health-down', 3, {
        level: 'critical',
        alarmDescription: 'No health URL answers',
        metric: probeMetric(config, 'health', 'Minimum'),
        threshold: 1,
        comparisonOperator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: MISSING,
      }),
      ...alarm('health-failing', 10, {
        level: 'critical',
        alarmDescription: 'A health URL does not answer',
        metric: probeMetric(config, 'health', 'Minimum'),
        threshold: 0,
        comparisonOperator: GREATER_THAN_THRESHOLD,
        treatMissingData: MISSING,
      }),
      ...alarm('no-task-running', 2, {
        level: 'critical',
        alarmDescription: `No task of ${config.ecs.service} is running`,
        metric: probeMetric(config, 'tasks', 'Maximum'),
        threshold: 1,
        comparisonOperator: LESS_THAN_THRESHOLD,
        treatMissingData: MISSING,
      }),
      ...alarm('errors-critical', 3, {
        level: 'critical',
        alarmDescription: `${shares.critical} of requests or more fail`,
        metric: probeMetric(config, 'errors', 'Average'),
        threshold: errorShare.critical,
        comparisonOperator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: NOT_BREACHING,
      }),
      ...alarm('errors-warning', 10, {
        level: 'warning',
        alarmDescription: `${shares.warning} of requests or more fail`,
        metric: probeMetric(config, 'errors', 'Average'),
        threshold: errorShare.warning,
        comparisonOperator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: NOT_BREACHING,
      }),
      ...alarm('latency', 10, {
        level: 'warning',
        alarmDescription: `Requests take ${responseSeconds} s or more on average`,
        metric: responseTime(config),
        threshold: responseSeconds,
        comparisonOperator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: NOT_BREACHING,
      }),
    };
  }
}

type Given = Omit<ServiceAlarmProps, 'playbook' | 'evaluationPeriods' | 'datapointsToAlarm'>;

/** CloudWatch has it as it is: without requests there is none, which is no fault. */
const responseTime = ({ loadBalancer }: ServiceConfig) =>
  new Metric({
    namespace: 'AWS/ApplicationELB',
    metricName: 'TargetResponseTime',
    dimensionsMap: { LoadBalancer: loadBalancer },
    statistic: 'Average',
    period: Duration.minutes(1),
  });

/**
 * Only where tasks are overrun or missing: more of them mend nothing else. It is put back by whoever knows that the
 * load is gone, or at once if it did harm.
 */
function scaleUp({ ecs }: ServiceConfig, { runbook, documentName }: Runbook, reaches: number): Step {
  return {
    name: 'scale-up',
    title: `Scale ${ecs.service} up to ${reaches} tasks`,
    runbook,
    document: documentName,
    parameters: { DesiredCount: String(reaches), ExpectedCount: { fact: 'desiredTasks' } },
    mode: 'auto',
    minimumSeverity: 'P2',
    target: `${ecs.cluster}/${ecs.service}`,
    cooldownMinutes: 60,
    // Twice as many at most: what holds up the service must hold up its database.
    blastRadius: { fact: 'desiredTasks', reaches, maximumShare: 1 },
    causes: [
      { fact: 'missingTasks', atLeast: 1, means: 'tasks missing: {}' },
      { fact: 'cpuPercent', atLeast: 80, means: 'the tasks use {} % of their CPU' },
    ],
    needs: [
      { fact: 'scalingMaximum', atLeast: reaches, otherwise: 'Application Auto Scaling allows fewer tasks' },
      { fact: 'databaseConnectionsShare', under: 0.5, otherwise: 'the database has no room for twice the connections' },
    ],
    verifyMinutes: 6,
    undo: {
      title: `Scale ${ecs.service} back down`,
      parameters: { DesiredCount: { fact: 'desiredTasks' }, ExpectedCount: String(reaches) },
      when: 'worse',
    },
  };
}

function scaleUpRunbook(scope: Construct, { service, ecs }: ServiceConfig): Runbook {
  const arn = `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:service/${ecs.cluster}/${ecs.service}`;
  const { function: fn } = new ResponderFunction(scope, 'ScaleUpFunction', {
    folder: 'scale-up',
    description: `Raises the number of tasks of ${ecs.service}`,
  }).allow(['ecs:DescribeServices', 'ecs:UpdateService'], [arn]);
  return new Runbook(scope, 'ScaleUp', {
    runbook: 'scale-up',
    service,
    defaults: { FunctionName: fn.functionName, ClusterName: ecs.cluster, ServiceName: ecs.service },
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
  });
}
