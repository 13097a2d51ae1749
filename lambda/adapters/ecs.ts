import {
  ClusterNotFoundException,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type DesiredStatus,
  ECSClient,
  ExecuteCommandCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type ServiceRevision,
  StopServiceDeploymentCommand,
  type Tag,
  type Task,
  type TaskDefinition,
  type TaskSet,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { isSameVersion, type PastDeployment } from '../domain/diagnosis/deployment.ts';
import type { ServiceDeployment } from '../domain/remedies/roll-back.ts';
import { primaryDeployment } from '../domain/remedies/rollout.ts';

const client = new ECSClient({});

/** The service as ECS describes it. @throws when there is no such service. */
export async function describeService(cluster: string, service: string) {
  const { services = [], failures = [] } = await client.send(
    new DescribeServicesCommand({ cluster, services: [service] }),
  );
  const [found] = services;
  if (!found) throw new Error(`ECS service ${cluster}/${service}: ${failures[0]?.reason ?? 'MISSING'}`);
  return found;
}

/** The same; of a service or cluster that does not exist, what is missing: "cluster production". */
export async function findService(cluster: string, service: string) {
  try {
    const { services = [], failures = [] } = await client.send(
      new DescribeServicesCommand({ cluster, services: [service] }),
    );
    const [found] = services;
    // ECS remembers for a while a service that was deleted.
    if (found && found.status !== 'INACTIVE') return { found };
    const reason = failures[0]?.reason ?? 'MISSING';
    if (found || reason === 'MISSING') return { missing: `service ${service} in cluster ${cluster}` };
    throw new Error(`ECS service ${cluster}/${service}: ${reason}`);
  } catch (error) {
    if (error instanceof ClusterNotFoundException) return { missing: `cluster ${cluster}` };
    throw error;
  }
}

/** As many as ECS describes in one call: of more in an hour, the oldest are left out. */
const MOST_DEPLOYMENTS = 20;

/**
 * The deployments of the last hour, or hours, the latest first. ECS has service deployments only where it deploys by itself;
 * those of another controller show in the service's task sets.
 */
export async function recentDeployments(
  cluster: string,
  { serviceName, deploymentController, taskSets = [] }: Service,
  now: Date,
  hours = 1,
): Promise<PastDeployment[]> {
  const after = new Date(now.getTime() - hours * 3_600_000);
  if ((deploymentController?.type ?? 'ECS') !== 'ECS') return deploymentsIn(taskSets, after);
  const listed = await client.send(
    new ListServiceDeploymentsCommand({ cluster, service: serviceName, createdAt: { after } }),
  );
  const serviceDeploymentArns = (listed.serviceDeployments ?? [])
    .toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0))
    .flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? [])
    .slice(0, MOST_DEPLOYMENTS);
  if (serviceDeploymentArns.length === 0) return [];
  const { serviceDeployments = [] } = await client.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }),
  );
  const changes = serviceDeployments.map(
    ({ serviceDeploymentArn, createdAt, sourceServiceRevisions, targetServiceRevision }) => ({
      arn: serviceDeploymentArn,
      at: createdAt ?? now,
      source: sourceServiceRevisions?.[0]?.arn ?? '',
      target: targetServiceRevision?.arn ?? '',
    }),
  );
  const revisions = await describeRevisions(changes.flatMap(({ source, target }) => [source, target]));
  return changes
    .map(({ arn, at, source, target }) => {
      const before = revisions.get(source);
      const from = revisionOf(before?.taskDefinition ?? '');
      return { arn, at, restart: source === target || isSameVersion(before, revisions.get(target)), from };
    })
    .sort((a, b) => b.at.getTime() - a.at.getTime());
}

/** A set that was replaced is gone before long, so what ran before the latest one may not be known. */
function deploymentsIn(taskSets: readonly TaskSet[], after: Date): PastDeployment[] {
  const sets = taskSets.toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
  return sets.flatMap(({ taskSetArn, createdAt }, i) =>
    createdAt && createdAt >= after
      ? [{ arn: taskSetArn, at: createdAt, restart: false, from: revisionOf(sets[i + 1]?.taskDefinition ?? '') }]
      : [],
  );
}

async function describeRevisions(arns: string[]): Promise<Map<string, ServiceRevision>> {
  const distinct = [...new Set(arns)].filter(arn => arn !== '');
  const pages = Array.from({ length: Math.ceil(distinct.length / 20) }, (_, i) => distinct.slice(i * 20, i * 20 + 20));
  const described = await Promise.all(
    pages.map(serviceRevisionArns => client.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }))),
  );
  const revisions = described.flatMap(({ serviceRevisions = [] }) => serviceRevisions);
  return new Map(revisions.map(revision => [revision.serviceRevisionArn ?? '', revision]));
}

/** The number of a revision, from an ARN or a name such as `backend:41`. */
export const revisionOf = (taskDefinition: string): number | undefined => {
  const number = Number(taskDefinition.split(':').at(-1));
  return Number.isInteger(number) && number > 0 ? number : undefined;
};

