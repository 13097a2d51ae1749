import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { copyOf } from '../../lambda/domain/remedies/copy-database.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { ResponderFunction } from '../platform/responder-function.ts';
import { AutomationDocument } from '../remedies/automation-document.ts';

const arn = (resource: string) => `arn:${Aws.PARTITION}:rds:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

/** The runbooks that make copies of the database. */
const RUNBOOKS = ['restore-database', 'clone-database'];

/**
 * Copies of the database beside it, for a person who recovers data: no plan contains them, as which data are the right ones no
 * measurement tells. What the role may create is called a copy of this cluster, and it may change and delete nothing.
 */
export function addDatabaseCopies(scope: Construct, { service, database }: ServiceConfig): void {
  const { cluster, parameterGroup, instances } = database;
  const copies = copyOf(cluster, '*');
  const { function: fn, role } = new ResponderFunction(scope, 'CopyDatabaseFunction', {
    folder: 'runbooks/copy-database',
    description: `Makes copies of ${cluster}, beside it`,
    environment: { CLUSTER: cluster },
  })
    .addToRolePolicy({
      actions: ['rds:DescribeDBClusters'],
      resources: [arn(`cluster:${cluster}`), arn(`cluster:${copies.cluster}`)],
    })
    .addToRolePolicy({
      actions: ['rds:DescribeDBInstances'],
      resources: [...instances.map(id => arn(`db:${id}`)), arn(`db:${copies.instance}`)],
    })
    .addToRolePolicy({
      actions: ['rds:RestoreDBClusterToPointInTime'],
      resources: [
        ...[arn(`cluster:${cluster}`), arn(`cluster:${copies.cluster}`), arn(`cluster-pg:${parameterGroup}`)],
        ...[arn('subgrp:*'), arn('og:*')],
      ],
    })
    .addToRolePolicy({
      actions: ['rds:CreateDBInstance'],
      resources: [
        arn(`cluster:${copies.cluster}`),
        arn(`db:${copies.instance}`),
        arn('pg:*'),
        arn('subgrp:*'),
        arn('og:*'),
      ],
    })
    // RDS acts in the caller's name when it encrypts the copy with the key of the source.
    .addToRolePolicy({
      actions: ['kms:CreateGrant', 'kms:DescribeKey'],
      resources: [KEYS],
      conditions: {
        StringEquals: { 'kms:ViaService': `rds.${Aws.REGION}.amazonaws.com` },
      },
    });
  acknowledge(role, copies);
  for (const runbook of RUNBOOKS)
    new AutomationDocument(scope, runbook, {
      runbook,
      service,
      defaults: { FunctionName: fn.functionName },
      permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
    });
}

const KEYS = `arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:key/*`;

function acknowledge(role: Construct, copies: ReturnType<typeof copyOf>): void {
  const reasons = {
    [`rds:cluster:${copies.cluster}`]: 'A person names the copy; that it is one of this cluster is fixed.',
    [`rds:db:${copies.instance}`]: 'A person names the copy; that it is one of this cluster is fixed.',
    'rds:subgrp:*': 'The subnet group is that of the source, and is only used.',
    'rds:og:*': 'The option group is that of the source, and is only used.',
    'rds:pg:*': 'The parameter group is that of the source, and is only used.',
    'kms:key/*': 'The key is that of the source, and only RDS may use it.',
  };
  for (const [resource, reason] of Object.entries(reasons)) {
    const [prefix = '', ...rest] = resource.split(':');
    const id = `arn:<AWS::Partition>:${prefix}:<AWS::Region>:<AWS::AccountId>:${rest.join(':')}`;
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${id}]`, reason });
  }
}
