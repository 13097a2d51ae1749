import { describeService } from '../../../adapters/ecs.ts';
import type { Resources } from '../../../domain/deployed.ts';

/** Tasks, as they are and as they should be. */
export async function ecsService({ cluster, ecsService }: Resources) {
  const { desiredCount = 0, runningCount = 0, deployments = [] } = await describeService(cluster, ecsService);
  const rollingOut = deployments.filter(({ rolloutState }) => rolloutState === 'IN_PROGRESS').length;
  const failed = deployments.filter(({ rolloutState }) => rolloutState === 'FAILED').length;
  const deployment = failed > 0 ? ', a deployment failed' : rollingOut > 0 ? ', a deployment is rolling out' : '';
  return {
    ok: runningCount >= desiredCount && failed === 0,
    summary: `ECS: ${runningCount} of ${desiredCount} tasks running${deployment}`,
    facts: {
      desiredTasks: desiredCount,
      runningTasks: runningCount,
      missingTasks: Math.max(0, desiredCount - runningCount),
    },
  };
}
