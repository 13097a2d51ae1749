/** A certificate of the service in the configuration: where it is used, and where its DNS records are. */
export interface WatchedCertificate {
  arn: string;
  /** The hosts that serve the certificate to people. */
  hosts: string[];
  /** The Route 53 zone of its validation records. Absent, they can be neither checked nor restored. */
  hostedZoneId?: string | undefined;
  /** Load balancer listeners that use the certificate. */
  listenerArns: string[];
  /** The CloudFront distribution that uses the certificate. */
  distributionId?: string | undefined;
}

/**
 * Days before the expiry at which a certificate needs attention (`warningDays`), and at which a replacement must not
 * wait any longer (`criticalDays`).
 */
export interface Bounds {
  warningDays: number;
  criticalDays: number;
}

/** A CNAME record. */
export interface DnsRecord {
  name: string;
  value: string;
}

/** A certificate as ACM describes it. */
export interface HeldCertificate {
  arn: string;
  status: string;
  /** `AMAZON_ISSUED`, `IMPORTED` or `PRIVATE`. */
  type: string;
  /** The first name, then the others. */
  names: string[];
  /** An AWS resource uses it. An unused certificate may expire. */
  inUse: boolean;
  notAfter?: Date | undefined;
  /** The state of ACM's own renewal, while one is under way. */
  renewal?: string | undefined;
  /** The method by which each name is validated: DNS, or an answer to an e-mail. */
  validation: 'DNS' | 'EMAIL' | 'other';
  /** The DNS records that validate the names, again at each renewal. */
  records: DnsRecord[];
  keyAlgorithm?: string | undefined;
}

/** The certificate that a host serves to whoever connects. */
export interface EndpointCertificate {
  host: string;
  protocol: string;
  notAfter: Date;
  names: string[];
  /** The reason why the chain is not trusted, except for its expiry; absent, it is trusted. */
  distrust?: string | undefined;
  /** One of the names is the host's. */
  matches: boolean;
  /** The host accepts TLS 1.1 or older; absent, it was not tried, or the host did not answer. */
  oldProtocols?: boolean | undefined;
}

export type Grade = 'A' | 'B' | 'F' | 'T' | 'M';

/** ACM begins to renew 60 days before the expiry, and must be done 45 days before it. */
const RENEWED_BY_DAYS = 45;
/** With fewer days left, a certificate no longer gets an A. */
const GRADE_A_DAYS = 30;
const DAY = 86_400_000;

export const daysLeft = (notAfter: Date, now: Date): number => (notAfter.getTime() - now.getTime()) / DAY;

/** "29.9 days left", "expired 2.0 days ago". */
export const inDays = (days: number): string =>
  days < 0 ? `expired ${(-days).toFixed(1)} days ago` : `${days.toFixed(1)} days left`;

/**
 * A grade similar to SSL Labs', simplified. M: the certificate is for another name. T: its chain is not trusted. F: it
 * has expired. B: TLS older than 1.2 is accepted, or it expires within 30 days. A: none of these. Ciphers, keys and
 * HSTS are not checked, so there is no A+.
 */
export function gradeOf(certificate: EndpointCertificate, now: Date): { grade: Grade; reasons: string[] } {
  const { host, names, matches, distrust, notAfter, oldProtocols } = certificate;
  const days = daysLeft(notAfter, now);
  const faults: [Grade, string][] = [
    ...(matches ? [] : [['M', `it is for ${names.join(', ') || 'no name'}, not for ${host}`] as [Grade, string]]),
    ...(distrust === undefined ? [] : [['T', `its chain is not trusted (${distrust})`] as [Grade, string]]),
    ...(days < 0 ? [['F', inDays(days)] as [Grade, string]] : []),
    ...(oldProtocols ? [['B', 'TLS 1.1 or older is accepted'] as [Grade, string]] : []),
    ...(days >= 0 && days <= GRADE_A_DAYS ? [['B', inDays(days)] as [Grade, string]] : []),
  ];
  return { grade: faults[0]?.[0] ?? 'A', reasons: faults.map(([, reason]) => reason) };
}

