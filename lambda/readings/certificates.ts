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

/** @throws when the service has no watched certificates. */
export function certificatesOf({ certificates }: Resources): Certificates {
  if (!certificates) throw new Error('no certificate is configured');
  return certificates;
}

/** The configured certificates, from the environment of a runbook's function. */
export const configuredCertificates = (): WatchedCertificate[] => JSON.parse(process.env['CERTIFICATES'] ?? '[]');

/** A certificate in ACM and the certificates that its hosts present; an error where one could not be read. */
interface CertificateReading {
  held: HeldCertificate | Error;
  endpoints: (EndpointCertificate | Error)[];
}

const orError = <T>(promise: Promise<T>): Promise<T | Error> => promise.catch((error: Error) => error);
const withoutErrors = <T>(all: (T | Error)[]): T[] => all.flatMap(one => (one instanceof Error ? [] : [one]));

async function readCertificate({ arn, hosts }: WatchedCertificate): Promise<CertificateReading> {
  const [held, ...endpoints] = await Promise.all([
    orError(describeCertificate(arn)),
    ...hosts.map(host => orError(handshake(host))),
  ]);
  return { held, endpoints: endpoints as (EndpointCertificate | Error)[] };
}

/**
 * The days left of the certificate that expires first, and the number of faults. Each promise rejects when its value cannot be
 * measured: the days when one certificate could be read neither from ACM nor from a host.
 */
export function measureCertificates({ watched }: Certificates, now: Date) {
  const readings = Promise.all(watched.map(readCertificate));
  return { days: readings.then(all => leastDays(all, now)), faults: readings.then(all => faultsOf(all, now).length) };
}

/**
 * Counts ACM's certificate and the hosts' ones, because either may be the older. ACM's counts only while it is in use, or when no
 * host answers.
 */
function leastDays(all: CertificateReading[], now: Date): number {
  const ends = all.flatMap(({ held, endpoints }) => {
    const answered = withoutErrors(endpoints).map(({ notAfter }) => notAfter);
    if (held instanceof Error && answered.length === 0) throw held;
    if (held instanceof Error || (!held.inUse && answered.length > 0)) return answered;
    return held.notAfter ? [...answered, held.notAfter] : answered;
  });
  return Math.min(...ends.map(notAfter => daysLeft(notAfter, now)));
}

/** Faults that browsers refuse, and renewals that are stuck. */
function faultsOf(all: CertificateReading[], now: Date): string[] {
  const faults = all.flatMap(({ held, endpoints }) => {
    if (held instanceof Error) throw held;
    return [...withoutErrors(endpoints).flatMap(endpointFaults), ...[renewalFault(held, now) ?? []].flat()];
  });
  for (const fault of faults) console.info({ message: 'certificate fault', fault });
  return faults;
}

/** The grade of a host with its reasons, or the error that prevented it. */
export type GradedEndpoint =
  | { host: string; error: string }
  | { host: string; endpoint: EndpointCertificate; grade: Grade; reasons: string[] };

/** Grades the TLS endpoint of each host as it is now. */
export const gradeHosts = (hosts: string[], now: Date, options?: Handshake): Promise<GradedEndpoint[]> =>
  Promise.all(hosts.map(host => gradeHost(host, now, options)));

async function gradeHost(host: string, now: Date, options?: Handshake): Promise<GradedEndpoint> {
  try {
    const [certificate, oldProtocols] = await Promise.all([
      handshake(host, options),
      acceptsOldProtocols(host, options),
    ]);
    const endpoint = { ...certificate, oldProtocols };
    return { host, endpoint, ...gradeOf(endpoint, now) };
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
