import { readdirSync } from 'node:fs';
import type { ServiceConfig } from '../lib/config/service-config.ts';

const FOLDER = `${import.meta.dirname}/../config`;

/** The files in `config/`, by name. */
export const configurations = () =>
  readdirSync(FOLDER)
    .filter(file => file.endsWith('.ts'))
    .map(file => file.replace(/\.ts$/, ''));

/** The service that a file in `config/` describes. @throws Error naming those that there are. */
export async function configurationOf(name: string): Promise<ServiceConfig> {
  const known = configurations();
  if (!known.includes(name)) throw new Error(`There is no config/${name}.ts. There is: ${known.join(', ')}`);
  const { default: config } = (await import(`${FOLDER}/${name}.ts`)) as { default: ServiceConfig };
  return config;
}