/** The link to the full rating, with ciphers and keys, for a host that is reachable from the internet. */
export const sslLabsUrl = (host: string) => `https://www.ssllabs.com/ssltest/analyze.html?d=${host}`;

/** The reasons why browsers refuse the served certificate, except for its expiry. */
export function endpointFaults({ host, names, matches, distrust }: EndpointCertificate): string[] {
  return [
    ...(matches ? [] : [`${host} serves a certificate for ${names.join(', ') || 'no name'}`]),
    ...(distrust === undefined ? [] : [`${host} serves a chain that is not trusted (${distrust})`]),
  ];
}

/**
 * The reason why ACM will not renew in time, as things stand. An unused certificate, or one that ACM does not renew,
 * has no such fault.
 */
export function renewalFault({ arn, type, inUse, renewal, notAfter }: HeldCertificate, now: Date): string | undefined {
  if (!inUse || type !== 'AMAZON_ISSUED') return undefined;
  const isLate = notAfter !== undefined && daysLeft(notAfter, now) <= RENEWED_BY_DAYS;
  if (renewal === 'FAILED') return `the renewal of ${arn} failed`;
  return renewal === 'PENDING_VALIDATION' && isLate
    ? `the renewal of ${arn} waits for its names to be proven`
    : undefined;
}

/**
 * The reason why ACM does not renew the certificate by itself; undefined when it does as long as the DNS records exist.
 */
export function whyNotRenewed({ type, renewal, validation }: HeldCertificate): string | undefined {
  if (type === 'IMPORTED') return 'imported, ACM cannot renew it';
  if (type !== 'AMAZON_ISSUED') return `of type ${type}, not renewed here`;
  if (renewal === 'FAILED') return 'its renewal failed';
  return validation === 'DNS' ? undefined : 'validated by e-mail, somebody must answer that of ACM';
}

/** The reason why the responder must not replace the certificate; undefined when it may. */
export function whyNotReplaced({ type }: HeldCertificate, { hostedZoneId }: WatchedCertificate): string | undefined {
  if (type === 'IMPORTED') return 'imported: whoever imported it chose its issuer, and must replace it';
  if (type !== 'AMAZON_ISSUED') return `of type ${type}: no public certificate takes its place`;
  return hostedZoneId ? undefined : 'no hosted zone configured: a new one could not be proven';
}

/** True if the certificate must be replaced: it is in use, it expires soon, and ACM will not renew it in time. */
export function needsReplacement(
  held: HeldCertificate,
  watched: WatchedCertificate,
  { warningDays, criticalDays }: Bounds,
  now: Date,
): boolean {
  const { inUse, notAfter } = held;
  if (!inUse || notAfter === undefined || whyNotReplaced(held, watched) !== undefined) return false;
  const days = daysLeft(notAfter, now);
  return days <= criticalDays || (days <= warningDays && whyNotRenewed(held) !== undefined);
}

/** Finds configured certificates by their ARNs. Returns the ARNs that are not configured, if there are any. */
export function byArns<Certificate extends { arn: string }>(
  certificates: readonly Certificate[],
  arns: readonly string[],
): Certificate[] | { unknown: string } {
  const unknown = arns.filter(arn => !certificates.some(certificate => certificate.arn === arn));
  if (unknown.length > 0) return { unknown: `not configured: ${unknown.join(', ')}` };
  return certificates.filter(({ arn }) => arns.includes(arn));
}

/** DNS names are equal regardless of case and of a trailing dot. */
export const sameName = (a: string, b: string): boolean => canonical(a) === canonical(b);
/** True if the name is in the zone. */
export const within = (name: string, zone: string): boolean =>
  sameName(name, zone) || canonical(name).endsWith(`.${canonical(zone)}`);
const canonical = (name: string) => name.toLowerCase().replace(/\.$/, '');

/** The hosts of certificates, each once. */
export const hostsOf = (certificates: readonly { hosts: string[] }[]): string[] => [
  ...new Set(certificates.flatMap(({ hosts }) => hosts)),
];
