import {
  ClientException,
  ClusterNotFoundException,
  ConflictException,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type DesiredStatus,
  ECSClient,
  ExecuteCommandCommand,
  InvalidParameterException,
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
import { together } from './together.ts';

const client = new ECSClient({});

const describe = /* @__PURE__ */ together((cluster: string, service: string) =>
  client.send(new DescribeServicesCommand({ cluster, services: [service] })),
);

/** The service as ECS describes it. @throws when there is no such service. */
export async function describeService(cluster: string, service: string) {
  const { services = [], failures = [] } = await describe(cluster, service);
  const [found] = services;
  if (!found) throw new Error(`ECS service ${cluster}/${service}: ${failures[0]?.reason ?? 'MISSING'}`);
  return found;
}

/** The service as ECS describes it, or the name of the service or cluster that does not exist: "cluster production". */
export async function findService(cluster: string, service: string) {
  try {
    const { services = [], failures = [] } = await describe(cluster, service);
    const [found] = services;
    // ECS still lists a deleted service for a while, as INACTIVE.
    if (found && found.status !== 'INACTIVE') return { found };
    const reason = failures[0]?.reason ?? 'MISSING';
    if (found || reason === 'MISSING') return { missing: `service ${service} in cluster ${cluster}` };
    throw new Error(`ECS service ${cluster}/${service}: ${reason}`);
  } catch (error) {
    if (error instanceof ClusterNotFoundException) return { missing: `cluster ${cluster}` };
    throw error;
  }
}

/** ECS describes this many deployments in one call. If there were more, the oldest are left out. */
const MOST_DEPLOYMENTS = 20;

/**
 * The deployments of the last hours (by default one), the latest first. ECS has service deployments only for its own deployment
 * controller; those of another controller show in the service's task sets.
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

/** Deployments by task sets. A replaced set is deleted soon, so the version before the latest deployment may not be known. */
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

/** The service's running tasks, or those stopped within the last hour, for which ECS keeps them: at most a hundred. */
export async function describeTasks(cluster: string, serviceName: string, desiredStatus: DesiredStatus) {
  const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster, serviceName, desiredStatus }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks;
}

/** The reason why no command can be run in the container of a task; undefined when one can. */
export function execFault(task: Task, container: string): string | undefined {
  const found = task.containers?.find(({ name }) => name === container);
  if (!found) return `its tasks have no container ${container}`;
  if (!task.enableExecuteCommand) return 'ECS Exec is off on its tasks';
  const agent = found.managedAgents?.find(({ name }) => name === 'ExecuteCommandAgent');
  return agent?.lastStatus === 'RUNNING' ? undefined : 'the agent of ECS Exec is not running in its tasks';
}

/** The task that was started first: a memory leak has had the most time there. */
export const oldest = (tasks: readonly Task[]): Task | undefined =>
  tasks.toSorted((a, b) => (a.startedAt?.getTime() ?? Infinity) - (b.startedAt?.getTime() ?? Infinity))[0];

/** The session of a command in a container, to which its output is sent. The token is a secret. */
export interface ExecSession {
  streamUrl: string;
  tokenValue: string;
}

/** Prepares a command in a container of a task. The command starts when the session is opened. */
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

/** A revision of a task definition, with its tags. @throws when it does not exist. */
export async function describeTaskDefinition(
  taskDefinition: string,
): Promise<{ taskDefinition: TaskDefinition; tags: Tag[] }> {
  const found = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
  if (!found.taskDefinition) throw new Error(`task definition ${taskDefinition}: not found`);
  return { taskDefinition: found.taskDefinition, tags: found.tags ?? [] };
}

/** Registers a revision and returns its ARN. */
export async function registerTaskDefinition(input: RegisterTaskDefinitionCommandInput): Promise<string> {
  const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand(input));
  if (!taskDefinition?.taskDefinitionArn) throw new Error(`ECS registered no revision of ${input.family}`);
  return taskDefinition.taskDefinitionArn;
}

/** Changes the service, and returns it with its deployments; what ECS refuses has changed nothing. */
export async function updateService(input: UpdateServiceCommandInput): Promise<Service | { refused: string }> {
  try {
    return (await client.send(new UpdateServiceCommand(input))).service ?? {};
  } catch (error) {
    // E.g. a version that was deregistered.
    if (error instanceof ClientException || error instanceof InvalidParameterException)
      return { refused: error.message };
    throw error;
  }
}

/** Sets the number of tasks. */
export async function setDesiredCount(cluster: string, service: string, desiredCount: number): Promise<void> {
  await client.send(new UpdateServiceCommand({ cluster, service, desiredCount }));
}

/** Stops a deployment that is under way, and rolls back to the version before it. False where it has ended by now. */
export async function stopServiceDeployment(serviceDeploymentArn: string): Promise<boolean> {
  try {
    await client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
    return true;
  } catch (error) {
    if (error instanceof ConflictException) return false;
    throw error;
  }
}

/** All deployments of the service that ECS keeps, or those since a time, in no particular order. */
export async function listServiceDeployments(cluster: string, service: string, since?: Date) {
  const found: { arn: string; createdAt: Date }[] = [];
  // The documentation does not say if `after` is inclusive, so ask for a second more.
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

/** A deployment of a service with the versions before and after it; undefined when ECS does not know it. */
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
