/** What the probe measures once a minute where CloudWatch has no metric, or none without arithmetic, to stand an alarm on. */
export const PROBE_NAMESPACE = 'IncidentResponse';

export const PROBE_METRICS = {
  /** Share of the health URLs that do not answer well, 0 to 1. */
  health: 'HealthFailingShare',
  /** Share of the requests of the last whole minutes that failed, 0 to 1. Of too few, nothing is published. */
  errors: 'ErrorShare',
  /** Seconds of an answer in those minutes, on average and of the slowest twentieth at least. Likewise. */
  seconds: 'ResponseSeconds',
  p95: 'ResponseSecondsP95',
  /** Seconds of the slowest health URL that answers. */
  healthSeconds: 'HealthSeconds',
  /** Tasks that run. Container Insights would tell too, at a price. */
  tasks: 'RunningTasks',
  /** 1 while a deployment is to blame for what is wrong, else 0. */
  deployment: 'DeploymentFailing',
  /** Tasks of the last ten minutes that were killed for want of memory. */
  kills: 'OutOfMemoryKills',
  /** Tasks of the last ten minutes whose own container ended. */
  restarts: 'TaskRestarts',
  /** 1 while security groups keep the tasks from the cache, else 0. Where nobody can tell, nothing is published. */
  cachePath: 'CachePathBlocked',
  /** Configured nodes of the cache that ElastiCache does not know, or whose state serves nobody. */
  cacheNodesGone: 'CacheNodesGone',
  /** 1 while the database has no writer, or there is no such cluster, else 0. */
  writerGone: 'WriterGone',
  /** Things that the configuration names and AWS does not know: a wrong name, or deleted. */
  namesMissing: 'ConfiguredNamesMissing',
  /** 1 while the database refuses writes over the endpoint of its writer, else 0. While it does not answer, nothing is published. */
  writerReadOnly: 'WriterReadOnly',
  /** Days left of the certificate that ends first, of what ACM has and what is served. */
  certificateDays: 'CertificateDaysLeft',
  /** What browsers refuse of what is served, its age apart, and renewals that do not come. */
  certificateFaults: 'CertificateFaults',
} as const;
