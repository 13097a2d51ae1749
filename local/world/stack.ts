import { type Assembly, readAssembly, type Template } from 'embedded-aws';
import type { CertificateShape } from '../service/certificates.ts';
import type { RedisShape } from '../service/redis.ts';
import type { ServiceShape } from '../service/service.ts';

/** The key under which the stack's metadata names the protected service. */
const METADATA = 'incident-response';

/** Reads the synthesised app: the stack that protects a service, and the resources that the app has in other regions. */
export const readStack = (directory: string): Assembly => ({
  ...readAssembly(directory, ({ template }) => template.Metadata?.[METADATA] !== undefined),
  root: 'IncidentResponse',
});

interface Metadata {
  cluster: string;
  ecsService: string;
  loadBalancer: string;
  logGroup: string;
  database: { cluster: string; maxConnections: number };
  redis?: RedisShape;
  certificates?: { watched: CertificateShape[] };
}

/** The protected service by its names and sizes. @throws when the stack does not name it */
export function shapeOf({ template }: { template: Template }): ServiceShape {
  const metadata = template.Metadata?.[METADATA] as Metadata | undefined;
  if (!metadata) throw new Error(`the template does not say what it protects (Metadata ${METADATA})`);
  const { database, certificates, ...names } = metadata;
  return {
    cluster: names.cluster,
    ecsService: names.ecsService,
    loadBalancer: names.loadBalancer,
    logGroup: names.logGroup,
    redis: names.redis,
    databaseCluster: database.cluster,
    maxConnections: database.maxConnections,
    certificates: certificates?.watched,
  };
}
