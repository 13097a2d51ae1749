import { DEFAULT_CONFIG, type ServiceConfig } from '../../lib/config/service-config.ts';
import { configurationOf, configurations } from '../configurations.ts';
import { Failure } from './failure.ts';

/** The named service, or else the only one that `config/` describes beside the example, or the example. */
export async function serviceOf(named: string | undefined): Promise<{ service: string; region: string }> {
  const known = await Promise.all(configurations().map(read));
  if (named) return find(known, named);
  const own = known.filter(({ service }) => service !== DEFAULT_CONFIG);
  const [only] = own;
  if (only && own.length === 1) return only;
  if (own.length === 0) return find(known, DEFAULT_CONFIG);
  throw new Failure(
    2,
    `Several services are configured: choose one with --service or INCIDENT_SERVICE: ${names(known)}`,
  );
}

function find(known: ServiceConfig[], named: string): ServiceConfig {
  const found = known.find(({ service }) => service === named);
  if (!found) throw new Failure(2, `Service ${named} not found in config/. Configured: ${names(known)}`);
  return found;
}

const names = (known: ServiceConfig[]) => known.map(({ service }) => service).join(', ');

async function read(name: string): Promise<ServiceConfig> {
  try {
    return await configurationOf(name);
  } catch (error) {
    throw new Failure(2, `config/${name}.ts cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
