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

const Contact = v.union(
  [
    v.strictObject({ email: v.pipe(v.string(), v.email()) }),
    v.strictObject({ sms: v.pipe(v.string(), v.regex(/^\+[1-9]\d{6,14}$/)) }),
  ],
  "{ email: 'name@example.com' } or { sms: '+15555550100' } (E.164)",
);

const Mode = v.picklist(['off', 'dry run', 'approve', 'auto'], "'off', 'dry run', 'approve' or 'auto'");

const secretArn = matching(
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+/,
  'the ARN of a Secrets Manager secret',
);

const DatabaseAccess = v.variant(
  'via',
  [
    v.strictObject({ via: v.literal('data-api'), secretArn, database: text('the name of a database') }),
    v.strictObject({
      via: v.literal('direct'),
      secretArn,
      database: text('the name of a database'),
      host: text("the cluster's writer endpoint"),
      port: v.optional(whole(1, 65535), 5432),
      vpcId: matching(/^vpc-[0-9a-f]+$/, 'a VPC id, vpc-…'),
      availabilityZones: v.pipe(v.array(v.string()), v.minLength(1, 'at least one availability zone')),
      subnetIds: v.pipe(
        v.array(matching(/^subnet-[0-9a-f]+$/, 'a subnet id, subnet-…')),
        v.minLength(1, 'at least one private subnet'),
      ),
      databaseSecurityGroupId: matching(/^sg-[0-9a-f]+$/, 'the id of the security group of the database, sg-…'),
    }),
  ],
  "{ via: 'data-api', … } or { via: 'direct', … }",
);

const Level = v.strictObject({
  role: text('the role that is called'),
  afterMinutes: whole(0, 1440),
  contacts: v.pipe(
    v.array(Contact),
    v.minLength(1, 'at least one contact: a level nobody is on cannot be escalated to'),
  ),
});

const Escalation = v.pipe(
  v.array(Level),
  v.minLength(1, 'at least one escalation level'),
  v.check(levels => levels[0]?.afterMinutes === 0, 'a first level with afterMinutes 0'),
  v.check(
    levels => levels.every((level, i) => i === 0 || level.afterMinutes > (levels[i - 1]?.afterMinutes ?? 0)),
    'levels in order of afterMinutes, each later than the one before',
  ),
);

/** One protected service, as its file in `config/` describes it. */
export const ServiceConfig = v.pipe(
  v.strictObject({
    service: matching(/^[a-z][a-z0-9-]{1,40}$/, 'a name of lower-case letters, digits and hyphens, at most 41 long'),
    /** As people call it: the name in messages. */
    title: text('the name people call the service by'),
    region: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as us-east-1'),
    healthUrls: v.pipe(
      v.array(v.pipe(v.string(), v.url('a URL'), v.startsWith('https://', 'an https:// URL'))),
      v.minLength(1, 'at least one health URL: without it nothing can be verified'),
    ),
    ecs: v.strictObject({
      cluster: text('the name of the ECS cluster'),
      service: text('the name of the ECS service'),
      /** Tasks left running while connections are relieved. */
      scaleDownTo: whole(1, 1000),
      /** Whether Application Auto Scaling manages the service; then it is suspended while tasks are scaled down. */
      autoScaling: v.boolean('true or false'),
    }),
    /** As in the load balancer's ARN and metrics. */
    loadBalancer: matching(/^app\/[^/]+\/[0-9a-f]{16}$/, 'app/NAME/ID, the last part of the ARN of the load balancer'),
    database: v.strictObject({
      cluster: text('the identifier of the Aurora cluster'),
      engine: v.literal('aurora-postgresql', "'aurora-postgresql', the engine supported so far"),
      /** No metric tells it: take it from the parameter group. Aurora PostgreSQL's default is LEAST(memory/9531392, 5000). */
      maxConnections: whole(10, 262_143),
      access: DatabaseAccess,
    }),
    escalation: Escalation,
    /** Who hears of trouble in the responder itself: dead letters, a silent watch. */
    operations: v.pipe(v.array(Contact), v.minLength(1, 'at least one contact')),
    /** The kill switch's first value. A deployment does not turn back what a person set since. */
    automation: v.optional(v.picklist(['on', 'off'], "'on' or 'off'"), 'off'),
    budget: v.optional(v.strictObject({ runs: whole(1, 100), hours: whole(1, 168) }), RUNBOOK_POLICY.budget),
    links: v.optional(v.array(v.strictObject({ label: text('a label'), url: v.pipe(v.string(), v.url('a URL')) })), []),
    databaseConnections: v.optional(
      v.pipe(
        v.strictObject({
          /** Shares of maxConnections at which the alarms fire. */
          warning: v.optional(share, 0.8),
          critical: v.optional(share, 0.95),
          /** Seconds without activity after which a session may be ended. */
          idleSeconds: v.optional(whole(30, 86_400), 300),
          /** Mode by step; a step not named keeps its default. */
          modes: v.optional(
            v.strictObject({ 'scale-down': v.optional(Mode), 'kill-idle-connections': v.optional(Mode) }),
            {},
          ),
        }),
        v.check(({ warning, critical }) => warning < critical, 'a warning share below the critical one'),
      ),
      {},
    ),
  }),
);

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
  const faults = result.issues.map(issue => {
    const found = JSON.stringify(issue.input) ?? 'nothing';
    return `  ${v.getDotPath(issue) ?? 'the configuration'} is ${found.slice(0, 200)}: expected ${expectation(issue)}`;
  });
  throw new Error(`The configuration of ${config?.service ?? 'the service'} is wrong:\n${faults.join('\n')}`);
}

const expectation = ({ message, expected }: v.BaseIssue<unknown>) =>
  message.startsWith('Invalid ') && expected ? expected : message;
