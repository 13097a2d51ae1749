import { describeService, describeTasks } from '../adapters/ecs.ts';
import { stoppedTasks } from '../domain/diagnosis/memory.ts';
import type { Resources } from '../domain/diagnosis/resources.ts';

/** The service, its tasks that run, and what became of those that stopped of late. */
export async function readTasks({ cluster, ecsService }: Resources, now: Date) {
  const [service, stopped] = await Promise.all([
    describeService(cluster, ecsService),
    describeTasks(cluster, ecsService, 'STOPPED'),
  ]);
  const underWay = (service.deployments ?? [])
    .filter(({ rolloutState }) => rolloutState === 'IN_PROGRESS' || rolloutState === 'FAILED')
    .flatMap(({ id }) => id ?? []);
  return { service, ...stoppedTasks(stopped, underWay, now) };
}
