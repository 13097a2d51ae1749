import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { type Assembly, type Properties, readAssembly } from '../../local/account/template.ts';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import type { World } from '../../local/world.ts';

const MINUTE = 60_000;

/** The app as synthesised for this run, each time a fresh copy. */
export const assembly = (): Assembly => structuredClone(readAssembly(inject('assembly')));

/** The same with one runbook's content changed, as if it had been deployed so. */
export function withRunbook(name: string, change: (content: Properties) => void): Assembly {
  const altered = assembly();
  const document = Object.values(altered.template.Resources).find(
    ({ Type, Properties: properties }) => Type === 'AWS::SSM::Document' && String(properties['Name']).endsWith(name),
  );
  if (!document) throw new Error(`there is no runbook ${name}`);
  change(document.Properties['Content']);
  return altered;
}

/** The same with some steps in another mode, as if it had been configured so: functions carry their policy in their code. */
export function withModes(modes: Record<string, string>): Assembly {
  const altered = assembly();
  const directory = mkdtempSync(join(tmpdir(), 'incident-response-altered-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  cpSync(altered.directory, directory, { recursive: true });
  for (const file of readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(f =>
    f.endsWith('index.js'),
  )) {
    const code = readFileSync(join(directory, file), 'utf8');
    const steps = Object.entries(modes).reduce(
      (text, [step, mode]) => text.replace(new RegExp(`(name:"${step}",.{0,600}?mode:)"[a-z ]+"`), `$1"${mode}"`),
      code,
    );
    writeFileSync(join(directory, file), steps);
  }
  return { ...altered, directory };
}

/** Lets the scenario's trouble befall a world and time pass, whatever comes of it. */
export async function suffer(world: World, minutes: number): Promise<void> {
  databaseConnections.befall(world);
  await world.clock.run(minutes * MINUTE, () => false);
}

export const timelineOf = (world: World) => [...world.incidents.values()].flatMap(({ timeline }) => timeline);
export const typesOf = (world: World) => timelineOf(world).map(({ type }) => type);
