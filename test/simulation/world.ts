import { inject } from 'vitest';
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

/** Lets the scenario's trouble befall a world and time pass, whatever comes of it. */
export async function suffer(world: World, minutes: number): Promise<void> {
  databaseConnections.befall(world);
  await world.clock.run(minutes * MINUTE, () => false);
}

export const timelineOf = (world: World) => [...world.incidents.values()].flatMap(({ timeline }) => timeline);
export const typesOf = (world: World) => timelineOf(world).map(({ type }) => type);
