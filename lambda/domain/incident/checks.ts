/**
 * The checks of an investigation, in the order of the runbook's section 2.2, and the facts that each finds. This is
 * data, so that playbooks can name checks, and so that synthesis fails for a step that needs a fact which no check
 * finds.
 */
export const CHECKS = {
  'service health': ['healthFailingShare', 'healthSeconds'],
  metrics: [
    ...['databaseConnections', 'databaseConnectionsShare', 'readerConnections'],
    ...['usersAffectedShare', 'responseSeconds', 'responseP95Seconds', 'cpuPercent'],
  ],
  'ECS service': [
    ...['serviceExists', 'desiredTasks', 'runningTasks', 'missingTasks', 'rollingUpdates'],
    ...['scalingMinimum', 'scalingMaximum', 'scalingSuspended'],
  ],
  deployments: ['deploymentAgeMinutes', 'deploymentInProgress', 'deploymentSuspect', 'suspectIsLatest'],
  logs: ['errorLines'],
  database: ['databaseExists', 'databaseMembers'],
  'AWS Health': ['openAwsIssues'],
  'database writer': ['writerGoneMinutes', 'writerReadOnlyMinutes', 'readersAvailable', 'clusterAvailable'],
  memory: [
    ...['memoryPercent', 'oomKills', 'taskRestarts', 'taskMemory', 'taskRevision'],
    ...['heapDumpPossible', 'tasksToRestart', 'memoryRaisable', 'climbBeganWithDeployment', 'revisionBeforeClimb'],
  ],
  redis: [
    ...['redisExists', 'redisNodes', 'redisNodesAvailable', 'redisNodesGone'],
    ...['redisRestartable', 'redisFailover'],
  ],
  'security groups': ['cachePathBlocked'],
  certificates: [
    'certificateDaysLeft',
    'certificatesInUse',
    'certificateRenewable',
    'missingValidationRecords',
    'certificatesToReplace',
    'replacementReady',
  ],
  'served certificates': ['servedFaults', 'servedDaysLeft'],
  'configured names': ['namesMissing'],
} as const satisfies Record<string, readonly string[]>;

/** The check whose finding is no cause: AWS says that something is wrong, and not that it is wrong here. */
export const AWS_HEALTH = 'AWS Health' satisfies keyof typeof CHECKS;

export type CheckName = keyof typeof CHECKS;

/** The objects that checks find: steps act on exactly the object that was judged. */
export const OBJECTS: Partial<Record<CheckName, readonly string[]>> = {
  'ECS service': ['taskDefinition'],
  deployments: ['suspectDeployment'],
  memory: ['versionBeforeClimb'],
  database: ['databaseWriter'],
  'database writer': ['lostWriter', 'readerToPromote'],
  redis: ['redisPrimary', 'redisRestartBy'],
  certificates: ['certificatesToReplace'],
};

/** The checks that run for every incident. */
export const EVERY_INCIDENT: readonly CheckName[] = [
  'service health',
  'metrics',
  'ECS service',
  'deployments',
  'logs',
  'database',
  AWS_HEALTH,
];
