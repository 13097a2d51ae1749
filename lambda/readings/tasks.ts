import { describeService, describeTasks } from '../adapters/ecs.ts';
import { stoppedTasks } from '../domain/diagnosis/memory.ts';
import type { Resources } from '../domain/diagnosis/resources.ts';

/** The service, and counts of its tasks that stopped recently: killed for want of memory, or ended by themselves. */
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
