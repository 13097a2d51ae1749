import * as v from 'valibot';
import { awsId, list, matching, object, secretArn, text, whole } from './fields.ts';

const DatabaseAccess = v.variant(
  'via',
  [
    object({ via: v.literal('data-api'), secretArn, database: text('the name of a database') }),
    object({
      via: v.literal('direct'),
      secretArn,
      database: text('the name of a database'),
      host: text("the cluster's writer endpoint"),
      port: v.optional(whole(1, 65535), 5432),
      vpcId: awsId('vpc', 'a VPC'),
      availabilityZones: list(
        matching(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'an availability zone such as us-east-1a'),
        'at least one availability zone',
      ),
      subnetIds: list(awsId('subnet', 'a private subnet'), 'at least one private subnet'),
      databaseSecurityGroupId: awsId('sg', 'the security group of the database'),
    }),
  ],
  ({ path }) => (path ? "'data-api' or 'direct'" : "{ via: 'data-api', … } or { via: 'direct', … }"),
);

/** The service's Aurora cluster. */
export const Database = object({
  cluster: text('the identifier of the Aurora cluster'),
  engine: v.literal('aurora-postgresql', "'aurora-postgresql', the engine supported so far"),
  /** No metric tells it: take it from the parameter group. Aurora PostgreSQL's default is LEAST(memory/9531392, 5000). */
  maxConnections: whole(10, 262_143),
  /** The cluster's parameter group, in which max_connections is raised; a default one cannot be modified. */
  parameterGroup: text("the name of the cluster's parameter group"),
  /** The instances of the cluster: whichever is the writer may have to be rebooted, and no other than these may be. */
  instances: list(text('the identifier of an instance'), 'at least one instance of the cluster'),
  access: DatabaseAccess,
});
