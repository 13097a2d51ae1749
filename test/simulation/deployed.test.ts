import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Assembly } from 'embedded-aws';
import { expect, it, test } from 'vitest';
import type { DeploymentDocument } from '../../lambda/domain/deployed.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, withDeployed } from './world.ts';

const MINUTE = 60_000;

/** The current deployment by its hash. */
async function pointer(world: RehearsalWorld): Promise<string | undefined> {
  const [TableName] = world.account.ofType('AWS::DynamoDB::GlobalTable').map(({ ref }) => ref);
  const { Items = [] } = await world.client(DynamoDBClient).send(new ScanCommand({ TableName }));
  return Items.find(({ pk }) => pk?.S === 'service/mockupaws-production')?.['deployment']?.S;
}

it('an incident goes on under the policy it was opened under, the next opens under the new one, and a rollback points back', async () => {
  const renamed = (title: string) => (document: DeploymentDocument) => Object.assign(document.shared, { title });
  const before = assembly();
  const world = await RehearsalWorld.create(before, 3);
  const run = (minutes: number) => world.clock.run(minutes * MINUTE, () => false);
  const subjects = () => world.topics.messages.map(({ subject }) => subject);
  const first = await pointer(world);

  databaseConnections.inject(world);
  await world.clock.run(20 * MINUTE, () => world.incidents.size > 0);
  await run(1);
  const old = subjects().length;
  expect(subjects().at(0)).toContain('mockupAWS');

  await world.update(withDeployed(renamed('Renamed')));
  expect(await pointer(world)).not.toBe(first);
  await run(40);
  expect(subjects().length).toBeGreaterThan(old);
  expect(subjects().join('\n')).not.toContain('Renamed');

  const { happened } = await world.command({
    ...{ do: 'open', by: 'ada', via: 'command line', requestId: 'declared', title: 'Something else', severity: 'P2' },
  });
  expect(happened).toContain('IncidentOpened');
  await run(3);
  expect(subjects().join('\n')).toContain('Renamed Something else');

  await world.update(withDeployed(() => undefined));
  expect(await pointer(world)).toBe(first);
});

/** The code of every function by its logical id, as it would be uploaded. */
function bundlesOf({ directory, template }: Assembly): Record<string, string> {
  const functions = Object.entries(template.Resources).filter(({ 1: { Type } }) => Type === 'AWS::Lambda::Function');
  return Object.fromEntries(
    functions.map(([id, { Metadata }]) => {
      const folder = join(directory, `${Metadata?.['aws:asset:path']}`);
      return [
        id,
        readdirSync(folder)
          .map(file => readFileSync(join(folder, file), 'utf8'))
          .join('\n'),
      ];
    }),
  );
}

test('the bundles are the same for every configuration, and contain nothing of it', () => {
  const [full, configured] = [bundlesOf(assembly()), bundlesOf(assembly('configured'))];
  expect(Object.keys(full).length).toBeGreaterThan(30);
  expect(Object.keys(configured)).toEqual(Object.keys(full));
  for (const [id, code] of Object.entries(full)) {
    expect(configured[id] === code, id).toBe(true);
    expect(code, id).not.toMatch(/mockupaws/i);
  }
});
