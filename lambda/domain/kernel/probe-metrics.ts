/**
 * The metrics that the probe publishes once a minute, because CloudWatch has no such metric to alarm on, or only with
 * metric math.
 */
export const PROBE_NAMESPACE = 'IncidentResponse';

/** The incidents that the watch cannot read. Published only while there are any. */
export const UNREADABLE_INCIDENTS = 'UnreadableIncidents';

/** The signals that intake has put among its dead letters. Published only when it does. */
export const SIGNALS_SET_ASIDE = 'SignalsSetAside';

export const PROBE_METRICS = {
  /** Share of the health URLs that fail, 0 to 1. */
  health: 'HealthFailingShare',
  /**
   * Share of the requests of the last whole minutes that failed, 0 to 1. Not published if there were too few requests.
   */
  errors: 'ErrorShare',
  /**
   * Response time in those minutes in seconds, on average and the 95th percentile. Not published if there were too few
   * requests.
   */
  seconds: 'ResponseSeconds',
  p95: 'ResponseSecondsP95',
  /** Response time of the slowest health URL that answers, in seconds. */
  healthSeconds: 'HealthSeconds',
  /** Running tasks. Container Insights has this metric too, at a price. */
  tasks: 'RunningTasks',
  /** 1 while a deployment is the cause of the trouble, else 0. */
  deployment: 'DeploymentFailing',
  /** Tasks that were killed in the last ten minutes because memory ran out. */
  kills: 'OutOfMemoryKills',
  /** Tasks whose own container ended in the last ten minutes. */
  restarts: 'TaskRestarts',
  /**
   * 1 while security groups block the path from the tasks to the cache, else 0. Not published if it cannot be
   * determined.
   */
  cachePath: 'CachePathBlocked',
  /** Configured cache nodes that ElastiCache does not know, or that are not available. */
  cacheNodesGone: 'CacheNodesGone',
  /** 1 while the database has no writer or the cluster does not exist, else 0. */
  writerGone: 'WriterGone',
  /** Resources that the configuration names and AWS does not know: the name is wrong, or the resource was deleted. */
  namesMissing: 'ConfiguredNamesMissing',
  /** 1 while the database refuses writes at its writer endpoint, else 0. Not published while it does not answer. */
  writerReadOnly: 'WriterReadOnly',
  /** Days until the first certificate expires, in ACM or served. */
  certificateDays: 'CertificateDaysLeft',
  /** Faults of served certificates that browsers refuse, except for expiry, and renewals that fail. */
  certificateFaults: 'CertificateFaults',
} as const;
