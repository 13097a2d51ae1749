import { Construct } from 'constructs';
import type { Cause, PlaybookPolicy, Step } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import type { AutomationDocument } from '../../remedies/automation-document.ts';
import type { BoundPlaybook, Playbook } from '../playbook.ts';
import { memoryAlarms } from './alarms.ts';
import { captureHeapDumpRunbook } from './heap-dump.ts';
import { raiseMemoryRunbooks, restartTasksRunbook } from './runbooks.ts';
import { describeTasks, readTaskDefinition } from './statements.ts';

/** The runbook's 5.2: the service's tasks have too little memory, or leak it. */
export class ServiceMemory implements Playbook {
  readonly name = 'ServiceMemory';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const { heapDump, taskRoles, warning } = config.serviceMemory;
    const dump = heapDump ? [captureHeapDumpRunbook(scope, config, heapDump)] : [];
    const restart = restartTasksRunbook(scope, config);
    const { raise, goBack } = raiseMemoryRunbooks(scope, config, taskRoles);
    return {
      settings: config.serviceMemory,
      runbooks: [...dump, restart, ...raise, goBack],
      probed: true,
      resources: { memory: { high: warning * 100, heapDump: heapDump?.container, raisable: raise.length > 0 } },
      permissions: {
        diagnose: [...describeTasks(config), readTaskDefinition],
        probe: describeTasks(config),
      },
      policy: {
        name: this.name,
        title: 'High Memory Usage',
        impact: 'Tasks run out of memory, are killed and start anew; requests fail or take long meanwhile',
        customers: { title: 'Degraded performance', impact: 'Requests take longer than usual, and some of them fail.' },
        alarms: memoryAlarms(scope, this.name, config),
        checks: ['memory'],
        plan: [
          ...dump.map(runbook => captureHeapDump(config, runbook)),
          restartTasks(config, restart),
          ...raise.map(runbook => raiseMemory(config, runbook)),
          rollBack(config, goBack),
        ],
        advice: fix(config),
      },
    };
  }
}

/** What must have passed since a task was killed before its alarm clears, and some minutes to see it. */
const VERIFY_MINUTES = 13;

const targetOf = ({ ecs }: ServiceConfig) => `${ecs.cluster}/${ecs.service}`;

/** Tasks that use too much memory now, or were killed for want of it. */
const shortOfMemory = ({ serviceMemory }: ServiceConfig): Cause[] => [
  { fact: 'memoryPercent', atLeast: serviceMemory.warning * 100, means: 'the tasks use {} % of their memory' },
  { fact: 'oomKills', atLeast: 1, means: 'tasks killed for want of memory within ten minutes: {}' },
];

/** First, as every other step destroys what it would show. */
function captureHeapDump(config: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  return {
    name: 'capture-heap-dump',
    title: `Dump the heap of the oldest task of ${config.ecs.service}`,
    runbook,
    document: documentName,
    parameters: {},
    mode: 'auto',
    minimumSeverity: 'P3',
    target: targetOf(config),
    cooldownMinutes: 60,
    // A task may stand still while it writes, so another must be there.
    blastRadius: { fact: 'runningTasks', touches: 0.5, maximumShare: 0.5 },
    causes: [
      ...shortOfMemory(config),
      { fact: 'taskRestarts', atLeast: 3, means: '{} tasks ended by themselves within ten minutes' },
    ],
    needs: [{ fact: 'heapDumpPossible', atLeast: 1, otherwise: 'no heap can be dumped, as the diagnosis says' }],
    verifyMinutes: 1,
    verifiedBy: 'runbook',
  };
}

function restartTasks(config: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  return {
    name: 'restart-tasks',
    title: `Restart the tasks of ${config.ecs.service}, none stopped before another has started`,
    runbook,
    document: documentName,
    parameters: { TaskDefinition: { object: 'taskDefinition' } },
    mode: 'auto',
    minimumSeverity: 'P3',
    target: targetOf(config),
    cooldownMinutes: 120,
    blastRadius: { fact: 'runningTasks', touches: 1, maximumShare: 1 },
    causes: shortOfMemory(config),
    needs: [
      { fact: 'tasksToRestart', atLeast: 1, otherwise: 'the tasks cannot be replaced, as the diagnosis says' },
      // While both run, the former tasks and the new ones hold connections.
      { fact: 'databaseConnectionsShare', under: 0.5, otherwise: 'the database has no room for twice the connections' },
    ],
    verifyMinutes: VERIFY_MINUTES,
  };
}

/** It costs more from then on, and hides a leak for a while: a person decides. */
function raiseMemory(config: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  const { service } = config.ecs;
  return {
    name: 'raise-memory',
    title: `Give the tasks of ${service} the next larger size of Fargate`,
    runbook,
    document: documentName,
    parameters: { Revision: 'next', TaskDefinition: { object: 'taskDefinition' } },
    mode: 'approve',
    minimumSeverity: 'P3',
    target: targetOf(config),
    cooldownMinutes: 1440,
    blastRadius: { fact: 'runningTasks', touches: 1, maximumShare: 1 },
    causes: shortOfMemory(config),
    needs: [{ fact: 'memoryRaisable', atLeast: 1, otherwise: 'memory cannot be raised, as the diagnosis says' }],
    verifyMinutes: VERIFY_MINUTES,
    revert: {
      title: `Give the tasks of ${service} their former size again`,
      parameters: { Revision: { fact: 'taskRevision' } },
      when: 'failed',
    },
  };
}

/** To the revision before the climb, and not the one before the latest deployment: that is the restart by then. */
function rollBack(config: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  return {
    name: 'roll-back',
    title: `Roll ${config.ecs.service} back to the version before its memory began to climb`,
    runbook,
    document: documentName,
    parameters: { Revision: { fact: 'revisionBeforeClimb' }, TaskDefinition: { object: 'taskDefinition' } },
    mode: 'approve',
    minimumSeverity: 'P3',
    target: targetOf(config),
    cooldownMinutes: 120,
    blastRadius: { fact: 'revisionBeforeClimb', touches: 1, maximumShare: 1 },
    causes: [{ fact: 'climbBeganWithDeployment', atLeast: 1, means: 'memory began to climb with a deployment' }],
    needs: [{ fact: 'rollingUpdates', atLeast: 1, otherwise: 'ECS does not deploy the service by rolling updates' }],
    verifyMinutes: VERIFY_MINUTES,
  };
}

/** The runbook's last remedy, to deploy the fix, is people's work. */
const fix = ({ ecs, serviceMemory }: ServiceConfig): PlaybookPolicy['advice'] => ({
  action: `Find out what holds the memory of ${ecs.service}, and deploy the fix`,
  template:
    '{memoryPercent} % of the {taskMemory} MiB of each task of revision {taskRevision} were in use; {oomKills} tasks were ' +
    'killed for want of memory and {taskRestarts} ended by themselves in ten minutes. ' +
    (serviceMemory.heapDump
      ? 'If a heap dump was captured, it is in the bucket for two weeks: look for what it holds most of. '
      : 'No heap dump is configured (serviceMemory.heapDump), without which a leak is hard to find. ') +
    'If memory was raised, put the new size into the source of the task definition, or the next deployment takes it back; ' +
    'a heap limit that the program sets for itself is not raised with it.',
});
