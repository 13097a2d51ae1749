import { isIP } from 'node:net';
import * as v from 'valibot';
import { atMost, awsId, list, matching, object, secretArn, secretKeyArn, text, whole } from './fields.ts';
import { LONGEST, MOST } from './most.ts';

const DatabaseAccess = v.variant(
  'via',
  [
    object({
      via: v.literal('data-api'),
      secretArn,
      secretKeyArn,
      database: text('the name of a database', LONGEST.databaseIdentifier),
    }),
    object({
      via: v.literal('direct'),
      secretArn,
      secretKeyArn,
      database: text('the name of a database', LONGEST.databaseIdentifier),
      host: text("the cluster's writer endpoint"),
      port: v.optional(whole(1, 65535), 5432),
      vpcId: awsId('vpc', 'a VPC'),
      availabilityZones: list(
        matching(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'an availability zone such as us-east-1a'),
        'at least one availability zone',
        MOST.availabilityZones,
      ),
      subnetIds: list(awsId('subnet', 'a private subnet'), 'at least one private subnet', MOST.subnets),
      databaseSecurityGroupId: awsId('sg', 'the security group of the database'),
    }),
  ],
  ({ path }) => (path ? "'data-api' or 'direct'" : "{ via: 'data-api', … } or { via: 'direct', … }"),
);

const names = (expected: string) =>
  v.optional(v.pipe(v.array(text(expected, LONGEST.spared), `a list: ${expected}`), atMost(MOST.spared)), []);

const ADDRESS = 'an IP address such as 10.0.4.17, or a range such as 10.0.4.0/24';
const addressRange = v.pipe(
  v.string(ADDRESS),
  v.check(given => {
    const [address = '', bits, ...rest] = given.split('/');
    const longest = { 4: 32, 6: 128 }[isIP(address)];
    if (longest === undefined || address.includes('%') || rest.length > 0) return false;
    return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
  }, ADDRESS),
);

/**
 * Sessions that are never ended, beside those of `ALWAYS_PROTECTED` and those that the database itself shows to be in
 * use. `*` stands for anything in a name: `etl-*`. Example: `{ users: ['batch'], addresses: ['10.0.4.0/24'] }`.
 *
 * Poolers need it most: PgBouncer and RDS Proxy open their connections as their clients' users and under their clients'
 * application names. Only their addresses tell them apart, or a user that nothing else has.
 */
const Protect = object({
  users: names('the name of a database user, * standing for anything'),
  applications: names('an application_name, * standing for anything'),
  addresses: v.optional(v.pipe(v.array(addressRange, `a list: ${ADDRESS}`), atMost(MOST.spared)), []),
  /** The last statement of a session: a mark such as `*keep-alive*`, in any case of letters. */
  statements: names('the last statement of a session, * standing for anything'),
});

/**
 * Poolers and monitoring agents that can be recognised by a name. PgBouncer's documentation names its `auth_user` so, PgCat
 * gives its connections its own name before a client uses them; Datadog and pganalyze document their users, and
 * Datadog's agent its default application name. RDS Proxy is found by the address of its own user.
 */
export const ALWAYS_PROTECTED = {
  users: ['pgbouncer', 'datadog', 'pganalyze'],
  applications: ['pgbouncer*', 'pgcat', 'datadog-agent', 'incident-response'],
};

/** The service's Aurora cluster. `docs/idle-sessions.md` has the SQL that creates the user of `access`. */
export const Database = object({
  cluster: text('the identifier of the Aurora cluster', LONGEST.databaseIdentifier),
  engine: v.literal('aurora-postgresql', "'aurora-postgresql', the engine supported so far"),
  /** No metric tells it: take it from the parameter group. Aurora PostgreSQL's default is LEAST(memory/9531392, 5000). */
  maxConnections: whole(10, 262_143),
  /** The cluster's parameter group, in which max_connections is raised; a default one cannot be modified. */
  parameterGroup: text("the name of the cluster's parameter group"),
  /** The instances of the cluster: whichever is the writer may have to be rebooted, and no other than these may be. */
  instances: list(
    text('the identifier of an instance', LONGEST.databaseIdentifier),
    'at least one instance of the cluster',
    MOST.databaseInstances,
  ),
  access: DatabaseAccess,
  protect: v.optional(Protect, {}),
});
