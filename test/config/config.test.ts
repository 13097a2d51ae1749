import { describe, expect, it } from 'vitest';
import good from '../../config/mockupaws-production.ts';
import { defineService, raisedConnections, type ServiceConfig } from '../../lib/config/service-config.ts';
import { servicePolicy } from '../../lib/config/service-policy.ts';
import { directAccess } from '../support/direct-access.ts';
import { type Draft, each, faults } from '../support/faults.ts';

const LISTENER = good.serviceHealth.maintenance?.listenerArn;

describe('a wrong configuration says where, what was found, and what is expected', () => {
  each([
    [c => delete c['title'], 'title is missing: expected the name people call the service by'],
    [c => delete c.ecs['cluster'], 'ecs.cluster is missing: expected the name of the ECS cluster'],
    [
      c => Object.assign(c, { ecs: undefined }),
      'ecs is missing: expected an object with cluster, service, scaleDownTo, autoScaling, logGroup',
    ],
    [
      c => Object.assign(c, { ecs: 'backend' }),
      'ecs is "backend": expected an object with cluster, service, scaleDownTo, autoScaling, logGroup',
    ],
    [
      c => Object.assign(c, { heartbeatUrl: 'http://user:secret@hc.example.com/secret?secret#secret' }),
      'heartbeatUrl is "http://hc.example.com": expected an https:// URL',
    ],
    [
      c => Object.assign(c, { heartbeatUrl: 'hc.example.com/secret' }),
      'heartbeatUrl is no URL: expected an https:// URL',
    ],
    [c => Object.assign(c, { heartbeatUrl: 7 }), 'heartbeatUrl is no URL: expected an https:// URL'],
    [c => Object.assign(c, { title: ' ' }), 'title is "": expected the name people call the service by'],
    [
      c => Object.assign(c, { colour: 'red' }),
      'colour is not a field of the configuration: expected one of service, title, region, healthUrls, ecs, loadBalancer, database, certificates, redis, people, escalation, operations, reviewers, reviewGuests, stakeholders, mode, automation, budget, runbook, heartbeatUrl, endpointConcurrency, hotline, templates, links, serviceHealth, badDeployment, databaseAvailability, databaseConnections, serviceMemory, certificateExpiry, redisHealth, slack, pagerduty, opsgenie, statusPage',
    ],
    [
      c => Object.assign(c, { serviceHealth: { scaleUpTo: 0 } }),
      'serviceHealth.scaleUpTo is 0: expected a whole number from 1 to 1000',
    ],
    [
      c => Object.assign(c, { serviceHealth: { failingShare: 0.25 } }),
      'serviceHealth.failingShare is 0.25: expected a share below 0.25, from which on it is a P2',
    ],
    [
      c => Object.assign(c, { serviceHealth: { severe: { average: 400 } } }),
      'serviceHealth.severe.average is 400: expected seconds from 0.1 to 300',
    ],
    [
      c => Object.assign(c, { serviceHealth: { maintenance: { listenerArn: LISTENER } } }),
      'serviceHealth.maintenance.priority is missing: expected a whole number from 1 to 50000',
    ],
    [
      c => Object.assign(c, { serviceHealth: { maintenance: { listenerArn: 'listener', priority: 1 } } }),
      'serviceHealth.maintenance.listenerArn is "listener": expected the ARN of a listener of the load balancer',
    ],
    [
      c => Object.assign(c, { serviceMemory: { heapDump: { container: 'backend', command: 'dump' } } }),
      'serviceMemory.heapDump.command is "dump": expected a shell command with {url} once, and no double quote, backslash, backtick or dollar sign: put such in a script',
    ],
    [
      c => Object.assign(c, { serviceMemory: { heapDump: { container: 'backend', command: "dump $HOME '{url}'" } } }),
      'serviceMemory.heapDump.command is "dump $HOME \'{url}\'": expected a shell command with {url} once, and no double quote, backslash, backtick or dollar sign: put such in a script',
    ],
    [
      c => Object.assign(c, { serviceMemory: { taskRoles: ['task'] } }),
      'serviceMemory.taskRoles.0 is "task": expected the ARN of a role of the task',
    ],
    [
      c => Object.assign(c, { serviceMemory: { warning: 0.9 } }),
      'serviceMemory is {"warning":0.9,"critical":0.9,"modes":{}}: expected a warning share below the critical one',
    ],
    [
      c => Object.assign(c, { badDeployment: { modes: { 'roll-back': 'yes' } } }),
      `badDeployment.modes.roll-back is "yes": expected 'off', 'observe', 'approve' or 'auto'`,
    ],
    [
      c => Object.assign(c.ecs, { clutser: 'a' }),
      'ecs.clutser is not a field of ecs: expected one of cluster, service, scaleDownTo, autoScaling, logGroup',
    ],
    [
      c => Object.assign(c, { service: 'Mockup AWS' }),
      'service is "Mockup AWS": expected a name of lower-case letters, digits and hyphens, at most 41 long',
    ],
    ...['aws-shop', 'amazon', 'amzn-shop'].map((service): [(c: Draft) => unknown, string] => [
      c => Object.assign(c, { service }),
      `service is "${service}": expected a name that does not begin with aws, amazon or amzn, which no runbook may`,
    ]),
    [
      c => Object.assign(c, { title: 'x'.repeat(61) }),
      `title is "${'x'.repeat(61)}": expected the name people call the service by, of at most 60 characters`,
    ],
    [c => Object.assign(c, { region: 'Ireland' }), 'region is "Ireland": expected an AWS region such as us-east-1'],
    [
      c => Object.assign(c, { healthUrls: ['http://mockupaws.com'] }),
      'healthUrls.0 is "http://mockupaws.com": expected an https:// URL',
    ],
    [c => Object.assign(c, { healthUrls: ['https://'] }), 'healthUrls.0 is "https://": expected an https:// URL'],
    [
      c => Object.assign(c, { healthUrls: [] }),
      'healthUrls is []: expected at least one health URL: without it nothing can be verified',
    ],
    [c => Object.assign(c.ecs, { scaleDownTo: 0 }), 'ecs.scaleDownTo is 0: expected a whole number from 1 to 1000'],
    [c => Object.assign(c.ecs, { scaleDownTo: '5' }), 'ecs.scaleDownTo is "5": expected a whole number from 1 to 1000'],
    [
      c => Object.assign(c.ecs, { scaleDownTo: Number.NaN }),
      'ecs.scaleDownTo is NaN: expected a whole number from 1 to 1000',
    ],
    [c => Object.assign(c.ecs, { autoScaling: 'yes' }), 'ecs.autoScaling is "yes": expected true or false'],
    [
      c => Object.assign(c, { loadBalancer: 'mockupaws-production' }),
      'loadBalancer is "mockupaws-production": expected app/NAME/ID, the last part of the ARN of the load balancer',
    ],
    [
      c => Object.assign(c.database, { engine: 'mysql' }),
      'database.engine is "mysql": expected \'aurora-postgresql\', the engine supported so far',
    ],
    [
      c => Object.assign(c.database, { maxConnections: 5 }),
      'database.maxConnections is 5: expected a whole number from 10 to 262143',
    ],
    [
      c => Object.assign(c.database.access, { secretArn: 'secret' }),
      'database.access.secretArn is "secret": expected the ARN of a Secrets Manager secret',
    ],
    [
      c => Object.assign(c.database.access, { secretKeyArn: 'arn:aws:kms:us-east-1:123456789012:alias/secrets' }),
      'database.access.secretKeyArn is "arn:aws:kms:us-east-1:123456789012:alias/secrets": expected the ARN of a KMS key, ending in key/ID: IAM knows no alias',
    ],
    [
      c => Object.assign(c.database.access, { via: 'odbc' }),
      "database.access.via is \"odbc\": expected 'data-api' or 'direct'",
    ],
    [c => delete c.database.access['via'], "database.access.via is missing: expected 'data-api' or 'direct'"],
    [
      c => Object.assign(c.database, { access: undefined }),
      "database.access is missing: expected { via: 'data-api', … } or { via: 'direct', … }",
    ],
    [
      c => Object.assign(c.database.access, { host: 'db' }),
      'database.access.host is not a field of database.access: expected one of via, secretArn, secretKeyArn, database',
    ],
    [c => Object.assign(c, { automation: true }), "automation is true: expected 'on' or 'off'"],
    [c => Object.assign(c, { budget: { runs: 3 } }), 'budget.hours is missing: expected a whole number from 1 to 168'],
    [
      c => Object.assign(c, { runbook: { date: '2026-02-30', owner: 'Ops' } }),
      'runbook.date is "2026-02-30": expected when it was last changed or reviewed, such as 2026-04-07',
    ],
    [
      c => Object.assign(c, { runbook: { date: '2026-04-07' } }),
      'runbook.owner is missing: expected the team or the person who keeps it',
    ],
    [c => Object.assign(c, { hotline: ' ' }), 'hotline is "": expected the number to call when all else fails'],
    [
      c => Object.assign(c, { hotline: '+1 (555) 555-0101' }),
      `hotline is "+1 (555) 555-0101": expected a number that is not ben's own: the runbook tells it`,
    ],
    [c => Object.assign(c, { links: [{ label: 'Wiki', url: 'wiki' }] }), 'links.0.url is "wiki": expected a URL'],
  ]);

  const certificate = (changes: object) => (c: Draft) =>
    Object.assign(c, { certificates: [{ ...good.certificates?.[0], ...changes }] });
  each([
    [c => Object.assign(c, { certificates: [] }), 'certificates is []: expected at least one certificate'],
    [
      certificate({ arn: 'certificate' }),
      'certificates.0.arn is "certificate": expected the ARN of a certificate in ACM, arn:aws:acm:REGION:ACCOUNT:certificate/ID',
    ],
    [certificate({ hosts: [] }), 'certificates.0.hosts is []: expected at least one host that serves it'],
    [
      certificate({ hosts: ['https://mockupaws.com'] }),
      'certificates.0.hosts.0 is "https://mockupaws.com": expected the name of a host, as api.example.com',
    ],
    [
      certificate({ hostedZoneId: 'mockupaws.com' }),
      'certificates.0.hostedZoneId is "mockupaws.com": expected the id of a Route 53 hosted zone, as Z0123456789ABCDEFGHIJ',
    ],
    [
      certificate({ distributionId: 'd111.cloudfront.net' }),
      'certificates.0.distributionId is "d111.cloudfront.net": expected the id of a CloudFront distribution, as E1A2B3C4D5E6F7',
    ],
    [
      c => Object.assign(c, { certificateExpiry: { warningDays: 7 } }),
      'certificateExpiry is {"warningDays":7,"criticalDays":7,"modes":{}}: expected criticalDays below warningDays',
    ],
  ]);

  const connections = (databaseConnections: object) => (c: Draft) => Object.assign(c, { databaseConnections });
  each([
    [connections({ warning: 80 }), 'databaseConnections.warning is 80: expected a share between 0 and 1'],
    [
      connections({ warning: 0.9, critical: 0.9 }),
      'databaseConnections is {"warning":0.9,"critical":0.9,"idleSeconds":300,"idleInTransactionSeconds":900,"modes":{}}: expected a warning share below the critical one',
    ],
    [connections({ idleSeconds: 5 }), 'databaseConnections.idleSeconds is 5: expected a whole number from 30 to 86400'],
    [
      connections({ idleSeconds: 901 }),
      'databaseConnections is {"warning":0.8,"critical":0.95,"idleSeconds":901,"idleInTransactionSeconds":900,"modes":{}}: expected idleInTransactionSeconds of idleSeconds or more',
    ],
    [
      connections({ modes: { 'scale-down': 'automatic' } }),
      "databaseConnections.modes.scale-down is \"automatic\": expected 'off', 'observe', 'approve' or 'auto'",
    ],
    [
      connections({ modes: { scaledown: 'auto' } }),
      'databaseConnections.modes.scaledown is not a field of databaseConnections.modes: expected one of scale-down, kill-idle-connections, raise-max-connections',
    ],
    [
      connections({ raiseTo: 1722 }),
      'databaseConnections.raiseTo is 1722: expected more than the 1722 of database.maxConnections',
    ],
    [
      connections({ raiseTo: 3000.5 }),
      'databaseConnections.raiseTo is 3000.5: expected a whole number from 10 to 262143',
    ],
    [
      c => Object.assign(c.database, { maxConnections: 5000 }),
      'databaseConnections.raiseTo is missing: expected more than the 5000 of database.maxConnections',
    ],
    [
      c => Object.assign(c.database, { parameterGroup: '' }),
      'database.parameterGroup is "": expected the name of the cluster\'s parameter group',
    ],
    [
      c => Object.assign(c.database, { instances: [] }),
      'database.instances is []: expected at least one instance of the cluster',
    ],
  ]);

  it('sessions that are protected, with every fault at once', () => {
    const address = 'expected an IP address such as 10.0.4.17, or a range such as 10.0.4.0/24';
    const protect = {
      users: [''],
      applications: 'etl',
      addresses: ['10.0.4', '10.0.4.0/33', '10.0.4.0/', '::1/129', 'fe80::1%eth0', 'example.com', 7],
      statement: ['*'],
    };
    expect(faults(c => Object.assign(c.database, { protect }))).toEqual([
      'database.protect.users.0 is "": expected the name of a database user, * standing for anything',
      'database.protect.applications is "etl": expected a list: an application_name, * standing for anything',
      ...protect.addresses.map((given, i) => `database.protect.addresses.${i} is ${JSON.stringify(given)}: ${address}`),
      'database.protect.statement is not a field of database.protect: expected one of users, applications, addresses, statements',
    ]);
    const addresses = ['10.0.4.17', '10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '::1'];
    expect(() => faults(c => Object.assign(c.database, { protect: { addresses } }))).toThrow('was accepted');
  });

  it('the way into the VPC, with every fault at once', () => {
    const access = {
      vpcId: 'vpc-1',
      availabilityZones: [],
      subnetIds: ['private'],
      host: '',
      databaseSecurityGroupId: 'sg-1',
    };
    expect(faults(c => Object.assign(c.database.access, access), directAccess)).toEqual([
      'database.access.host is "": expected the cluster\'s writer endpoint',
      'database.access.vpcId is "vpc-1": expected the id of a VPC: vpc- and 8 or 17 hex digits',
      'database.access.availabilityZones is []: expected at least one availability zone',
      'database.access.subnetIds.0 is "private": expected the id of a private subnet: subnet- and 8 or 17 hex digits',
      'database.access.databaseSecurityGroupId is "sg-1": expected the id of the security group of the database: sg- and 8 or 17 hex digits',
    ]);
  });

  it('names the service, also where there is hardly a configuration', () => {
    const define = (config: unknown) => () => defineService(config as ServiceConfig);
    expect(define({ ...good, title: 5 })).toThrow(
      'The configuration of mockupaws-production is wrong:\n  title is 5: expected',
    );
    expect(define(undefined)).toThrow('The configuration of the service is wrong:\n  the configuration is missing');
    expect(define([])).toThrow('  service is missing: expected a name of lower-case letters');
  });
});

describe('a second region for the status page', () => {
  const secondRegion = (region: string) => (c: Draft) =>
    Object.assign(c['statusPage'] as object, { secondRegion: region });
  each([
    [secondRegion('us-east-1'), 'statusPage.secondRegion is "us-east-1": expected another region than us-east-1'],
    [secondRegion('oregon'), 'statusPage.secondRegion is "oregon": expected an AWS region such as us-west-2'],
  ]);
});

describe('how a declared breach or data loss gets onto the status page', () => {
  const investigations = (c: Draft) => Object.assign(c['statusPage'] as object, { investigations: 'always' });
  each([[investigations, `statusPage.investigations is "always": expected 'approve' or 'auto'`]]);

  it('by a person, unless the configuration says otherwise', () => {
    expect(servicePolicy(good).statusPage?.investigations).toBe('approve');
    const statusPage = { ...good.statusPage, investigations: 'auto' } as typeof good.statusPage;
    expect(servicePolicy(defineService({ ...good, statusPage })).statusPage?.investigations).toBe('auto');
  });
});

it('a good configuration is filled with the defaults of the runbook', () => {
  const { mode, automation, budget, links, databaseConnections, ...needed } = good;
  expect(defineService(needed)).toEqual({
    ...needed,
    mode: 'observe',
    automation: 'on',
    budget: { runs: 12, hours: 24 },
    links: [],
    databaseConnections: { warning: 0.8, critical: 0.95, idleSeconds: 300, idleInTransactionSeconds: 900, modes: {} },
  });
  expect(good.escalation.map(({ afterMinutes }) => afterMinutes)).toEqual([0, 15, 30, 60]);
});

it('max_connections is raised to twice as many, at most 5000, unless told otherwise', () => {
  const raised = (maxConnections: number, databaseConnections = {}) =>
    raisedConnections(defineService({ ...good, database: { ...good.database, maxConnections }, databaseConnections }));
  expect(raised(1722)).toBe(3444);
  expect(raised(3479)).toBe(5000);
  expect(raised(5000, { raiseTo: 6000 })).toBe(6000);
  expect(() => raised(5000, { modes: { 'raise-max-connections': 'off' } })).not.toThrow();
});

it('a component of the status page needs no description', () => {
  const statusPage = good.statusPage && { ...good.statusPage, components: [{ id: 'api', name: 'API' }] };
  expect(defineService({ ...good, statusPage }).statusPage?.components[0]?.description).toBe('');
});
