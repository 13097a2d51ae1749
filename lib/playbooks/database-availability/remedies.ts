import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { FAILOVER_MINUTES } from '../../../lambda/domain/diagnosis/writer.ts';
import type { Cause } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { arn } from '../../platform/arn.ts';
import { DatabaseFunction } from '../../platform/database-function.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { Remedy } from '../../remedies/remedy.ts';

/** Lets a role read which of the instances are available. */
export const seeInstances = ({ database }: ServiceConfig) =>
  new PolicyStatement({
    actions: ['rds:DescribeDBInstances'],
    resources: database.instances.map(instance => arn('rds', `db:${instance}`)),
  });

/** A function of its own asks the database: the probe and the diagnosis need not be in its VPC, and do not see its secret. */
export function writerStateFunction(scope: Construct, config: ServiceConfig) {
  const { function: fn } = new DatabaseFunction(scope, 'WriterStateFunction', config, {
    folder: 'functions/writer-state',
    description: `Whether ${config.database.cluster} accepts writes`,
    timeout: Duration.seconds(15),
  });
  const ask = new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] });
  return { functionName: fn.functionName, ask };
}

/** Drops every connection, and only the team may know which reader serves well: a person decides. */
export function failOver(scope: Construct, config: ServiceConfig): Remedy {
  const { cluster, instances } = config.database;
  return new Remedy(scope, 'FailOverDatabase', {
    runbook: 'fail-over-database',
    service: config.service,
    worker: new ResponderFunction(scope, 'FailOverDatabaseFunction', {
      folder: 'runbooks/fail-over-database',
      description: `Fails ${cluster} over to a reader`,
      environment: { INSTANCES: instances.join(',') },
    }).addToRolePolicy(
      { actions: ['rds:DescribeDBClusters', 'rds:FailoverDBCluster'], resources: [arn('rds', `cluster:${cluster}`)] },
      seeInstances(config),
    ),
    defaults: { ClusterIdentifier: cluster },
    step: {
      name: 'fail-over',
      title: `Fail ${cluster} over to a reader`,
      parameters: { WriterInstanceId: { object: 'lostWriter' }, ReaderInstanceId: { object: 'readerToPromote' } },
      mode: 'approve',
      minimumSeverity: 'P2',
      target: cluster,
      cooldownMinutes: 60,
      blastRadius: { fact: 'databaseMembers', touches: 1, maximumShare: 1 },
      causes: writerIsLost(),
      needs: [
        { fact: 'readersAvailable', atLeast: 1, otherwise: 'no reader of the cluster is available to take over' },
        { fact: 'clusterAvailable', atLeast: 1, otherwise: 'RDS is at work on the cluster itself' },
      ],
      verifyMinutes: 8,
    },
  });
}

/** The writer has been lost for longer than Aurora's own failover takes. */
const writerIsLost = (): Cause[] => [
  {
    fact: 'writerGoneMinutes',
    atLeast: FAILOVER_MINUTES,
    means: 'the database has had no writer for {} min at least',
    otherwise: 'the database has a writer',
  },
  {
    fact: 'writerReadOnlyMinutes',
    atLeast: FAILOVER_MINUTES,
    means: 'the writer has been read-only for {} min at least',
    otherwise: 'the writer accepts writes',
  },
];
