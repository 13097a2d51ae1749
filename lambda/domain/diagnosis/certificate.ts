/** A certificate of the service, as the configuration names it: where it is used, and where its records are kept. */
export interface WatchedCertificate {
  arn: string;
  /** What serves it to people. */
  hosts: string[];
  /** The Route 53 zone of its validation records. Absent, they can neither be checked nor put back. */
  hostedZoneId?: string | undefined;
  /** Listeners of load balancers that use it. */
  listenerArns: string[];
  /** The CloudFront distribution that uses it. */
  distributionId?: string | undefined;
}

/** Days before its end at which a certificate is of concern, and at which nobody may wait any longer. */
export interface Bounds {
  warningDays: number;
  criticalDays: number;
}

/** A CNAME record. */
export interface DnsRecord {
  name: string;
  value: string;
}

/** A certificate as ACM holds it. */
export interface HeldCertificate {
  arn: string;
  status: string;
  /** `AMAZON_ISSUED`, `IMPORTED` or `PRIVATE`. */
  type: string;
  /** The first name, then the others. */
  names: string[];
  /** Something serves it; what nobody serves may expire. */
  inUse: boolean;
  notAfter?: Date | undefined;
  /** How ACM's own renewal stands, while there is one. */
  renewal?: string | undefined;
  /** Of its names, each proven by DNS, or by an answer to an e-mail. */
  validation: 'DNS' | 'EMAIL' | 'other';
  /** The records by which ACM proves its names, again at each renewal. */
  records: DnsRecord[];
  keyAlgorithm?: string | undefined;
}

/** What a host serves to whoever connects. */
export interface EndpointCertificate {
  host: string;
  protocol: string;
  notAfter: Date;
  names: string[];
  /** Why the chain is not trusted, its age apart; absent, it is. */
  distrust?: string | undefined;
  /** Whether one of its names is the host's. */
  matches: boolean;
  /** Whether TLS 1.1 or older is accepted; unknown where it was not asked, or not answered. */
  oldProtocols?: boolean | undefined;
}

export type Grade = 'A' | 'B' | 'F' | 'T' | 'M';

/** Days before the end from which ACM must have renewed by itself; it begins 60 before. */
const RENEWED_BY_DAYS = 45;
/** Under these, a certificate is no longer worth an A. */
const FRESH_DAYS = 30;
const DAY = 86_400_000;

export const daysLeft = (notAfter: Date, now: Date): number => (notAfter.getTime() - now.getTime()) / DAY;

/** "29.9 days left", "expired 2.0 days ago". */
export const inDays = (days: number): string =>
  days < 0 ? `expired ${(-days).toFixed(1)} days ago` : `${days.toFixed(1)} days left`;

/**
 * A grade in the manner of SSL Labs, simplified: M, it is for another name; T, its chain is not trusted; F, it has
 * expired; B, TLS older than 1.2 is accepted, or it ends within 30 days; A, none of these. Ciphers, keys and HSTS are not
 * looked at, so there is no A+.
 */
export function gradeOf(served: EndpointCertificate, now: Date): { grade: Grade; reasons: string[] } {
  const { host, names, matches, distrust, notAfter, oldProtocols } = served;
  const days = daysLeft(notAfter, now);
  const found: [Grade, string][] = [
    ...(matches ? [] : [['M', `it is for ${names.join(', ') || 'no name'}, not for ${host}`] as [Grade, string]]),
    ...(distrust === undefined ? [] : [['T', `its chain is not trusted (${distrust})`] as [Grade, string]]),
    ...(days < 0 ? [['F', inDays(days)] as [Grade, string]] : []),
    ...(oldProtocols ? [['B', 'TLS 1.1 or older is accepted'] as [Grade, string]] : []),
    ...(days >= 0 && days <= FRESH_DAYS ? [['B', inDays(days)] as [Grade, string]] : []),
  ];
  return { grade: found[0]?.[0] ?? 'A', reasons: found.map(([, reason]) => reason) };
}

/** The whole rating, ciphers and keys included, of a host that the internet reaches. */
export const sslLabsUrl = (host: string) => `https://www.ssllabs.com/ssltest/analyze.html?d=${host}`;

/** Why people's browsers refuse what is served, its age apart: one fault each. */
export function endpointFaults({ host, names, matches, distrust }: EndpointCertificate): string[] {
  return [
    ...(matches ? [] : [`${host} serves a certificate for ${names.join(', ') || 'no name'}`]),
    ...(distrust === undefined ? [] : [`${host} serves a chain that is not trusted (${distrust})`]),
  ];
}

/** That ACM will not renew it in time as things stand. Of what is not in use, or not ACM's to renew, nothing is expected. */
export function renewalFault({ arn, type, inUse, renewal, notAfter }: HeldCertificate, now: Date): string | undefined {
  if (!inUse || type !== 'AMAZON_ISSUED') return undefined;
  const late = notAfter !== undefined && daysLeft(notAfter, now) <= RENEWED_BY_DAYS;
  if (renewal === 'FAILED') return `the renewal of ${arn} failed`;
  return renewal === 'PENDING_VALIDATION' && late
    ? `the renewal of ${arn} waits for its names to be proven`
    : undefined;
}

/** Why ACM does not renew it by itself; undefined when it does, as long as its records stand. */
export function whyNotRenewed({ type, renewal, validation }: HeldCertificate): string | undefined {
  if (type === 'IMPORTED') return 'imported, ACM cannot renew it';
  if (type !== 'AMAZON_ISSUED') return `of type ${type}, not renewed here`;
  if (renewal === 'FAILED') return 'its renewal failed';
  return validation === 'DNS' ? undefined : 'validated by e-mail, somebody must answer that of ACM';
}

/** Why it must not be replaced by the responder; undefined when it may be. */
export function whyNotReplaced({ type }: HeldCertificate, { hostedZoneId }: WatchedCertificate): string | undefined {
  if (type === 'IMPORTED') return 'imported: whoever imported it chose its issuer, and must replace it';
  if (type !== 'AMAZON_ISSUED') return `of type ${type}: no public certificate takes its place`;
  return hostedZoneId ? undefined : 'no hosted zone configured: a new one could not be proven';
}

/** Whether another must take its place: it is in use, it ends soon, and ACM will not renew it in time. */
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

/** Finds configured certificates by their ARNs; names those that are not configured. */
export function byArns<Certificate extends { arn: string }>(
  certificates: readonly Certificate[],
  arns: readonly string[],
): Certificate[] | { unknown: string } {
  const unknown = arns.filter(arn => !certificates.some(certificate => certificate.arn === arn));
  if (unknown.length > 0) return { unknown: `not configured: ${unknown.join(', ')}` };
  return certificates.filter(({ arn }) => arns.includes(arn));
}

/** DNS names are compared without case, and without the dot that ends them. */
export const sameName = (a: string, b: string): boolean => plain(a) === plain(b);
/** Whether a name lies in a zone. */
export const within = (name: string, zone: string): boolean =>
  sameName(name, zone) || plain(name).endsWith(`.${plain(zone)}`);
const plain = (name: string) => name.toLowerCase().replace(/\.$/, '');

/** The hosts of certificates, each once. */
export const hostsOf = (certificates: readonly { hosts: string[] }[]): string[] => [
  ...new Set(certificates.flatMap(({ hosts }) => hosts)),
];
