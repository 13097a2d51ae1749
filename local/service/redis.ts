import type { Clock, Metrics } from 'embedded-aws';

/** One rule of a security group, as EC2 tells it. */
export interface Permission {
  IpProtocol: string;
  FromPort?: number;
  ToPort?: number;
  UserIdGroupPairs?: { GroupId: string }[];
  IpRanges?: { CidrIp: string }[];
}

/** The fault of the primary. Retries keep it busy until nobody calls it for a while, a script until it is restarted. */
type Trouble = 'retries' | 'script' | 'gone';

const FAILOVER_SECONDS = 60;
/** Without calls for so long, nobody retries any more. */
const CALM_SECONDS = 30;
/** Seconds after which a task reads its circuit breaker again. */
const BREAKER_SECONDS = 20;

/** The cache before the database: a replication group of a primary and replicas, behind security groups. */
export class Redis {
  readonly nodes: string[];
  readonly cacheGroup = 'sg-0a1b2c3d4e5f60718';
  /** The rules by which the cache lets the tasks in. */
  ingress: Permission[];
  clusterMode = false;
  automaticFailover: boolean;
  /** Connections that the database must give at once while nobody asks the cache. */
  spares: number;
  primary: string;
  /** True while the circuit breaker that the tasks read is open. */
  breaker: () => boolean = () => false;
  private trouble: Trouble | undefined;
  private opened = false;
  private followed = 0;
  private quietSince = Number.POSITIVE_INFINITY;
  private busyUntil = 0;
  private readonly clock: Clock;

  constructor(
    { nodes = [], serviceSecurityGroups = [], port = 6379 }: Partial<RedisShape>,
    spares: number,
    clock: Clock,
  ) {
    this.nodes = nodes;
    this.primary = nodes[0] ?? '';
    this.automaticFailover = nodes.length > 1;
    this.spares = spares;
    this.clock = clock;
    const UserIdGroupPairs = serviceSecurityGroups.map(GroupId => ({ GroupId }));
    this.ingress = [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs }];
  }

  /** Injects a fault into the primary. */
  suffer(trouble: Trouble): void {
    this.trouble = trouble;
  }

  /** True when ElastiCache knows no such node any more. */
  isGone(node: string): boolean {
    return this.trouble === 'gone' && node === this.primary;
  }

  /** The tasks serve people without the cache. */
  get bypassed(): boolean {
    return this.opened;
  }

  /** Connections that the database must bear because the cache is not asked. */
  get unspared(): number {
    return this.opened ? this.spares : 0;
  }

  /** False while a replica takes over or the primary is rebooted. */
  get available(): boolean {
    return this.clock.now >= this.busyUntil;
  }

  private get reachable(): boolean {
    return this.ingress.some(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.length > 0);
  }

  /** Nothing is wrong with it, and it is in use. */
  get healthy(): boolean {
    if (this.nodes.length === 0) return true;
    return this.available && this.reachable && !this.trouble && !this.opened;
  }

  /** Share of requests that wait for the cache in vain. */
  get errorShare(): number {
    if (this.opened || this.nodes.length === 0) return 0;
    if (!this.reachable || !this.available || this.trouble === 'gone') return 0.4;
    return this.trouble ? 0.3 : 0;
  }

  /** A replica becomes the primary, and the former one is replaced. */
  failOver(): void {
    this.primary = this.nodes.find(node => node !== this.primary) ?? this.primary;
    this.restart();
  }

  restart(): void {
    this.trouble = undefined;
    this.busyUntil = this.clock.now + FAILOVER_SECONDS * 1000;
  }

  tick(): void {
    const { now } = this.clock;
    if (now - this.followed >= BREAKER_SECONDS * 1000) {
      this.followed = now;
      this.opened = this.breaker();
    }
    if (!this.opened) this.quietSince = now;
    if (this.trouble === 'retries' && now - this.quietSince >= CALM_SECONDS * 1000) this.trouble = undefined;
  }

  measure(metrics: Metrics): void {
    for (const node of this.nodes) {
      const put = (name: string, value: number) =>
        metrics.put('AWS/ElastiCache', name, { CacheClusterId: node, CacheNodeId: '0001' }, value);
      const isPrimary = node === this.primary;
      if (isPrimary && (this.trouble === 'gone' || !this.available)) continue;
      const called = isPrimary && !this.opened && this.reachable;
      put('EngineCPUUtilization', this.cpu(isPrimary, called));
      put('DatabaseMemoryUsagePercentage', 55);
      put('CurrConnections', called ? 214 : 4);
      put('Evictions', 0);
      if (called) put('CacheHitRate', 93);
      if (!isPrimary) put('ReplicationLag', 0.3);
    }
  }

  private cpu(isPrimary: boolean, called: boolean): number {
    if (!isPrimary) return 4;
    if (this.trouble === 'script' || (this.trouble && called)) return 98;
    return called ? 31 : 2;
  }
}

/** The name that the synthesised app gives. */
export interface RedisShape {
  replicationGroup: string;
  nodes: string[];
  serviceSecurityGroups: string[];
  port: number;
}
