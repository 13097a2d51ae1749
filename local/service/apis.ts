import { type Account, type Input, ServiceError } from '../account/account.ts';
import type { Fetch } from '../account/functions.ts';
import type { SimulatedService } from './service.ts';
import { type SimulatedSessions, toDataApiResponse } from './sessions.ts';

/** The AWS services that the protected service is made of, answering the calls that AWS would. */
export function provideApis(account: Account, service: SimulatedService, sessions: SimulatedSessions): void {
  const { cluster, ecsService, databaseCluster, maxConnections } = service.shape;
  const serviceArn = `arn:aws:ecs:${account.region}:123456789012:service/${cluster}/${ecsService}`;
  const known = (input: Input) =>
    input['cluster'] === cluster && [input['services']?.[0], input['service']].includes(ecsService);
  const asked = (input: Input) =>
    `arn:aws:ecs:${account.region}:123456789012:service/${input['cluster']}/${input['services']?.[0] ?? input['service']}`;

  account.provide('ecs', {
    DescribeServices: {
      resources: input => [asked(input)],
      run: input =>
        known(input)
          ? { services: [describe()], failures: [] }
          : { services: [], failures: [{ arn: asked(input), reason: 'MISSING' }] },
    },
    UpdateService: {
      resources: input => [asked(input)],
      run: input => {
        if (!known(input)) throw new ServiceError('ServiceNotFoundException', 'Service not found.');
        service.desiredTasks = input['desiredCount'] ?? service.desiredTasks;
        account.emit('service', { change: `${ecsService} is to run ${service.desiredTasks} tasks` });
        return { service: describe() };
      },
    },
  });
  const describe = () => ({
    serviceArn,
    serviceName: ecsService,
    status: 'ACTIVE',
    desiredCount: service.desiredTasks,
    runningCount: service.runningTasks,
    pendingCount: Math.max(0, service.desiredTasks - service.runningTasks),
    deployments: [
      {
        status: 'PRIMARY',
        rolloutState: 'COMPLETED',
        desiredCount: service.desiredTasks,
        runningCount: service.runningTasks,
      },
    ],
  });

  account.provide('application-autoscaling', {
    RegisterScalableTarget: {
      resources: () => [`arn:aws:application-autoscaling:${account.region}:123456789012:scalable-target/0ec5`],
      context: input => ({
        'application-autoscaling:service-namespace': input['ServiceNamespace'],
        'application-autoscaling:scalable-dimension': input['ScalableDimension'],
      }),
      run: input => {
        if (input['ResourceId'] !== `service/${cluster}/${ecsService}`) {
          throw new ServiceError('ValidationException', `ECS service doesn't exist: ${input['ResourceId']}`);
        }
        service.scalingSuspended = input['SuspendedState']?.DynamicScalingOutSuspended === true;
        account.emit('service', {
          change: `auto scaling of ${ecsService} ${service.scalingSuspended ? 'suspended' : 'resumed'}`,
        });
        return {};
      },
    },
  });

  account.provide('rds', {
    DescribeDBClusters: {
      resources: ({ DBClusterIdentifier }) => [
        `arn:aws:rds:${account.region}:123456789012:cluster:${DBClusterIdentifier}`,
      ],
      run: ({ DBClusterIdentifier }) => {
        if (DBClusterIdentifier !== databaseCluster)
          throw new ServiceError('DBClusterNotFoundFault', `DBCluster ${DBClusterIdentifier} not found.`);
        const member = (DBInstanceIdentifier: string, IsClusterWriter: boolean) => ({
          DBInstanceIdentifier,
          IsClusterWriter,
        });
        const DBClusterMembers = [member(`${databaseCluster}-1`, true), member(`${databaseCluster}-2`, false)];
        return {
          DBClusters: [
            {
              DBClusterIdentifier,
              Status: 'available',
              Engine: 'aurora-postgresql',
              HttpEndpointEnabled: true,
              DBClusterMembers,
            },
          ],
        };
      },
    },
  });

  account.provide('rds-data', {
    ExecuteStatement: {
      resources: ({ resourceArn }) => [resourceArn],
      run: async ({ sql, parameters = [], resourceArn, secretArn }, { role }) => {
        if (!account.permissions.allows(role, 'secretsmanager:GetSecretValue', secretArn)) {
          throw new ServiceError(
            'AccessDeniedException',
            `${role} is not authorized to perform: secretsmanager:GetSecretValue`,
          );
        }
        if (!String(resourceArn).endsWith(`:cluster:${databaseCluster}`))
          throw new ServiceError('DatabaseNotFoundException', 'The cluster does not exist.');
        const result = await sessions.execute(sql, parameters, service.sessions(), maxConnections);
        service.terminated(result.terminatedPids);
        if (result.terminatedPids.length > 0)
          account.emit('service', { change: `${result.terminatedPids.length} database sessions ended` });
        return toDataApiResponse(result);
      },
    },
  });
}

/** The service over HTTP: its page answers from a cache, its API needs a database connection. */
export function answer(service: SimulatedService): Fetch {
  return async url => {
    const { hostname, pathname } = new URL(url);
    if (!pathname.endsWith('/health')) return new Response('not found', { status: 404 });
    const needsDatabase = hostname.startsWith('api.');
    const down = service.runningTasks === 0 || (needsDatabase && service.errorShare > 0.05);
    return down ? new Response('unavailable', { status: 503 }) : new Response('ok', { status: 200 });
  };
}
