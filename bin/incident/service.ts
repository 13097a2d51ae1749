import { readdirSync } from 'node:fs';
import type { ServiceConfig } from '../../lib/config/service-config.ts';
import { Failure } from './failure.ts';

const FOLDER = `${import.meta.dirname}/../../config`;
const EXAMPLE = 'mockupaws-production';

/** The named service, or else the only one that `config/` describes beside the example, or the example. */
export async function serviceOf(named: string | undefined): Promise<{ service: string; region: string }> {
  const known = await Promise.all(
    readdirSync(FOLDER)
      .filter(name => name.endsWith('.ts'))
      .map(read),
  );
  if (named) return find(known, named);
  const own = known.filter(({ service }) => service !== EXAMPLE);
  const [only] = own;
  if (only && own.length === 1) return only;
  if (own.length === 0) return find(known, EXAMPLE);
  throw new Failure(2, `which service? --service (or INCIDENT_SERVICE) is one of ${names(known)}`);
}

function find(known: ServiceConfig[], named: string): ServiceConfig {
  const found = known.find(({ service }) => service === named);
  if (!found) throw new Failure(2, `config/ describes no service ${named}. It describes ${names(known)}`);
  return found;
}

const names = (known: ServiceConfig[]) => known.map(({ service }) => service).join(', ');

async function read(file: string): Promise<ServiceConfig> {
  try {
    return ((await import(`${FOLDER}/${file}`)) as { default: ServiceConfig }).default;
  } catch (error) {
    throw new Failure(2, `config/${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
