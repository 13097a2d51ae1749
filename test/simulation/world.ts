import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assembly, Properties } from 'embedded-aws';
import { inject, onTestFinished } from 'vitest';
import { DEPLOYMENT_RESOURCE, type DeploymentDocument } from '../../lambda/domain/deployed.ts';
import type { Mode } from '../../lambda/domain/incident/policy.ts';
import type { Modes } from '../../local/rehearsal/synthesize.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { readStack } from '../../local/world/stack.ts';
import type { RehearsalWorld } from '../../local/world/world.ts';

const MINUTE = 60_000;

/** The app as synthesised for this run, each time a fresh copy. */
export const assembly = (modes: Modes = 'full'): Assembly =>
  structuredClone(readStack(inject(modes === 'full' ? 'assembly' : 'configured')));

/** The app with one runbook's content changed, as if it had been deployed so. */
export function withRunbook(name: string, change: (content: Properties) => void, altered = assembly()): Assembly {
  const document = Object.values(altered.template.Resources).find(
    ({ Type, Properties: properties }) => Type === 'AWS::SSM::Document' && String(properties['Name']).endsWith(name),
  );
  if (!document) throw new Error(`there is no runbook ${name}`);
  change(document.Properties['Content']);
  return altered;
}

/** The app with its configuration changed, as its deployment stores it. */
export function withDeployed(change: (document: DeploymentDocument) => void, altered = assembly()): Assembly {
  const resources = Object.values(altered.template.Resources);
  const properties = resources.find(({ Type }) => Type === DEPLOYMENT_RESOURCE)?.Properties;
  if (!properties) throw new Error('the app stores no configuration');
  const document = JSON.parse(properties['Document']) as DeploymentDocument;
  change(document);
  properties['Document'] = JSON.stringify(document);
  return altered;
}

/** The app with some steps in another mode. */
export const withModes = (modes: Record<string, Mode>): Assembly =>
  withDeployed(({ playbooks }) => {
    for (const step of playbooks.flatMap(({ plan }) => plan)) step.mode = modes[step.name] ?? step.mode;
  });

/** The app with the code of its functions changed. */
export function withCode(change: (code: string) => string): Assembly {
  const altered = assembly();
  const directory = mkdtempSync(join(tmpdir(), 'incident-response-altered-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  cpSync(altered.directory, directory, { recursive: true });
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter(name => name.endsWith('index.js')).map(name => join(directory, name)))
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  return { ...altered, directory };
}

/** Injects the scenario's fault into a world and lets time pass, whatever comes of it. */
export async function suffer(world: RehearsalWorld, minutes: number): Promise<void> {
  databaseConnections.inject(world);
  await world.clock.run(minutes * MINUTE, () => false);
}

export const timelineOf = (world: RehearsalWorld) => [...world.incidents.values()].flatMap(({ timeline }) => timeline);
export const typesOf = (world: RehearsalWorld) => timelineOf(world).map(({ type }) => type);
