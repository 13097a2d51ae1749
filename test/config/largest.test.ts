import { describe, expect, it } from 'vitest';
import { configurationOf, configurations } from '../../bin/configurations.ts';
import { serviceOf } from '../../bin/incident/service.ts';
import largest from '../../config/largest.ts';
import { MOST } from '../../lib/config/most.ts';
import { DEFAULT_CONFIG, defineService, type ServiceConfig } from '../../lib/config/service-config.ts';
import { type Draft, faults } from '../support/faults.ts';
import { synthesise } from '../support/stack.ts';

/** The name of a stack is in that of what it has. */
const nameOf = ({ service }: ServiceConfig) => `${service}-incident-response`;

it('all that can be switched on is, and AWS lets it pass', () => {
  const { templates: _, ...fields } = largest;
  expect(Object.entries(fields).filter(([, value]) => value === undefined)).toEqual([]);
  const { template, others } = synthesise(largest, { name: nameOf(largest) });
  expect(Object.keys(template.toJSON().Resources)).toHaveLength(500);
  expect(Object.keys(others)).toHaveLength(1);
});

type Change = (config: Draft) => unknown;
type Part = Record<string, never>;

/** Any part of a draft. */
const at = (config: unknown, path: string) =>
  path.split('.').reduce((part, key) => (part as Part)[key] as unknown, config);
const more =
  (path: string): Change =>
  config => {
    const list = at(config, path) as unknown[];
    list.push(structuredClone(list.at(-1)));
  };
const longer =
  (path: string): Change =>
  config => {
    const way = path.split('.');
    const key = way.pop() ?? '';
    const part = (way.length > 0 ? at(config, way.join('.')) : config) as Record<string, string>;
    part[key] = `x${part[key]}`;
  };

describe('one thing more is refused by its own bound', () => {
  it.each([
    ['healthUrls', MOST.healthUrls],
    ['database.instances', MOST.databaseInstances],
    ['database.access.availabilityZones', MOST.availabilityZones],
    ['database.access.subnetIds', MOST.subnets],
    ['database.protect.users', MOST.spared],
    ['database.protect.applications', MOST.spared],
    ['database.protect.addresses', MOST.spared],
    ['database.protect.statements', MOST.spared],
    ['redis.serviceSecurityGroups', MOST.securityGroups],
    ['certificates', MOST.certificates],
    ['serviceMemory.taskRoles', MOST.taskRoles],
    ['links', MOST.links],
    ['statusPage.maintenance', MOST.maintenances],
  ])('%s', (path, most) => {
    expect(at(largest, path)).toHaveLength(most);
    expect(faults(more(path), largest)).toEqual([expect.stringMatching(`^${path} is .*: expected ${most} at most$`)]);
  });

  it.each([
    ...['service', 'title', 'ecs.cluster', 'ecs.service', 'ecs.logGroup', 'loadBalancer', 'hotline'],
    ...['healthUrls.0.contains', 'database.cluster', 'database.parameterGroup', 'database.instances.0'],
    ...['database.access.database', 'database.access.host', 'database.protect.users.0', 'redis.nodes.0'],
    ...['escalation.0.role', 'links.0.label', 'links.0.url', 'serviceMemory.heapDump.container'],
    ...['serviceMemory.heapDump.command', 'statusPage.components.0.name', 'statusPage.components.0.description'],
    ...['statusPage.components.0.id', 'people.p-xxxxxxxxxxxxxxxxxxxxxxxxxx000.email'],
  ])('%s', path => {
    expect(faults(longer(path), largest).filter(fault => fault.startsWith(`${path} is `))).toHaveLength(1);
  });

  it('components that people can subscribe to', () => {
    const components = [...(largest.statusPage?.components ?? []), { id: 'other', name: 'Other' }];
    expect(faults(config => Object.assign(at(config, 'statusPage') as object, { components }), largest)).toEqual([
      expect.stringContaining(`at most ${MOST.topics} components that customers can subscribe to`),
    ]);
  });
});

const onePersonMore: Change = ({ people }) => Object.assign(people, { zoe: { email: 'zoe@example.com' } });

const oneLevelMore: Change = config => {
  more('escalation')(config);
  Object.assign(config.escalation.at(-1) ?? {}, { afterMinutes: 1440 });
};

describe('one thing more goes beyond a quota, which names the field:', () => {
  const resources = 'the resources of a stack are 50\\d, \\d more than the 500 that AWS allows\\.';
  const environment = 'the environment of a function takes 4,\\d{3} bytes,';

  it.each<[string, Change, string, string]>([
    ['redis.nodes', config => (at(config, 'redis.nodes') as string[]).push('r-002'), resources, 'redis\\.nodes \\(2'],
    ['people', onePersonMore, resources, 'people, escalation and operations \\('],
    ['escalation', oneLevelMore, resources, 'people, escalation and operations \\('],
    ['overrides', more('escalation.0.rotation.overrides'), environment, 'escalation\\.0\\.rotation\\.overrides'],
    ['hosts', more('certificates.0.hosts'), environment, 'certificates'],
  ])('%s', (_, change, says, field) => {
    const draft = structuredClone(largest) as unknown as Draft;
    change(draft);
    const one = defineService(draft as unknown as ServiceConfig);
    expect(() => synthesise(one, { name: nameOf(one) })).toThrow(
      new RegExp(`${says}.* Of the configuration it is ([^:]*, )?${field}`),
    );
  });
});

it('is no service: only a synthesis that names it finds it', async () => {
  expect(configurations()).not.toContain('largest');
  expect(await configurationOf('largest')).toBe(largest);
  expect((await serviceOf(undefined)).service).toBe(DEFAULT_CONFIG);
  await expect(serviceOf(largest.service)).rejects.toThrow(/^Service n-x+\d* not found/);
});
