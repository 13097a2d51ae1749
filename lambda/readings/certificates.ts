import { describeCertificate } from '../adapters/acm.ts';
import { acceptsOldProtocols, type Handshake, handshake } from '../adapters/tls.ts';
import {
  daysLeft,
  type EndpointCertificate,
  endpointFaults,
  type Grade,
  gradeOf,
  type HeldCertificate,
  renewalFault,
  type WatchedCertificate,
} from '../domain/diagnosis/certificate.ts';
import type { Resources } from '../domain/diagnosis/resources.ts';

export type Certificates = NonNullable<Resources['certificates']>;

/** @throws where the service has no certificate that is watched. */
export function certificatesOf({ certificates }: Resources): Certificates {
  if (!certificates) throw new Error('no certificate is configured');
  return certificates;
}

/** Those of the configuration, as a runbook's function is given them. */
export const configuredCertificates = (): WatchedCertificate[] => JSON.parse(process.env['CERTIFICATES'] ?? '[]');

/** Of a certificate, what ACM has, and what its hosts serve; where nobody could tell, why not. */
interface Seen {
  held: HeldCertificate | Error;
  served: (EndpointCertificate | Error)[];
}

const settled = <T>(asked: Promise<T>): Promise<T | Error> => asked.catch((error: Error) => error);
const known = <T>(all: (T | Error)[]): T[] => all.flatMap(one => (one instanceof Error ? [] : [one]));

async function see({ arn, hosts }: WatchedCertificate): Promise<Seen> {
  const [held, ...served] = await Promise.all([
    settled(describeCertificate(arn)),
    ...hosts.map(host => settled(handshake(host))),
  ]);
  return { held, served: served as (EndpointCertificate | Error)[] };
}

/**
 * Days left of the certificate that ends first, and faults, each as far as it could be measured. @throws what kept it from
 * being measured: of the days, that of one certificate neither ACM nor a host told.
 */
export function measureCertificates({ watched }: Certificates, now: Date) {
  const seen = Promise.all(watched.map(see));
  return { days: seen.then(all => leastDays(all, now)), faults: seen.then(all => faultsOf(all, now).length) };
}

/** By what ACM has and what is served, as either may be the older one. What ACM has counts while it is in use, or where no host answers. */
function leastDays(all: Seen[], now: Date): number {
  const ends = all.flatMap(({ held, served }) => {
    const answered = known(served).map(({ notAfter }) => notAfter);
    if (held instanceof Error && answered.length === 0) throw held;
    if (held instanceof Error || (!held.inUse && answered.length > 0)) return answered;
    return held.notAfter ? [...answered, held.notAfter] : answered;
  });
  return Math.min(...ends.map(notAfter => daysLeft(notAfter, now)));
}

/** What people's browsers refuse, and renewals that do not come. */
function faultsOf(all: Seen[], now: Date): string[] {
  const faults = all.flatMap(({ held, served }) => {
    if (held instanceof Error) throw held;
    return [...known(served).flatMap(endpointFaults), ...[renewalFault(held, now) ?? []].flat()];
  });
  for (const fault of faults) console.info({ message: 'certificate fault', fault });
  return faults;
}

/** What came of looking at a host: a grade with its reasons, or why it could not be seen. */
export type GradedEndpoint =
  | { host: string; error: string }
  | { host: string; served: EndpointCertificate; grade: Grade; reasons: string[] };

/** Grades what each host serves now. */
export const gradeHosts = (hosts: string[], now: Date, options?: Handshake): Promise<GradedEndpoint[]> =>
  Promise.all(hosts.map(host => gradeHost(host, now, options)));

async function gradeHost(host: string, now: Date, options?: Handshake): Promise<GradedEndpoint> {
  try {
    const [seen, oldProtocols] = await Promise.all([handshake(host, options), acceptsOldProtocols(host, options)]);
    const served = { ...seen, oldProtocols };
    return { host, served, ...gradeOf(served, now) };
  } catch (error) {
    return { host, error: (error as Error).message };
  }
}

/** "mockupaws.com A", "api.mockupaws.com B (TLS 1.1 or older is accepted)". */
export function describeGrade(graded: GradedEndpoint): string {
  if ('error' in graded) return `not seen (${graded.error})`;
  const { host, grade, reasons } = graded;
  return `${host} ${grade}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`;
}
