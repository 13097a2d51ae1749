import * as v from 'valibot';
import { RUNBOOK_POLICY } from '../../lambda/domain/incident/runbook-policy.ts';
import { CertificateExpirySettings, Certificates } from './certificates.ts';
import { Database } from './database.ts';
import { atMost, day, issueAt, list, Mode, matching, object, text, url, whole } from './fields.ts';
import { LONGEST, MOST, RESERVED_FOR_DOCUMENTS } from './most.ts';
import { Opsgenie } from './opsgenie.ts';
import { PagerDuty } from './pagerduty.ts';
import { Escalation, faultsOfPeople, Operations, People, Reviewers, Stakeholders } from './people.ts';
import {
  BadDeploymentSettings,
  DatabaseAvailabilitySettings,
  DatabaseConnectionsSettings,
  ServiceHealthSettings,
} from './playbooks.ts';
import { Redis, RedisHealthSettings } from './redis.ts';
import { ServiceMemorySettings } from './service-memory.ts';
import { Slack } from './slack.ts';
import { StatusPageSettings } from './status-page.ts';

const httpsUrl = url(/^https:/, 'an https:// URL');

/** Alone, its status decides; with `contains`, a part of its body too, as an error page may come with a 200. */
const HealthUrl = v.pipe(
  v.union(
    [httpsUrl, object({ url: httpsUrl, contains: v.optional(text('what its answer must contain', LONGEST.contains)) })],
    "an https:// URL, or { url: 'https://…', contains: 'ok' }",
  ),
  v.transform((given): { url: string; contains?: string | undefined } =>
    typeof given === 'string' ? { url: given } : given,
  ),
);

/** The file in `config/` that is meant where none is named. */
export const DEFAULT_CONFIG = 'mockupaws-production';

