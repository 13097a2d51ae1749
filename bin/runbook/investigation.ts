import { sslLabsUrl } from '../../lambda/domain/diagnosis/certificate.ts';
import { ERROR_WORDS } from '../../lambda/domain/diagnosis/error-lines.ts';
import { loadQueries, trafficQueries } from '../../lambda/domain/diagnosis/metrics.ts';
import { CHECKS, type CheckName, EVERY_INCIDENT } from '../../lambda/domain/incident/checks.ts';
import { logGroupOf, type ServiceConfig } from '../../lib/config/service-config.ts';
import { aws, statistics } from './shell.ts';
import type { Source } from './source.ts';

/** A check of the responder, and how a person does the same. */
export interface Look {
  check: string;
  /** The facts that it finds, by the names that severity and steps stand on. */
  facts: readonly string[];
  commands: string[];
}

/** The investigation of every incident, in its order. */
export const investigation = (source: Source): Look[] => EVERY_INCIDENT.map(check => look(source, check));

export const look = (source: Source, check: CheckName): Look => ({
  check: check.charAt(0).toUpperCase() + check.slice(1),
  facts: CHECKS[check],
  commands: COMMANDS[check](source),
});

const COMMANDS: Record<CheckName, (source: Source) => string[]> = {
  'service health': ({ config }) =>
    config.healthUrls.map(({ url, contains }) =>
      contains === undefined ? `curl -f ${url}` : `curl -f ${url} | grep -F ${quoted(contains)}`,
    ),
  metrics: ({ config: { region }, resources }) =>
    [...loadQueries(resources), ...trafficQueries(resources)].map(query => statistics(region, query)),
  'ECS service': ({ config: { region, ecs } }) => [
    aws(
      region,
      `ecs describe-services --cluster ${ecs.cluster} --services ${ecs.service}`,
      "--query 'services[0].{desired: desiredCount, running: runningCount, events: events[:5].message}'",
    ),
  ],
  deployments: ({ config: { region, ecs } }) => [
    aws(
      region,
      `ecs list-service-deployments --cluster ${ecs.cluster} --service ${ecs.service}`,
      "--query 'serviceDeployments[:5].[createdAt, status, statusReason]' --output text",
    ),
  ],
  logs: ({ config }) => [
    aws(config.region, `logs tail ${logGroupOf(config)} --since 15m`, `--filter-pattern '${ERROR_WORDS}'`),
    aws(config.region, `logs tail ${logGroupOf(config)} --follow`),
  ],
  database: ({ config: { region, database } }) => [
    aws(
      region,
      `rds describe-db-clusters --db-cluster-identifier ${database.cluster}`,
      "--query 'DBClusters[0].{status: Status, members: DBClusterMembers[].[DBInstanceIdentifier, IsClusterWriter]}'",
    ),
  ],
  // Its API is not part of every support plan.
  'AWS Health': ({ config: { region } }) => [
    `# In a browser, the open issues of ${region}: https://health.aws.amazon.com/health/status`,
  ],
  'database writer': ({ config: { region, database } }) => [
    aws(
      region,
      `rds describe-db-instances --filters Name=db-cluster-id,Values=${database.cluster}`,
      "--query 'DBInstances[].[DBInstanceIdentifier, DBInstanceStatus, PromotionTier]' --output text",
    ),
    `psql -h $(aws rds describe-db-clusters --db-cluster-identifier ${database.cluster} --query 'DBClusters[0].Endpoint' --output text --region ${region}) \\\n  -d ${database.access.database} -c 'SHOW transaction_read_only'`,
  ],
  memory: ({ config: { region, ecs } }) => {
    const stopped = `$(aws ecs list-tasks --cluster ${ecs.cluster} --service-name ${ecs.service} --desired-status STOPPED --query 'taskArns[]' --output text --region ${region})`;
    return [
      aws(
        region,
        `ecs describe-tasks --cluster ${ecs.cluster}`,
        `--tasks ${stopped}`,
        "--query 'tasks[].[stoppedAt, stoppedReason, containers[].[name, exitCode, reason]]'",
      ),
    ];
  },
  redis: ({ config }) =>
    ifCached(config, ({ replicationGroup }, region) => [
      aws(
        region,
        `elasticache describe-replication-groups --replication-group-id ${replicationGroup}`,
        "--query 'ReplicationGroups[0].{status: Status, failover: AutomaticFailover, nodes: NodeGroups[].NodeGroupMembers[].[CacheClusterId, CurrentRole]}'",
      ),
    ]),
  'security groups': ({ config }) =>
    ifCached(config, ({ nodes, serviceSecurityGroups }, region) => {
      const groups = `$(aws elasticache describe-cache-clusters --cache-cluster-id ${nodes[0]} --query 'CacheClusters[0].SecurityGroups[].SecurityGroupId' --output text --region ${region})`;
      const rules = (ids: string) => aws(region, 'ec2 describe-security-groups', `--group-ids ${ids}`, RULES);
      return [rules(serviceSecurityGroups.join(' ')), rules(groups)];
    }),
  certificates: ({ config: { certificates = [] } }) =>
    certificates.map(({ arn }) =>
      aws(
        arn.split(':')[3] ?? '',
        `acm describe-certificate --certificate-arn ${arn}`,
        "--query 'Certificate.{status: Status, ends: NotAfter, renewal: RenewalSummary.RenewalStatus, usedBy: InUseBy}'",
      ),
    ),
  'served certificates': ({ config: { certificates = [] } }) =>
    [...new Set(certificates.flatMap(({ hosts }) => hosts))].map(
      host =>
        `# The whole rating: ${sslLabsUrl(host)}\nopenssl s_client -connect ${host}:443 -servername ${host} </dev/null 2>/dev/null \\\n  | openssl x509 -noout -subject -issuer -enddate`,
    ),
  'configured names': ({ config: { ecs, loadBalancer, region } }) => [
    aws(region, `ecs describe-services --cluster ${ecs.cluster} --services ${ecs.service}`, "--query 'failures'"),
    aws(
      region,
      `elbv2 describe-load-balancers --names ${loadBalancer.split('/')[1]}`,
      "--query 'LoadBalancers[].LoadBalancerArn'",
    ),
  ],
};

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const RULES =
  "--query 'SecurityGroups[].{group: GroupId, in: IpPermissions[].[FromPort, ToPort, UserIdGroupPairs[].GroupId], out: IpPermissionsEgress[].[FromPort, ToPort, UserIdGroupPairs[].GroupId]}'";

const ifCached = (
  { redis, region }: ServiceConfig,
  commands: (redis: NonNullable<ServiceConfig['redis']>, region: string) => string[],
) => (redis ? commands(redis, region) : []);
