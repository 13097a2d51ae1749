/**
 * What an investigation can look at, in the order of the runbook's section 2.2, and the facts that each check finds.
 * Data, so that a playbook may name them, and a step that stands on a fact nobody finds fails at synthesis.
 */
export const CHECKS = {
  'service health': ['healthFailingShare'],
  metrics: ['databaseConnections', 'readerConnections', 'usersAffectedShare', 'cpuPercent'],
  'ECS service': ['desiredTasks', 'runningTasks', 'missingTasks'],
  deployments: ['deploymentAgeMinutes', 'deploymentInProgress', 'deploymentSuspect'],
  logs: ['errorLines'],
  database: ['databaseMembers'],
  memory: [
    ...['memoryPercent', 'oomKills', 'taskRestarts', 'taskMemory', 'taskRevision'],
    ...['heapDumpPossible', 'tasksToRestart', 'memoryRaisable', 'climbBeganWithDeployment', 'revisionBeforeClimb'],
  ],
  redis: ['redisNodes', 'redisNodesAvailable', 'redisNodesUnavailable', 'redisRestartable', 'redisFailover'],
  'security groups': ['cachePathBlocked'],
  certificates: [
    'certificateDaysLeft',
    'certificatesInUse',
    'certificateRenewable',
    'missingValidationRecords',
    'certificatesToReplace',
    'certificatesToReplaceByNumber',
    'replacementReady',
  ],
  'served certificates': ['servedFaults', 'servedDaysLeft'],
} as const satisfies Record<string, readonly string[]>;

export type CheckName = keyof typeof CHECKS;

/** What is looked at whatever the incident. */
export const EVERY_INCIDENT: readonly CheckName[] = [
  'service health',
  'metrics',
  'ECS service',
  'deployments',
  'logs',
  'database',
];
