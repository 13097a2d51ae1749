import { LONGEST, MOST } from '../lib/config/most.ts';
import { defineService } from '../lib/config/service-config.ts';

/**
 * The largest configuration that AWS's quotas let pass, for `npx cdk synth -c config=largest`: everything is switched on, names are as
 * long as they may be, and of whatever has a limit of its own there is as much as that. It is no service, and whatever asks which
 * services there are leaves it out. `test/config/largest.test.ts` adds one thing more of each kind, and sees it refused.
 *
 * A new resource of the stack goes beyond the 500 that it may have: one of `PEOPLE` makes room for it here, and for nobody else.
 */

/** Each takes three resources, and one or two for each address of its people. */
const LEVELS = 4;

/** With them, the stack has 500 resources. Each takes one, by the e-mail address. */
const PEOPLE = 8;

/** Each takes seven resources. */
const NODES = 2;

/** With them, the environment of the watch is full. */
const OVERRIDES = 11;

/** With them, the environment of the functions that look after certificates is full: one certificate has so many, each other has one. */
const HOSTS = 4;

const times = <Thing>(number: number, thing: (i: number) => Thing) =>
  Array.from({ length: number }, (_, i) => thing(i));

/** A name of this length, which a number tells from others. */
const long = (length: number, beginning = 'n', i = 0) => {
  const end = String(i).padStart(3, '0');
  return `${beginning}-${'x'.repeat(length - beginning.length - end.length - 1)}${end}`;
};
const hex = (length: number, i = 0) => i.toString(16).padStart(length, '0');
const region = 'ap-southeast-2';
const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:123456789012:${rest}`;
const secretArn = (name: string) => arn('secretsmanager', `secret:${long(500, name)}-AbCdEf`);
const secretKeyArn = arn('kms', `key/mrk-${hex(32)}`);
const loadBalancer = `app/${long(LONGEST.loadBalancer)}/${hex(16)}`;
const listenerArn = (i: number) => arn('elasticloadbalancing', `listener/${loadBalancer}/${hex(16, i)}`);
/** A name of labels that are at most 63 long. */
const host = (length: number, i = 0) =>
  `${'h'.repeat(length - 8).replace(/(.{59})./g, '$1.')}h${String(i).padStart(3, '0')}.com`;
const email = (i: number) => `${long(63, 'e', i)}@${[long(63, 'a'), long(63, 'b'), host(62)].join('.')}`;

const names = times(PEOPLE, i => long(31, 'p', i));
const [first = ''] = names;

const rotation = {
  ...{ timeZone: 'America/Argentina/ComodRivadavia', since: '2026-01-12', at: '09:00' },
  overrides: times(OVERRIDES, day => ({
    ...{ person: first, from: `2026-01-${10 + day}T09:00`, to: `2026-01-${11 + day}T09:00` },
  })),
};

export default defineService({
  service: long(LONGEST.service),
  title: long(LONGEST.title),
  region,
  healthUrls: times(MOST.healthUrls, i => ({
    url: `https://${host(LONGEST.url - 'https://'.length, i)}`,
    contains: long(LONGEST.contains),
  })),
  ecs: {
    ...{ cluster: long(LONGEST.text), service: long(LONGEST.text), logGroup: long(512) },
    ...{ scaleDownTo: 1000, autoScaling: true },
  },
  loadBalancer,
  database: {
    cluster: long(LONGEST.databaseIdentifier),
    engine: 'aurora-postgresql',
    maxConnections: 262_142,
    parameterGroup: long(LONGEST.text),
    instances: times(MOST.databaseInstances, i => long(LONGEST.databaseIdentifier, 'i', i)),
    access: {
      via: 'direct',
      secretArn: secretArn('database'),
      secretKeyArn,
      database: long(LONGEST.databaseIdentifier),
      host: host(LONGEST.text),
      vpcId: `vpc-${hex(17)}`,
      availabilityZones: times(MOST.availabilityZones, i => `${region}${'abcdef'[i]}`),
      subnetIds: times(MOST.subnets, i => `subnet-${hex(17, i)}`),
      databaseSecurityGroupId: `sg-${hex(17)}`,
    },
    protect: {
      users: times(MOST.spared, i => long(LONGEST.spared, 'u', i)),
      applications: times(MOST.spared, i => long(LONGEST.spared, 'a', i)),
      addresses: times(MOST.spared, i => `2001:db8:ffff:ffff:ffff:ffff:ffff:${hex(4, i)}/128`),
      statements: times(MOST.spared, i => long(LONGEST.spared, 's', i)),
    },
  },
  databaseConnections: { raiseTo: 262_143 },
  redis: {
    replicationGroup: long(40),
    nodes: times(NODES, i => long(50, 'r', i)),
    serviceSecurityGroups: times(MOST.securityGroups, i => `sg-${hex(17, i)}`),
  },
  redisHealth: { hitRate: 0.5, evictionsPerMinute: 1_000_000_000 },
  certificates: times(MOST.certificates, i => ({
    arn: arn('acm', `certificate/${hex(8, i)}-0000-0000-0000-${hex(12)}`),
    hosts: times(i === 0 ? HOSTS : 1, j => host(64, 10 * i + j)),
    hostedZoneId: `Z${'0'.repeat(20)}`,
    listenerArns: [listenerArn(i)],
    distributionId: `E${'0'.repeat(13)}`,
  })),
  people: Object.fromEntries(
    names.map((name, i) => [name, { email: email(i), ...(i < 5 ? { sms: `+49151234567890${i}` } : {}) }]),
  ),
  escalation: times(LEVELS, i => ({
    ...{ role: long(LONGEST.role, 'r', i), afterMinutes: 15 * i, people: names.slice(i, i === 0 ? 2 : i + 1) },
    ...(i === 0 ? { rotation } : {}),
  })),
  operations: [first],
  reviewers: names,
  reviewGuests: names,
  stakeholders: names,
  runbook: { version: '1.0.0', date: '2026-04-07', owner: long(LONGEST.text) },
  hotline: long(LONGEST.text),
  heartbeatUrl: `https://${host(LONGEST.url - 'https://'.length)}`,
  endpointConcurrency: 100,
  links: times(MOST.links, i => ({
    label: long(LONGEST.label, 'l', i),
    url: `https://${host(LONGEST.url - 'https://'.length, i)}`,
  })),
  serviceHealth: { scaleUpTo: 1000, maintenance: { listenerArn: listenerArn(0), priority: 50_000 } },
  serviceMemory: {
    heapDump: { container: long(LONGEST.text), command: `${long(1994)} {url}` },
    taskRoles: times(MOST.taskRoles, i => `arn:aws:iam::123456789012:role/${long(128, 'r', i)}`),
  },
  slack: {
    ...{ team: `T${'0'.repeat(10)}`, channel: `C${'0'.repeat(10)}`, onlyPeople: true },
    ...{ botTokenSecretArn: secretArn('token'), signingSecretArn: secretArn('secret'), secretKeyArn },
    people: Object.fromEntries(times(MOST.slackPeople, i => [long(31, 'p', i), `U${String(i).padStart(10, '0')}`])),
  },
  pagerduty: {
    ...{ routingKeySecretArn: secretArn('key'), webhookSecretArn: secretArn('webhook'), secretKeyArn },
    url: `https://${host(LONGEST.url - 'https://'.length)}`,
  },
  opsgenie: {
    apiKeySecretArn: secretArn('api'),
    webhookTokenSecretArn: secretArn('token'),
    secretKeyArn,
    region: 'eu',
  },
  statusPage: {
    url: `https://${host(64)}`,
    certificateArn: `arn:aws:acm:us-east-1:123456789012:certificate/${hex(8)}-0000-0000-0000-${hex(12)}`,
    hostedZoneId: `Z${'0'.repeat(20)}`,
    secondRegion: 'ap-northeast-1',
    components: times(MOST.topics, i => ({
      id: long(31, 'c', i),
      name: long(LONGEST.component, 'c', i),
      description: long(LONGEST.componentDescription, 'c', i),
    })),
    maintenance: times(MOST.maintenances, i => ({
      ...{ id: long(31, 'm', i), title: long(LONGEST.text, 't', i), text: long(LONGEST.text, 'w', i) },
      ...{ from: '2026-01-31T18:00Z', to: '2026-01-31T20:00Z' },
      components: times(MOST.topics, j => long(31, 'c', j)),
    })),
    subscribers: { from: email(PEOPLE) },
  },
});
