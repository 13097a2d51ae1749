import * as v from 'valibot';
import { RUNBOOK_ESCALATION, RUNBOOK_POLICY } from '../lambda/domain/policy.ts';

const text = (expected: string) => v.pipe(v.string(expected), v.trim(), v.minLength(1, expected));
const matching = (pattern: RegExp, expected: string) => v.pipe(v.string(expected), v.regex(pattern, expected));
const whole = (from: number, to: number) => {
  const expected = `a whole number from ${from} to ${to}`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(from, expected), v.maxValue(to, expected));
};
const share = v.pipe(
  v.number('a share between 0 and 1'),
  v.gtValue(0, 'a share between 0 and 1'),
  v.ltValue(1, 'a share between 0 and 1'),
);

/** An object with these fields and no other. What is missing is asked for in the words of its own schema. */
const object = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, ({ expected, path }) => {
    const field = String(path?.at(-1)?.key ?? '');
    const schema = entries[field];
    const fields = Object.keys(entries).join(', ');
    if (expected === 'never') return `one of ${fields}`;
    if (expected === 'Object' || !schema) return `an object with ${fields}`;
    return v.safeParse(schema, undefined).issues?.[0]?.message ?? 'a value';
  });
const list = <Schema extends v.GenericSchema>(schema: Schema, expected: string) =>
  v.pipe(v.array(schema, expected), v.minLength(1, expected));
const url = (protocol: RegExp, expected: string) =>
  v.pipe(
    v.string(expected),
    v.check(text => protocol.test(text) && URL.canParse(text), expected),
  );
const awsId = (prefix: string, of: string) =>
  matching(new RegExp(`^${prefix}-[0-9a-f]{8}([0-9a-f]{9})?$`), `the id of ${of}: ${prefix}- and 8 or 17 hex digits`);

const Contact = v.union(
  [
    object({ email: v.pipe(v.string(), v.email('an e-mail address such as name@example.com')) }),
    object({ sms: matching(/^\+[1-9]\d{6,14}$/, 'a telephone number such as +15555550100 (E.164)') }),
  ],
  "one contact, { email: 'name@example.com' } or { sms: '+15555550100' }",
);

const Mode = v.picklist(['off', 'dry run', 'approve', 'auto'], "'off', 'dry run', 'approve' or 'auto'");

const secretArn = matching(
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+/,
  'the ARN of a Secrets Manager secret',
);

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

const Level = object({
  role: text('the role that is called'),
  afterMinutes: whole(0, 1440),
  contacts: list(Contact, 'at least one contact: a level nobody is on cannot be escalated to'),
});

const Escalation = v.pipe(
  list(Level, 'at least one escalation level'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const levels = dataset.value;
    levels.forEach((level, i) => {
      const before = levels[i - 1]?.afterMinutes;
      const { afterMinutes } = level;
      if (before === undefined ? afterMinutes === 0 : afterMinutes > before) return;
      const message = before === undefined ? '0: the first level is called at once' : `more than the ${before} before`;
      const at = { origin: 'value' } as const;
      addIssue({
        message,
        input: afterMinutes,
        path: [
          { ...at, type: 'array', input: levels, key: i, value: level },
          { ...at, type: 'object', input: { ...level }, key: 'afterMinutes', value: afterMinutes },
        ],
      });
    });
  }),
);