/** The service's tasks that run, or that stopped within the hour for which ECS remembers them: a hundred at most. */
export async function describeTasks(cluster: string, serviceName: string, desiredStatus: DesiredStatus) {
  const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster, serviceName, desiredStatus }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks;
}

/** Whether a command can be run in the container of a task; if not, why. */
export function execFault(task: Task, container: string): string | undefined {
  const found = task.containers?.find(({ name }) => name === container);
  if (!found) return `its tasks have no container ${container}`;
  if (!task.enableExecuteCommand) return 'ECS Exec is off on its tasks';
  const agent = found.managedAgents?.find(({ name }) => name === 'ExecuteCommandAgent');
  return agent?.lastStatus === 'RUNNING' ? undefined : 'the agent of ECS Exec is not running in its tasks';
}

/** Of the running tasks, the one that was started first: a leak has had the most time in it. */
export const oldest = (tasks: readonly Task[]): Task | undefined =>
  tasks.toSorted((a, b) => (a.startedAt?.getTime() ?? Infinity) - (b.startedAt?.getTime() ?? Infinity))[0];

/** Where a command that was begun in a container is listened to. The token is a secret. */
export interface ExecSession {
  streamUrl: string;
  tokenValue: string;
}

/** Prepares a command in a container of a task: it begins when the session is opened. */
export async function executeCommand(
  cluster: string,
  task: string,
  container: string,
  command: string,
): Promise<ExecSession> {
  const { session } = await client.send(
    new ExecuteCommandCommand({ cluster, task, container, command, interactive: true }),
  );
  const { streamUrl, tokenValue } = session ?? {};
  if (!streamUrl || !tokenValue) throw new Error(`ECS Exec opened no session in ${task}`);
  return { streamUrl, tokenValue };
}

/** A revision of a task definition, with its tags. @throws when there is none. */
export async function describeTaskDefinition(
  taskDefinition: string,
): Promise<{ taskDefinition: TaskDefinition; tags: Tag[] }> {
  const found = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
  if (!found.taskDefinition) throw new Error(`task definition ${taskDefinition}: not found`);
  return { taskDefinition: found.taskDefinition, tags: found.tags ?? [] };
}

/** Registers a revision and gives its ARN. */
export async function registerTaskDefinition(input: RegisterTaskDefinitionCommandInput): Promise<string> {
  const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand(input));
  if (!taskDefinition?.taskDefinitionArn) throw new Error(`ECS registered no revision of ${input.family}`);
  return taskDefinition.taskDefinitionArn;
}

/** Changes the service so that a deployment begins, and gives that one's id: in the answer it leads. */
export async function beginDeployment(input: UpdateServiceCommandInput): Promise<string | undefined> {
  const { service } = await client.send(new UpdateServiceCommand(input));
  return service && primaryDeployment(service)?.id;
}

/** Sets the number of tasks. */
export async function setDesiredCount(cluster: string, service: string, desiredCount: number): Promise<void> {
  await client.send(new UpdateServiceCommand({ cluster, service, desiredCount }));
}

/** Has ECS stop a deployment that is under way, and go back to what ran before it. */
export async function stopServiceDeployment(serviceDeploymentArn: string): Promise<void> {
  await client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
}

/** Every deployment of the service that ECS remembers, or those since a moment. Their order means nothing. */
export async function listServiceDeployments(cluster: string, service: string, since?: Date) {
  const found: { arn: string; createdAt: Date }[] = [];
  // No document says whether the bound counts as inside.
  const createdAt = since && { after: new Date(since.getTime() - 1000) };
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListServiceDeploymentsCommand({
        cluster,
        service,
        maxResults: 100,
        ...(createdAt && { createdAt }),
        nextToken,
      }),
    );
    for (const { serviceDeploymentArn: arn, createdAt: at } of page.serviceDeployments ?? [])
      if (arn && at) found.push({ arn, createdAt: at });
    ({ nextToken } = page);
  } while (nextToken);
  return found;
}

/** One deployment of a service, and what it replaced by what; undefined when ECS does not know it. */
export async function serviceDeployment(arn: string): Promise<ServiceDeployment | undefined> {
  const { serviceDeployments = [] } = await client.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
  );
  const found = serviceDeployments.find(({ serviceDeploymentArn }) => serviceDeploymentArn === arn);
  if (!found?.createdAt) return undefined;
  const sources = (found.sourceServiceRevisions ?? []).flatMap(source => source.arn ?? []);
  const target = found.targetServiceRevision?.arn ?? '';
  const revisions = await describeRevisions([...sources, target]);
  const taskDefinition = (revision: string) => revisions.get(revision)?.taskDefinition ?? '';
  return {
    arn,
    status: found.status ?? 'unknown',
    createdAt: found.createdAt,
    sources: sources.map(taskDefinition).filter(name => name !== ''),
    target: taskDefinition(target),
  };
}
