/** What the probe measures once a minute where CloudWatch has no metric, or none without arithmetic, to stand an alarm on. */
export const PROBE_NAMESPACE = 'IncidentResponse';

export const PROBE_METRICS = {
  /** Share of the health URLs that do not answer well, 0 to 1. */
  health: 'HealthFailingShare',
  /** Share of the load balancer's requests answered with 5xx in the last whole minute, 0 to 1. */
  errors: 'ErrorShare',
  /** Tasks that run. Container Insights would tell too, at a price. */
  tasks: 'RunningTasks',
  /** 1 while a deployment is to blame for what is wrong, else 0. */
  deployment: 'DeploymentFailing',
} as const;