/** One protected service, as its file in `config/` describes it. */
export const ServiceConfig = v.pipe(
  object({
    service: matching(/^[a-z][a-z0-9-]{1,40}$/, 'a name of lower-case letters, digits and hyphens, at most 41 long'),
    /** As people call it: the name in messages. */
    title: text('the name people call the service by'),
    region: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as us-east-1'),
    healthUrls: list(url(/^https:/, 'an https:// URL'), 'at least one health URL: without it nothing can be verified'),
    ecs: object({
      cluster: text('the name of the ECS cluster'),
      service: text('the name of the ECS service'),
      /** Tasks left running while connections are relieved. */
      scaleDownTo: whole(1, 1000),
      /** Whether Application Auto Scaling manages the service; then it is suspended while tasks are scaled down. */
      autoScaling: v.boolean('true or false'),
      /** Where its tasks log. By default /ecs/ and the cluster's name. */
      logGroup: v.optional(matching(/^[\w./#-]{1,512}$/, 'the name of a CloudWatch log group')),
    }),
    /** As in the load balancer's ARN and metrics. */
    loadBalancer: matching(/^app\/[^/]+\/[0-9a-f]{16}$/, 'app/NAME/ID, the last part of the ARN of the load balancer'),
    database: object({
      cluster: text('the identifier of the Aurora cluster'),
      engine: v.literal('aurora-postgresql', "'aurora-postgresql', the engine supported so far"),
      /** No metric tells it: take it from the parameter group. Aurora PostgreSQL's default is LEAST(memory/9531392, 5000). */
      maxConnections: whole(10, 262_143),
      /** The cluster's parameter group, in which max_connections is raised; a default one cannot be modified. */
      parameterGroup: text("the name of the cluster's parameter group"),
      /** The instances of the cluster: whichever is the writer may have to be rebooted, and no other than these may be. */
      instances: list(text('the identifier of an instance'), 'at least one instance of the cluster'),
      access: DatabaseAccess,
    }),
    escalation: Escalation,
    /** Who hears of trouble in the responder itself: dead letters, a silent watch. */
    operations: list(Contact, 'at least one contact'),
    /** The kill switch's first value. A deployment does not turn back what a person set since. */
    automation: v.optional(v.picklist(['on', 'off'], "'on' or 'off'"), 'off'),
    budget: v.optional(object({ runs: whole(1, 100), hours: whole(1, 168) }), RUNBOOK_POLICY.budget),
    links: v.optional(
      v.array(object({ label: text('a label'), url: url(/^https?:/, 'a URL') }), 'a list of links'),
      [],
    ),
    serviceHealth: v.optional(
      object({
        /** Tasks run when too few bear the load. Absent, the service is not scaled up. */
        scaleUpTo: v.optional(whole(1, 1000)),
        /** Shares of requests answered with 5xx at which the alarms fire. */
        errorShare: v.optional(
          v.pipe(
            object({ warning: v.optional(share, 0.05), critical: v.optional(share, 0.5) }),
            v.check(({ warning, critical }) => warning < critical, 'a warning share below the critical one'),
          ),
          {},
        ),
        /** Average seconds of an answer at which the alarm fires. */
        responseSeconds: v.optional(whole(1, 60), 2),
        /** Where the maintenance page is shown, if people approve: a rule of this listener, before all its others. Absent, it is not. */
        maintenance: v.optional(
          object({
            listenerArn: matching(
              /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/[^/]+\/[0-9a-f]{16}\/[0-9a-f]{16}$/,
              'the ARN of a listener of the load balancer',
            ),
            priority: v.optional(whole(1, 50_000), 1),
          }),
        ),
        /** Mode by step; a step not named keeps its default. */
        modes: v.optional(
          object({
            'roll-back': v.optional(Mode),
            'scale-up': v.optional(Mode),
            'maintenance-mode': v.optional(Mode),
          }),
          {},
        ),
      }),
      {},
    ),
    badDeployment: v.optional(
      object({
        /** Mode by step; a step not named keeps its default. */
        modes: v.optional(object({ 'roll-back': v.optional(Mode) }), {}),
      }),
      {},
    ),
    databaseConnections: v.optional(
      v.pipe(
        object({
          /** Shares of maxConnections at which the alarms fire. */
          warning: v.optional(share, 0.8),
          critical: v.optional(share, 0.95),
          /** Seconds without activity after which a session may be ended. */
          idleSeconds: v.optional(whole(30, 86_400), 300),
          /** Mode by step; a step not named keeps its default. */
          modes: v.optional(
            object({
              'scale-down': v.optional(Mode),
              'kill-idle-connections': v.optional(Mode),
              'raise-max-connections': v.optional(Mode),
            }),
            {},
          ),
          /** What max_connections is raised to. By default twice as many, at most Aurora's own default of 5000. */
          raiseTo: v.optional(whole(10, 262_143)),
        }),
        v.check(({ warning, critical }) => warning < critical, 'a warning share below the critical one'),
      ),
      {},
    ),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { databaseConnections, database } = dataset.value;
    const off = databaseConnections.modes['raise-max-connections'] === 'off';
    if (off || raisedConnections(dataset.value) > database.maxConnections) return;
    const at = { type: 'object', origin: 'value' } as const;
    addIssue({
      message: `more than the ${database.maxConnections} of database.maxConnections`,
      input: databaseConnections.raiseTo,
      path: [
        { ...at, input: { ...dataset.value }, key: 'databaseConnections', value: databaseConnections },
        { ...at, input: { ...databaseConnections }, key: 'raiseTo', value: databaseConnections.raiseTo },
      ],
    });
  }),
);

/** The log group of the service's tasks. */
export const logGroupOf = ({ ecs }: { ecs: { cluster: string; logGroup?: string | undefined } }) =>
  ecs.logGroup ?? `/ecs/${ecs.cluster}`;

interface Connections {
  database: { maxConnections: number };
  databaseConnections: { raiseTo?: number | undefined };
}

/** What max_connections is raised to: as configured, or twice as many, at most Aurora's own default for large instances. */
export function raisedConnections({ database, databaseConnections }: Connections): number {
  return databaseConnections.raiseTo ?? Math.min(2 * database.maxConnections, 5000);
}

export type ServiceConfig = v.InferOutput<typeof ServiceConfig>;
export type Contact = v.InferOutput<typeof Contact>;

/** The roles and times of the runbook's escalation path, each with the contacts given, in order. */
export function runbookEscalation(...contacts: v.InferInput<typeof Contact>[][]) {
  return RUNBOOK_ESCALATION.map(({ role, afterMinutes }, i) => ({ role, afterMinutes, contacts: contacts[i] ?? [] }));
}

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
  return `is ${(typeof input === 'number' ? String(input) : JSON.stringify(input)).slice(0, 200)}: expected ${message}`;
}
