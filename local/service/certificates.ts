import { createHash } from 'node:crypto';
import { type Clock, ServiceError } from 'embedded-aws';

/** A certificate that the synthesised app watches, as its configuration names it. */
export interface CertificateShape {
  arn: string;
  hosts: string[];
  hostedZoneId?: string;
  listenerArns: string[];
  distributionId?: string;
}

/** A certificate, as ACM has it. */
export interface SimulatedCertificate {
  arn: string;
  names: string[];
  type: 'AMAZON_ISSUED' | 'IMPORTED';
  validation: 'DNS' | 'EMAIL';
  status: 'ISSUED' | 'PENDING_VALIDATION';
  /** When it was requested, in milliseconds. */
  requestedAt: number;
  notAfter: number;
  renewal?: 'PENDING_VALIDATION' | 'PENDING_AUTO_RENEWAL' | 'SUCCESS';
  tags: { Key: string; Value: string }[];
  /** Clients do not trust its chain. */
  distrusted: boolean;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
/** A public certificate lives so long; ACM renews it 60 days before its end. */
const LIFE = 198 * DAY;
const RENEWAL = 60 * DAY;
/** ACM takes hours to renew; a rehearsal has not as many. */
const RENEWAL_TAKES = 12 * MINUTE;
const ISSUE_TAKES = 90_000;
const CLOUDFRONT_TAKES = 150_000;

/**
 * Certificates in ACM, the zone in which their names are proven, and what serves them. One that is proven by DNS renews
 * when, and only when, its records stand; one that nobody renews or replaces expires, and then nobody can connect.
 */
export class Certificates {
  readonly all = new Map<string, SimulatedCertificate>();
  /** CNAME records of each hosted zone, by name. */
  readonly zones = new Map<string, Map<string, string>>();
  /** The certificate of each listener, by the listener's ARN. */
  readonly listeners = new Map<string, string>();
  /** The certificate that each distribution is to serve, since when, and the one it served before. */
  readonly distributions = new Map<string, { certificate: string; since: number; before: string; version: number }>();
  /** True when new certificates get a chain that clients do not trust. */
  issuesDistrusted = false;
  /** Hears of renewals and issues. */
  tell: (change: string) => void = () => undefined;
  private readonly shapes: CertificateShape[];
  private readonly clock: Clock;
  private readonly provenSince = new Map<string, number>();

  constructor(shapes: CertificateShape[], clock: Clock) {
    this.shapes = shapes;
    this.clock = clock;
    for (const { arn, hosts, hostedZoneId, listenerArns, distributionId } of shapes) {
      const added = this.add(arn, hosts, 'ISSUED');
      if (hostedZoneId) this.zones.set(hostedZoneId, new Map(this.recordsOf(added).map(r => [r.name, r.value])));
      for (const listener of listenerArns) this.listeners.set(listener, arn);
      if (distributionId)
        this.distributions.set(distributionId, { certificate: arn, since: 0, before: arn, version: 1 });
    }
  }

  /** The first of the watched ones, which scenarios are about. */
  get first(): SimulatedCertificate {
    const [shape] = this.shapes;
    if (!shape) throw new Error('the synthesised app watches no certificate');
    return this.find(shape.arn);
  }

  /** Somebody clears the zone of records that seem to be of no use. */
  loseRecords(): void {
    for (const zone of this.zones.values()) zone.clear();
  }

