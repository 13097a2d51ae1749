import { readMetrics } from '../../adapters/cloudwatch.ts';
import {
  describeTaskDefinition,
  describeTasks,
  execFault,
  oldest,
  recentDeployments,
  revisionOf,
} from '../../adapters/ecs.ts';
import { climbBeganWith, STOPPED_MINUTES } from '../../domain/diagnosis/memory.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';
import { known, latest, silence, valueIn } from '../../domain/kernel/latest.ts';
import { nextSize, sizeOf } from '../../domain/remedies/fargate.ts';
import { hasRoom, NO_ROOM } from '../../domain/remedies/rollout.ts';
import { readTasks } from '../../readings/tasks.ts';

/** The check looks this many hours back: a leak may be slow. */
const HOURS = 3;

type Service = Awaited<ReturnType<typeof readTasks>>['service'];
type Tasks = Awaited<ReturnType<typeof describeTasks>>;

/** The memory that the tasks use, the tasks that were killed for want of it, and the remedies that are possible. */
export async function memory(resources: Resources, now: Date) {
  const { cluster, ecsService, memory } = resources;
  if (!memory) throw new Error('nobody watches the memory of this service');
  const [{ service, kills, restarts }, running, series] = await Promise.all([
    readTasks(resources, now),
    describeTasks(cluster, ecsService, 'RUNNING'),
    readMetrics([utilisation(resources)], now, HOURS),
  ]);
  const [deployments, { taskDefinition }] = await Promise.all([
    recentDeployments(cluster, service, now, HOURS),
    describeTaskDefinition(service.taskDefinition ?? ''),
  ]);
  const used = series['memory'] ?? [];
  const inUse = latest(used, 60, now);
  const percent = valueIn(inUse);
  // Tasks that restart by themselves with enough memory are helped neither by another restart nor by more memory.
  const short = kills > 0 || (percent ?? 0) >= memory.high;
  const climb = climbBeganWith(deployments, used);
  const noDump = heapDumpFault(memory.heapDump, running);
  const noRestart = restartFault(service);
  const noRaise = raiseFault(memory.raisable, service, sizeOf(taskDefinition));
  const revision = revisionOf(service.taskDefinition ?? '');
  const parts = [
    percent === undefined
      ? `use ${silence(inUse)}`
      : `${Math.round(percent)} % of ${taskDefinition.memory ?? 'unknown'} MiB`,
    `${kills} tasks killed for want of it and ${restarts} ended by themselves in ${STOPPED_MINUTES} min`,
    ...(climb ? [`climbing since the deployment of ${climb.at.toISOString().slice(11, 16)}`] : []),
    noDump ? `no heap dump: ${noDump}` : 'heap dump possible',
    ...(noRestart ? [`no restart: ${noRestart}`] : []),
    ...(noRaise ? [`no more memory: ${noRaise}`] : []),
  ];
  return {
    ok: !short && restarts === 0,
    summary: `Memory: ${parts.join(', ')}`,
    times: known({ memoryPercent: inUse }).times,
    facts: {
      ...(percent === undefined ? {} : { memoryPercent: percent }),
      ...{ oomKills: kills, taskRestarts: restarts },
      ...(taskDefinition.memory ? { taskMemory: Number(taskDefinition.memory) } : {}),
      ...(revision === undefined ? {} : { taskRevision: revision }),
      heapDumpPossible: noDump ? 0 : 1,
      tasksToRestart: short && !noRestart ? running.length : 0,
      memoryRaisable: short && !noRaise ? 1 : 0,
      climbBeganWithDeployment: climb ? 1 : 0,
      ...(climb?.from === undefined ? {} : { revisionBeforeClimb: climb.from }),
    },
    ...(climb?.from === undefined ? {} : { objects: { versionBeforeClimb: String(climb.from) } }),
  };
}

const utilisation = ({ cluster, ecsService }: Resources) => ({
  ...{ id: 'memory', namespace: 'AWS/ECS', name: 'MemoryUtilization', statistic: 'Average' as const, period: 60 },
  dimensions: { ClusterName: cluster, ServiceName: ecsService },
});

/** The reason why no heap dump is possible, for the same task that the runbook's function would choose. */
function heapDumpFault(container: string | undefined, running: Tasks): string | undefined {
  if (container === undefined) return 'not configured';
  const task = oldest(running);
  return task ? execFault(task, container) : 'no task is running';
}

/** The reason why no restart is possible: it must replace task by task, and never stop one before another has started. */
function restartFault(service: Service): string | undefined {
  const { deploymentConfiguration, deploymentController, deployments = [] } = service;
  const least = deploymentConfiguration?.minimumHealthyPercent ?? 100;
  if ((deploymentController?.type ?? 'ECS') !== 'ECS') return `${deploymentController?.type} deploys the service`;
  if (least < 100) return `its minimum healthy percent is ${least}, so tasks would be missing`;
  if (!hasRoom(service)) return NO_ROOM;
  return deployments[0]?.rolloutState === 'COMPLETED' ? undefined : 'a deployment is under way or failed';
}

function raiseFault(raisable: boolean, service: Service, size: ReturnType<typeof sizeOf>): string | undefined {
  const { launchType, capacityProviderStrategy = [] } = service;
  const elsewhere = capacityProviderStrategy.find(
    ({ capacityProvider = '' }) => !capacityProvider.startsWith('FARGATE'),
  );
  if ((launchType ?? 'FARGATE') !== 'FARGATE' || elsewhere || !size) return 'its tasks are not sized by Fargate';
  if (!nextSize(size)) return 'Fargate gives no more';
  return raisable ? undefined : 'the roles of the task are not configured';
}
