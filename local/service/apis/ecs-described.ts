import type { Deployment, Part } from '../deployments.ts';
import type { SimulatedService } from '../service.ts';
import type { Configuration } from '../strategy.ts';

/** The service and its deployments, as ECS describes them. */
export function describing(region: string, { shape, tasks, deployments }: SimulatedService) {
  const { cluster, ecsService } = shape;
  const arn = (resource: string) => `arn:aws:ecs:${region}:123456789012:${resource}`;
  const own = `${cluster}/${ecsService}`;
  const clusterArn = arn(`cluster/${cluster}`);
  const serviceArn = arn(`service/${own}`);
  const taskDefinition = (revision: number) => arn(`task-definition/${ecsService}:${revision}`);
  const revisionArn = (id: string) => arn(`service-revision/${own}/${id}`);
  const deploymentArn = ({ id }: Deployment) => arn(`service-deployment/${own}/${id}`);
  const date = (time: number | undefined) => (time === undefined ? undefined : new Date(time));

  const summary = ({ serviceRevision, share }: Part) => ({
    arn: revisionArn(serviceRevision),
    requestedTaskCount: tasks.desired,
    runningTaskCount: Math.round(tasks.running * share),
    pendingTaskCount: 0,
    requestedProductionTrafficWeight: Math.round(share * 1000) / 10,
  });

  /** A deployment as ListServiceDeployments tells of it: nothing of what was before. */
  const brief = (deployment: Deployment) => ({
    ...{ serviceDeploymentArn: deploymentArn(deployment), serviceArn, clusterArn },
    ...{ createdAt: date(deployment.createdAt), startedAt: date(deployment.createdAt) },
    ...{ finishedAt: date(deployment.finishedAt), status: deployment.status, statusReason: deployment.reason },
    targetServiceRevisionArn: revisionArn(deployment.serviceRevision),
  });

  /** A deployment as DescribeServiceDeployments describes it. */
  const full = (deployment: Deployment) => {
    const { targetServiceRevisionArn: _, ...told } = brief(deployment);
    const { before, serviceRevision, target: revision, done: share, configuration, rollbackAt, status } = deployment;
    return {
      ...told,
      ...{ updatedAt: date(deployment.finishedAt ?? deployment.createdAt), stoppedAt: date(rollbackAt) },
      sourceServiceRevisions: before.map(summary),
      targetServiceRevision: summary({ scheduler: '', serviceRevision, revision, share }),
      lifecycleStage: deployment.stage,
      deploymentConfiguration: configured(configuration),
      ...(status.startsWith('ROLLBACK') && {
        rollback: {
          reason: 'Rollback requested.',
          startedAt: date(rollbackAt),
          serviceRevisionArn: revisionArn(before[0]?.serviceRevision ?? ''),
        },
      }),
    };
  };

  /** The deployments of ECS's scheduler: the primary first, then others that still run tasks. */
  const rollouts = () => {
    const { primary, parts, latest, underWay } = deployments;
    const failed = ['STOPPED', 'ROLLBACK_FAILED'].includes(latest.status);
    const rollout = (part: Part, status: string, rolloutState: string) => ({
      id: `ecs-svc/${part.scheduler}`,
      ...{ status, rolloutState, failedTasks: 0, taskDefinition: taskDefinition(part.revision.number) },
      desiredCount: status === 'PRIMARY' ? tasks.desired : 0,
      runningCount: Math.round(tasks.running * part.share),
      createdAt: date(latest.createdAt),
    });
    const others = parts.filter(({ scheduler }) => scheduler !== primary.scheduler);
    return [
      rollout(primary, 'PRIMARY', failed ? 'FAILED' : underWay ? 'IN_PROGRESS' : 'COMPLETED'),
      ...others.map(part => rollout(part, 'ACTIVE', 'COMPLETED')),
    ];
  };

  const taskSets = () =>
    deployments.parts.map(part => ({
      ...{ id: `ecs-svc/${part.scheduler}`, taskDefinition: taskDefinition(part.revision.number), serviceArn },
      taskSetArn: arn(`task-set/${own}/ecs-svc/${part.scheduler}`),
      // A revision older than the history is of an earlier day.
      createdAt: date(deployments.history.find(({ scheduler }) => scheduler === part.scheduler)?.createdAt ?? 0),
      status: part.scheduler === deployments.primary.scheduler ? 'PRIMARY' : 'ACTIVE',
      scale: { value: Math.round(part.share * 1000) / 10, unit: 'PERCENT' },
    }));

  const service = () => {
    const { configuration, wanted, latest, parts } = deployments;
    const { controller } = configuration;
    const described = {
      ...{ serviceArn, clusterArn, serviceName: ecsService, status: 'ACTIVE', launchType: 'FARGATE' },
      desiredCount: tasks.desired,
      runningCount: tasks.running + tasks.surge,
      pendingCount: Math.max(0, tasks.desired - tasks.running),
      deploymentController: { type: controller },
      deploymentConfiguration: configured(configuration),
    };
    if (controller === 'EXTERNAL') return { ...described, deployments: [], taskSets: taskSets() };
    const known = { ...described, taskDefinition: taskDefinition(wanted.number) };
    if (controller === 'CODE_DEPLOY') return { ...known, deployments: [], taskSets: taskSets() };
    return {
      ...known,
      deployments: rollouts(),
      currentServiceDeployment: deploymentArn(latest),
      currentServiceRevisions: parts.map(summary),
    };
  };

  return { arn, own, serviceArn, taskDefinition, revisionArn, deploymentArn, brief, full, service };
}

function configured({ strategy, bakeMinutes, percent, stepMinutes }: Configuration) {
  return {
    ...{ minimumHealthyPercent: 100, maximumPercent: 200, strategy, bakeTimeInMinutes: bakeMinutes },
    ...(strategy === 'CANARY' && {
      canaryConfiguration: { canaryPercent: percent, canaryBakeTimeInMinutes: stepMinutes },
    }),
    ...(strategy === 'LINEAR' && {
      linearConfiguration: { stepPercent: percent, stepBakeTimeInMinutes: stepMinutes },
    }),
  };
}