/** One protected service, as its file in `config/` describes it. */
export const ServiceConfig = v.pipe(
  object({
    service: v.pipe(
      matching(/^[a-z][a-z0-9-]{1,40}$/, 'a name of lower-case letters, digits and hyphens, at most 41 long'),
      v.check(
        name => !RESERVED_FOR_DOCUMENTS.some(prefix => name.startsWith(prefix)),
        'a name that does not begin with aws, amazon or amzn, which no runbook may',
      ),
    ),
    /** The name that people use, in messages. */
    title: text('the name people call the service by', LONGEST.title),
    region: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as us-east-1'),
    healthUrls: list(HealthUrl, 'at least one health URL: without it nothing can be verified', MOST.healthUrls),
    ecs: object({
      cluster: text('the name of the ECS cluster'),
      service: text('the name of the ECS service'),
      /** Tasks left running while connections are relieved. */
      scaleDownTo: whole(1, 1000),
      /** Application Auto Scaling manages the service; the responder suspends it while tasks are scaled down. */
      autoScaling: v.boolean('true or false'),
      /** Where its tasks log. By default /ecs/ and the cluster's name. */
      logGroup: v.optional(matching(/^[\w./#-]{1,512}$/, 'the name of a CloudWatch log group')),
    }),
    /** The last part of the load balancer's ARN, as in its metrics. */
    loadBalancer: matching(
      /^app\/[^/]{1,32}\/[0-9a-f]{16}$/,
      'app/NAME/ID, the last part of the ARN of the load balancer',
    ),
    database: Database,
    /** Its certificates. Absent, none is watched. */
    certificates: v.optional(Certificates),
    /** The service's cache. Absent, there is none that is watched. */
    redis: v.optional(Redis),
    people: People,
    escalation: Escalation,
    operations: Operations,
    reviewers: Reviewers,
    reviewGuests: Stakeholders,
    stakeholders: Stakeholders,
    /**
     * How far automation goes, at most, in every playbook that says nothing else. `observe` changes nothing: runbooks run dry, and
     * people are told what would have been done, on what evidence.
     */
    mode: v.optional(Mode, 'observe'),
    /** The kill switch's first value. A deployment does not turn back what a person set since. */
    automation: v.optional(v.picklist(['on', 'off'], "'on' or 'off'"), 'on'),
    budget: v.optional(object({ runs: whole(1, 100), hours: whole(1, 168) }), RUNBOOK_POLICY.budget),
    /** The head of the runbook document. `date` is the last change or review, not a clock's: written twice, the document is the same. */
    runbook: v.optional(
      object({
        /** By default that of package.json. */
        version: v.optional(matching(/^\d+\.\d+\.\d+$/, 'a version such as 1.0.0')),
        date: day('when it was last changed or reviewed, such as 2026-04-07'),
        owner: text('the team or the person who keeps it'),
      }),
    ),
    /** Called once a minute by the watch, so that somebody outside notices when it is silent. Whoever knows it can keep it alive. */
    heartbeatUrl: v.optional(httpsUrl),
    /**
     * How many invocations of each public endpoint run at a time. They are taken from the account's, which must keep 100 for the
     * others: an account that has ten refuses the deployment. Without it, a flood of requests takes what the responder needs.
     */
    endpointConcurrency: v.optional(whole(1, 100)),
    /** A number to call when all else fails. It stands in the runbook and in pages, so it is nobody's own. */
    hotline: v.optional(text('the number to call when all else fails')),
    /** A directory whose files take the place of those with the same path in `templates/`, from where `cdk` runs. */
    templates: v.optional(text('a directory with templates of your own')),
    links: v.optional(
      v.pipe(
        v.array(object({ label: text('a label', LONGEST.label), url: url(/^https?:/, 'a URL') }), 'a list of links'),
        atMost(MOST.links),
      ),
      [],
    ),
    serviceHealth: ServiceHealthSettings,
    badDeployment: BadDeploymentSettings,
    databaseAvailability: DatabaseAvailabilitySettings,
    databaseConnections: DatabaseConnectionsSettings,
    serviceMemory: ServiceMemorySettings,
    certificateExpiry: CertificateExpirySettings,
    redisHealth: RedisHealthSettings,
    slack: Slack,
    pagerduty: PagerDuty,
    opsgenie: Opsgenie,
    statusPage: StatusPageSettings,
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { databaseConnections, database } = dataset.value;
    const off = databaseConnections.modes['raise-max-connections'] === 'off';
    if (off || raisedConnections(dataset.value) > database.maxConnections) return;
    const more = `more than the ${database.maxConnections} of database.maxConnections`;
    addIssue(issueAt(dataset.value, ['databaseConnections', 'raiseTo'], more));
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { region, statusPage } = dataset.value;
    if (statusPage?.secondRegion === region)
      addIssue(issueAt(dataset.value, ['statusPage', 'secondRegion'], `another region than ${region}`));
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const { path, message } of faultsOfPeople(dataset.value)) addIssue(issueAt(dataset.value, path, message));
  }),
);

/** The log group of the service's tasks. */
export const logGroupOf = ({ ecs }: { ecs: { cluster: string; logGroup?: string | undefined } }) =>
  ecs.logGroup ?? `/ecs/${ecs.cluster}`;

interface Connections {
  database: { maxConnections: number };
  databaseConnections: { raiseTo?: number | undefined };
}

/** The number that max_connections is raised to: as configured, or twice as many, at most Aurora's default for large instances. */
export function raisedConnections({ database, databaseConnections }: Connections): number {
  return databaseConnections.raiseTo ?? Math.min(2 * database.maxConnections, 5000);
}

export type ServiceConfig = v.InferOutput<typeof ServiceConfig>;
export { runbookEscalation } from './people.ts';

/** Checks a configuration. @throws Error naming for each fault the path, the value found, and what is expected. */
export function defineService(config: v.InferInput<typeof ServiceConfig>): ServiceConfig {
  const result = v.safeParse(ServiceConfig, config);
  if (result.success) return result.output;
  throw new Error(
    `The configuration of ${config?.service ?? 'the service'} is wrong:\n${describeFaults(result.issues).join('\n')}`,
  );
}

/** One line a fault. What is said of an object is left out where a part of it is wrong already. */
function describeFaults(issues: v.BaseIssue<unknown>[]): string[] {
  const byPath = new Map(issues.toReversed().map(issue => [v.getDotPath(issue) ?? '', issue]));
  const paths = [...byPath.keys()].toReversed();
  return paths
    .filter(path => !paths.some(other => other !== path && (path === '' || other.startsWith(`${path}.`))))
    .map(path => `  ${path || 'the configuration'} ${fault(path, byPath.get(path))}`);
}

function fault(path: string, issue: v.BaseIssue<unknown> | undefined): string {
  const { input, expected, message } = issue ?? { input: undefined, expected: null, message: '' };
  if (expected === 'never')
    return `is not a field of ${path.split('.').slice(0, -1).join('.') || 'the configuration'}: expected ${message}`;
  if (input === undefined) return `is missing: expected ${message}`;
  if (path === 'heartbeatUrl') return `is ${hostOf(input)}: expected ${message}`;
  return `is ${(typeof input === 'number' ? String(input) : JSON.stringify(input)).slice(0, 200)}: expected ${message}`;
}

/** The part of a URL that is no secret: whoever knows the rest can keep the heartbeat alive. */
const hostOf = (input: unknown) =>
  typeof input === 'string' && URL.canParse(input)
    ? JSON.stringify(`${new URL(input).protocol}//${new URL(input).host}`)
    : 'no URL';
