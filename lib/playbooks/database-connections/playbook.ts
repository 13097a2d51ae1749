import { Construct } from 'constructs';
import type { Cause, PlaybookPolicy, Step } from '../../../lambda/domain/incident/policy.ts';
import { raisedConnections, type ServiceConfig } from '../../config/service-config.ts';
import type { AutomationDocument } from '../../remedies/automation-document.ts';
import type { BoundPlaybook, Playbook } from '../playbook.ts';
import { connectionAlarms } from './alarms.ts';
import { KILL_SHARE, killIdleConnectionsRunbook, raiseMaxConnectionsRunbook, scaleServiceRunbook } from './runbooks.ts';

/** The runbook's 5.1: the connection pool of the database is exhausted. */
export class DatabaseConnections implements Playbook {
  readonly name = 'DatabaseConnections';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const scaleService = scaleServiceRunbook(scope, config);
    const killIdleConnections = killIdleConnectionsRunbook(scope, config);
    const raiseMaxConnections = raiseMaxConnectionsRunbook(scope, config);
    return {
      settings: config.databaseConnections,
      runbooks: [scaleService, killIdleConnections, raiseMaxConnections],
      policy: {
        name: this.name,
        title: 'Database Connections Exhausted',
        impact: 'API timeouts and latency spikes; requests fail with "too many connections"',
        customers: { title: 'API requests time out', impact: 'API requests are slow, and some of them fail.' },
        alarms: connectionAlarms(scope, this.name, config),
        plan: [
          scaleDown(config, scaleService),
          killIdle(config, killIdleConnections),
          raiseMaximum(config, raiseMaxConnections),
        ],
        advice: pooling(config),
      },
    };
  }
}

/** Fewer tasks hold fewer connections: relief for a while, put back when the attempt ends. */
function scaleDown(config: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  const { ecs } = config;
  const scaling = (change: string) => (ecs.autoScaling ? change : 'none');
  return {
    name: 'scale-down',
    title: `Scale ${ecs.service} down to ${ecs.scaleDownTo} tasks`,
    runbook,
    document: documentName,
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
      // Whoever has scaled it since has decided.
      parameters: {
        DesiredCount: { fact: 'desiredTasks' },
        ExpectedCount: String(ecs.scaleDownTo),
        AutoScaling: scaling('resume'),
      },
    },
  };
}

function killIdle(config: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  const { database, databaseConnections } = config;
  return {
    name: 'kill-idle-connections',
    title: `Kill database connections idle for over ${databaseConnections.idleSeconds} s`,
    runbook,
    document: documentName,
    parameters: { Limit: { fact: 'databaseConnections', share: KILL_SHARE } },
    mode: 'auto',
    minimumSeverity: 'P3',
    target: database.cluster,
    cooldownMinutes: 15,
    blastRadius: { fact: 'databaseConnections', touches: KILL_SHARE, maximumShare: KILL_SHARE },
    causes: [writerIsFull(config)],
    verifyMinutes: 6,
  };
}

/** It costs a reboot of the writer, so a person decides: every connection is dropped. */
function raiseMaximum(config: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  const { database } = config;
  const raised = raisedConnections(config);
  return {
    name: 'raise-max-connections',
    title: `Raise max_connections from ${database.maxConnections} to ${raised}, rebooting the writer`,
    runbook,
    document: documentName,
    parameters: { MaxConnections: String(raised), WriterInstanceId: { object: 'databaseWriter' } },
    mode: 'approve',
    minimumSeverity: 'P2',
    target: database.cluster,
    cooldownMinutes: 1440,
    blastRadius: { fact: 'databaseConnections', touches: 1, maximumShare: 1 },
    causes: [writerIsFull(config)],
    verifyMinutes: 8,
  };
}

/** As the writer's, on average. */
const readersAreFull = (config: ServiceConfig): Cause => ({
  ...writerIsFull(config),
  fact: 'readerConnections',
  means: `the readers use {} of ${config.database.maxConnections.toLocaleString('en')} connections`,
});

/** Ending sessions and raising the maximum act on the writer alone: against full readers they would only do harm. */
const writerIsFull = ({ database, databaseConnections }: ServiceConfig): Cause => ({
  fact: 'databaseConnections',
  atLeast: Math.floor(database.maxConnections * databaseConnections.warning),
  means: `the writer uses {} of ${database.maxConnections.toLocaleString('en')} connections`,
});

/** The runbook's last remedy is no step that can be run at night, but work to be done: so it is advised, with the numbers. */
const pooling = (config: ServiceConfig): PlaybookPolicy['advice'] => ({
  action: `Pool the connections to ${config.database.cluster} with RDS Proxy`,
  template:
    `{databaseConnections} of ${config.database.maxConnections} connections to the writer are in use, with ` +
    '{runningTasks} tasks running: {databaseConnections / runningTasks} for each task. RDS Proxy between tasks and ' +
    'database would multiplex them over few; until then, bound the pool of each task. If max_connections was raised, ' +
    'set database.maxConnections to it and deploy: the alarms judge by the former value until then.',
});
