import { Aws, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { copyOf } from '../../lambda/domain/remedies/copy-database.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { arn, arnInFindings } from '../platform/arn.ts';
import { ResponderFunction } from '../platform/responder-function.ts';
import { AutomationDocument } from '../remedies/automation-document.ts';

/** The documents that make copies of the database. */
const RUNBOOKS = ['restore-database', 'clone-database'];

/**
 * Adds documents that copy the database beside it, for a person who recovers data: no plan contains them, as no measurement
 * tells which data are the right ones. The function may create only copies of this cluster, and change and delete nothing.
 */
export function addDatabaseCopies(scope: Construct, { service, database }: ServiceConfig): void {
  const { cluster, parameterGroup, instances } = database;
  const copies = copyOf(cluster, '*');
  const [source, copy, copyInstance] = [`cluster:${cluster}`, `cluster:${copies.cluster}`, `db:${copies.instance}`];
  const rds = (...resources: string[]) => resources.map(resource => arn('rds', resource));
  const worker = new ResponderFunction(scope, 'CopyDatabaseFunction', {
    folder: 'runbooks/copy-database',
    description: `Makes copies of ${cluster}, beside it`,
    environment: { CLUSTER: cluster },
  }).addToRolePolicy(
    { actions: ['rds:DescribeDBClusters'], resources: rds(source, copy) },
    { actions: ['rds:DescribeDBInstances'], resources: rds(...instances.map(id => `db:${id}`), copyInstance) },
    {
      actions: ['rds:RestoreDBClusterToPointInTime'],
      resources: rds(source, copy, `cluster-pg:${parameterGroup}`, 'subgrp:*', 'og:*'),
    },
    { actions: ['rds:CreateDBInstance'], resources: rds(copy, copyInstance, 'pg:*', 'subgrp:*', 'og:*') },
    // RDS acts in the caller's name when it encrypts the copy with the key of the source.
    {
      actions: ['kms:CreateGrant', 'kms:DescribeKey'],
      resources: [arn('kms', 'key/*')],
      conditions: { StringEquals: { 'kms:ViaService': `rds.${Aws.REGION}.amazonaws.com` } },
    },
  );
  acknowledge(worker.role, copies);
  for (const runbook of RUNBOOKS) new AutomationDocument(scope, runbook, { runbook, service, worker });
}

function acknowledge(role: Construct, copies: ReturnType<typeof copyOf>): void {
  const named = 'A person names the copy; that it is one of this cluster is fixed.';
  const used = 'It is that of the source, and is only used.';
  const reasons: [service: string, resource: string, reason: string][] = [
    ['rds', `cluster:${copies.cluster}`, named],
    ['rds', `db:${copies.instance}`, named],
    ['rds', 'subgrp:*', used],
    ['rds', 'og:*', used],
    ['rds', 'pg:*', used],
    ['kms', 'key/*', 'The key is that of the source, and only RDS may use it.'],
  ];
  for (const [service, resource, reason] of reasons)
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${arnInFindings(service, resource)}]`,
      reason,
    });
}