  request(names: string[], validation: 'DNS' | 'EMAIL'): SimulatedCertificate {
    const id = createHash('sha256').update(`${names} ${this.all.size}`).digest('hex');
    const uuid = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20, 32)].join('-');
    const requested = this.add(this.first.arn.replace(/[^/]+$/, uuid), names, 'PENDING_VALIDATION');
    requested.validation = validation;
    requested.distrusted = this.issuesDistrusted;
    return requested;
  }

  find(arn: string): SimulatedCertificate {
    const found = this.all.get(arn);
    if (!found) throw new ServiceError('ResourceNotFoundException', `Could not find certificate ${arn}.`);
    return found;
  }

  /** Other users of the first certificate, of which the responder knows nothing. */
  usedElsewhere: string[] = [];

  /** ARNs of listeners and distributions that use the certificate. */
  usesOf({ arn }: SimulatedCertificate): string[] {
    const listeners = [...this.listeners].filter(([, used]) => used === arn).map(([listener]) => listener);
    const distributions = [...this.distributions].filter(([, { certificate }]) => certificate === arn);
    const elsewhere = arn === this.first.arn ? this.usedElsewhere : [];
    return [
      ...listeners,
      ...elsewhere,
      ...distributions.map(([id]) => `arn:aws:cloudfront::123456789012:distribution/${id}`),
    ];
  }

  /** One record for a name, always the same in an account: it proves every certificate for it. */
  recordsOf({ names, validation }: SimulatedCertificate): { name: string; value: string }[] {
    if (validation !== 'DNS') return [];
    return names.map(name => {
      const hash = createHash('sha256').update(name).digest('hex');
      return { name: `_${hash.slice(0, 32)}.${name}.`, value: `_${hash.slice(32)}.acm-validations.aws.` };
    });
  }

  distributionDeployed(id: string): boolean {
    return this.clock.now >= (this.distributions.get(id)?.since ?? 0) + CLOUDFRONT_TAKES;
  }

  updateDistribution(id: string, certificate: string): void {
    const known = this.distributions.get(id);
    if (!known) throw new ServiceError('NoSuchDistribution', 'The specified distribution does not exist.');
    const version = known.version + 1;
    this.distributions.set(id, { certificate, since: this.clock.now, before: known.certificate, version });
  }

  /** The certificate of a host: CloudFront serves the first one, where there is a distribution, the load balancer the others. */
  servedAt(host: string): SimulatedCertificate | undefined {
    const shape = this.shapes.find(({ hosts }) => hosts.includes(host));
    if (!shape) return undefined;
    const { hosts, distributionId, listenerArns } = shape;
    const distribution = this.distributions.get(distributionId ?? '');
    if (distribution && distributionId && (host === hosts[0] || listenerArns.length === 0)) {
      const { certificate, before } = distribution;
      return this.find(this.distributionDeployed(distributionId) ? certificate : before);
    }
    return this.find(this.listeners.get(listenerArns[0] ?? '') ?? shape.arn);
  }

  /** Why clients do not connect to a host; undefined when they do, or when it serves none of the certificates. */
  refusal(host: string): string | undefined {
    const served = this.servedAt(host);
    if (!served) return undefined;
    if (served.distrusted) return 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
    if (!served.names.includes(host)) return 'ERR_TLS_CERT_ALTNAME_INVALID';
    return served.notAfter <= this.clock.now ? 'CERT_HAS_EXPIRED' : undefined;
  }

  /** Everybody can connect, and will be able to a month from now. */
  get healthy(): boolean {
    const hosts = this.shapes.flatMap(shape => shape.hosts);
    return hosts.every(host => {
      const served = this.servedAt(host);
      return this.refusal(host) === undefined && served && served.notAfter > this.clock.now + 30 * DAY;
    });
  }

  tick(): void {
    for (const certificate of this.all.values()) {
      const { arn, status, type, notAfter, requestedAt } = certificate;
      if (type === 'IMPORTED') continue;
      const due = notAfter - this.clock.now <= RENEWAL && this.usesOf(certificate).length > 0;
      if (status === 'ISSUED' && !due) continue;
      const since = this.proven(certificate);
      if (status === 'ISSUED')
        certificate.renewal = since === undefined ? 'PENDING_VALIDATION' : 'PENDING_AUTO_RENEWAL';
      const [from, takes] =
        status === 'ISSUED' ? [since, RENEWAL_TAKES] : [since && Math.max(since, requestedAt), ISSUE_TAKES];
      if (from === undefined || this.clock.now < from + takes) continue;
      certificate.notAfter = this.clock.now + LIFE;
      certificate.status = 'ISSUED';
      if (status === 'ISSUED') certificate.renewal = 'SUCCESS';
      this.tell(`ACM has ${status === 'ISSUED' ? 'renewed' : 'issued'} the certificate ${arn.split('/').at(-1)}`);
    }
  }

  /** Since when all of its names are proven; undefined while one is not. */
  private proven(certificate: SimulatedCertificate): number | undefined {
    const records = this.recordsOf(certificate);
    const stand = records.every(({ name, value }) => [...this.zones.values()].some(zone => zone.get(name) === value));
    if (records.length === 0 || !stand) this.provenSince.delete(certificate.arn);
    else if (!this.provenSince.has(certificate.arn)) this.provenSince.set(certificate.arn, this.clock.now);
    return this.provenSince.get(certificate.arn);
  }

  private add(arn: string, names: string[], status: SimulatedCertificate['status']): SimulatedCertificate {
    const { now: requestedAt } = this.clock;
    const added: SimulatedCertificate = {
      ...{ arn, names, status, requestedAt, notAfter: requestedAt + LIFE, type: 'AMAZON_ISSUED', validation: 'DNS' },
      ...{ tags: [], distrusted: false },
    };
    this.all.set(arn, added);
    return added;
  }
}
