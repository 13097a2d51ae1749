import { readdirSync } from 'node:fs';
import type { ServiceConfig } from '../lib/config/service-config.ts';

const FOLDER = `${import.meta.dirname}/../config`;

/** The configuration that is as large as AWS's quotas let pass, and describes no service. */
const LARGEST = 'largest';

/** The files in `config/` that describe a service, by name. */
export const configurations = () =>
  readdirSync(FOLDER)
    .filter(file => file.endsWith('.ts'))
    .map(file => file.replace(/\.ts$/, ''))
    .filter(name => name !== LARGEST);

/** Reads what a file in `config/` describes, the largest too. @throws Error naming those that there are. */
export async function configurationOf(name: string): Promise<ServiceConfig> {
  const known = configurations();
  if (![...known, LARGEST].includes(name))
    throw new Error(`There is no config/${name}.ts. There is: ${known.join(', ')}`);
  const { default: config } = (await import(`${FOLDER}/${name}.ts`)) as { default: ServiceConfig };
  return config;
}
