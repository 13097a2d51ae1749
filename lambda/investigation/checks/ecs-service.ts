import { findScaling, MOST_TASKS } from '../../adapters/auto-scaling.ts';
import { findService } from '../../adapters/ecs.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';

/** Running and desired tasks, the bounds of auto scaling, and the way of deployment. */
export async function ecsService({ cluster, ecsService }: Resources) {
  const [{ found, missing }, scaling] = await Promise.all([
    findService(cluster, ecsService),
    // Without the bounds no step may set the count, so their facts are left out; the tasks are counted all the same.
    findScaling(cluster, ecsService).catch((error: Error) => error),
  ]);
  if (!found) return { ok: false, summary: `ECS: there is no ${missing}`, facts: { serviceExists: 0 } };
  const { desiredCount = 0, runningCount = 0, deployments = [], taskDefinition } = found;
  const rollingOut = deployments.filter(({ rolloutState }) => rolloutState === 'IN_PROGRESS').length;
  const failed = deployments.filter(({ rolloutState }) => rolloutState === 'FAILED').length;
  const controller = found.deploymentController?.type ?? 'ECS';
  const strategy = found.deploymentConfiguration?.strategy ?? 'ROLLING';
  const rolling = controller === 'ECS' && strategy === 'ROLLING';
  const parts = [
    `${runningCount} of ${desiredCount} tasks running`,
    ...(failed > 0 ? ['a deployment failed'] : rollingOut > 0 ? ['a deployment is rolling out'] : []),
    ...(rolling ? [] : [`deployed by ${controller === 'ECS' ? strategy : controller}`]),
    ...scalingWords(scaling),
  ];
  return {
    ok: runningCount >= desiredCount && failed === 0,
    summary: `ECS: ${parts.join(', ')}`,
    facts: {
      serviceExists: 1,
      desiredTasks: desiredCount,
      runningTasks: runningCount,
      missingTasks: Math.max(0, desiredCount - runningCount),
      rollingUpdates: rolling ? 1 : 0,
      ...(scaling instanceof Error
        ? {}
        : {
            scalingMinimum: scaling?.minimum ?? 0,
            scalingMaximum: scaling?.maximum ?? MOST_TASKS,
            scalingSuspended: scaling?.suspended ? 1 : 0,
          }),
    },
    ...(taskDefinition && { objects: { taskDefinition } }),
  };
}

function scalingWords(scaling: Awaited<ReturnType<typeof findScaling>> | Error): string[] {
  if (scaling instanceof Error) return [`its auto scaling could not be read (${scaling.name})`];
  if (!scaling) return [];
  return [`scaled between ${scaling.minimum} and ${scaling.maximum}${scaling.suspended ? ', suspended' : ''}`];
}
