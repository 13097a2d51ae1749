import { type Account, type Input, type Random, ServiceError } from 'embedded-aws';
import type { RehearsalFaults } from '../../world/faults.ts';
import { DEPLOYMENT_ORDER } from '../../world/undocumented.ts';
import { ids } from '../revisions.ts';
import type { SimulatedService } from '../service.ts';
import { describing } from './ecs-described.ts';
import { staleReads } from './stale.ts';

/** Deployments and revisions with their services, which IAM requires too. */
const withServices = (arns: readonly string[]) => [
  ...new Set(arns.flatMap(arn => [arn, arn.replace(/:service-\w+\/(.+)\/[^/]+$/, ':service/$1')])),
];

/** ECS, as far as the service's tasks and deployments go. What it reads may be of a moment ago. */
export function provideEcs(account: Account, service: SimulatedService, faults: RehearsalFaults, random: Random): void {
  const { shape, tasks, deployments } = service;
  const { ecsService } = shape;
  const { arn, serviceArn, taskDefinition, revisionArn, deploymentArn, ...told } = describing(account.region, service);
  const asked = (input: Input) => arn(`service/${input['cluster']}/${input['services']?.[0] ?? input['service']}`);
  const requireCluster = ({ cluster }: Input) => {
    if (cluster !== shape.cluster) throw new ServiceError('ClusterNotFoundException', 'Cluster not found.');
  };
  const requireKnown = (input: Input) => {
    requireCluster(input);
    if (asked(input) !== serviceArn) throw new ServiceError('ServiceNotFoundException', 'Service not found.');
  };
  const last = (text: string) => text.split('/').at(-1) ?? '';

  const history = () =>
    deployments.history
      .filter(({ configuration }) => configuration.controller === 'ECS')
      .map(deployment => ({ brief: told.brief(deployment), full: told.full(deployment) }));
  const now = () => ({ service: told.service(), history: history() });
  const { read, changing } = staleReads(now, { account, random, faults });
  deployments.changing = changing;
  deployments.tell = does => account.emit('person', { who: `a developer of ${ecsService}`, does, tone: 'plain' });

  const seed = random.uuid();
  const isUnordered = () =>
    faults.unordered ?? account.undocumented.positionOn(DEPLOYMENT_ORDER) === 'are listed in any order';
  const listed = () => {
    const found = read().history;
    if (found.length < 2 || !isUnordered()) return found;
    const place = ({ brief }: (typeof found)[number]) => ids(`${seed} ${brief.serviceDeploymentArn}`).digits;
    return found.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
  };

  /** Fields that only the controller of a service's deployments may change. */
  const requireController = (wanted: string | undefined, forced: boolean) => {
    const { controller } = deployments.configuration;
    if (controller === 'ECS' || (wanted === undefined && !forced)) return;
    const what = wanted === undefined ? 'Cannot force a new deployment' : 'Unable to update task definition';
    const instead = controller === 'CODE_DEPLOY' ? ' Use AWS CodeDeploy to trigger a new deployment.' : '';
    throw new ServiceError(
      'InvalidParameterException',
      `${what} on services with a ${controller} deployment controller.${instead}`,
    );
  };

  /** No document says what is listed where another controller deploys: to whoever asks all the same, nothing is. */
  const requireOwnDeployments = () => {
    if (deployments.configuration.controller !== 'ECS')
      throw new ServiceError('UnsupportedFeatureException', 'The service has no service deployments.');
  };

  account.provide('ecs', {
    DescribeServices: {
      resources: input => [asked(input)],
      run: input => {
        requireCluster(input);
        return asked(input) === serviceArn
          ? { services: [read().service], failures: [] }
          : { services: [], failures: [{ arn: asked(input), reason: 'MISSING' }] };
      },
    },
    UpdateService: {
      resources: input => [asked(input)],
      run: input => {
        requireKnown(input);
        const { desiredCount, taskDefinition: wanted, forceNewDeployment = false } = input;
        requireController(wanted, forceNewDeployment);
        if (desiredCount !== undefined) {
          changing();
          tasks.desired = desiredCount;
          account.emit('service', { change: `${ecsService} is to run ${tasks.desired} tasks` });
        }
        if (wanted !== undefined) {
          deployments.begin(Number(String(wanted).split(':').at(-1)), forceNewDeployment);
          account.emit('service', { change: `${ecsService} is to run ${last(wanted)}` });
        } else if (forceNewDeployment) {
          deployments.begin(deployments.wanted.number, true);
          account.emit('service', { change: `the tasks of ${ecsService} are replaced, one by one` });
        }
        return { service: told.service() };
      },
    },
    ListServiceDeployments: {
      resources: input => [asked(input)],
      run: input => {
        requireKnown(input);
        requireOwnDeployments();
        const { createdAt = {}, status = [], maxResults = 20, nextToken = '0' } = input;
        const within = (time: Date) =>
          (createdAt.after === undefined || time >= new Date(createdAt.after)) &&
          (createdAt.before === undefined || time <= new Date(createdAt.before));
        const found = listed()
          .map(({ brief }) => brief)
          .filter(brief => within(brief.createdAt as Date) && (status.length === 0 || status.includes(brief.status)));
        const next = Number(nextToken) + maxResults;
        return {
          serviceDeployments: found.slice(Number(nextToken), next),
          ...(next < found.length ? { nextToken: String(next) } : {}),
        };
      },
    },
    DescribeServiceDeployments: {
      resources: ({ serviceDeploymentArns }) => withServices(serviceDeploymentArns),
      run: ({ serviceDeploymentArns }) => {
        const found = read()
          .history.map(({ full }) => full)
          .filter(full => serviceDeploymentArns.includes(full.serviceDeploymentArn));
        const missing = (serviceDeploymentArns as string[]).filter(
          wanted => !found.some(full => full.serviceDeploymentArn === wanted),
        );
        return { serviceDeployments: found, failures: missing.map(wanted => ({ arn: wanted, reason: 'MISSING' })) };
      },
    },
    DescribeServiceRevisions: {
      resources: ({ serviceRevisionArns }) => withServices(serviceRevisionArns),
      run: ({ serviceRevisionArns }) => {
        const known = deployments.history.flatMap(({ before, serviceRevision, target: revision }) => [
          ...before,
          { serviceRevision, revision },
        ]);
        const byArn = new Map(known.map(part => [revisionArn(part.serviceRevision), part.revision]));
        const wanted = serviceRevisionArns as string[];
        return {
          serviceRevisions: wanted.flatMap(serviceRevisionArn => {
            const revision = byArn.get(serviceRevisionArn);
            return revision
              ? [{ serviceRevisionArn, serviceArn, taskDefinition: taskDefinition(revision.number) }]
              : [];
          }),
          failures: wanted.filter(other => !byArn.has(other)).map(other => ({ arn: other, reason: 'MISSING' })),
        };
      },
    },
    StopServiceDeployment: {
      resources: ({ serviceDeploymentArn }) => withServices([serviceDeploymentArn]),
      run: ({ serviceDeploymentArn, stopType = 'ROLLBACK' }) => {
        if (!['ROLLBACK', 'ABORT'].includes(stopType))
          throw new ServiceError('InvalidParameterException', `stopType must be ABORT or ROLLBACK, not ${stopType}`);
        const id = last(serviceDeploymentArn);
        if (stopType === 'ROLLBACK') deployments.rollBack(id);
        else deployments.abort(id);
        const how = stopType === 'ROLLBACK' ? 'stopped and rolled back' : 'stopped where it is';
        account.emit('service', { change: `the deployment of ${ecsService} is ${how}` });
        return { serviceDeploymentArn };
      },
    },
  });
}
