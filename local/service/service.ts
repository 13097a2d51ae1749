import type { Clock, Metrics, Random } from 'embedded-aws';
import { type CertificateShape, Certificates } from './certificates.ts';
import { Database } from './database.ts';
import { Deployments } from './deployments.ts';
import { Exec } from './exec.ts';
import { LoadBalancer } from './load-balancer.ts';
import { Logs } from './logs.ts';
import { Memory } from './memory.ts';
import { Redis, type RedisShape } from './redis.ts';
import { Scaling } from './scaling.ts';
import { Tasks } from './tasks.ts';

/** The names that the synthesised app protects, and the size of what bears them. */
export interface ServiceShape {
  cluster: string;
  ecsService: string;
  loadBalancer: string;
  logGroup: string;
  databaseCluster: string;
  maxConnections: number;
  certificates?: CertificateShape[] | undefined;
  redis?: RedisShape | undefined;
}

const TICK_SECONDS = 10;
/** Requests in ten seconds below which chance says how many there are. */
const FEW = 60;
const USUAL_TASKS = 10;
const NO_CACHE = 'ETIMEDOUT connecting to redis';
const READ_ONLY = 'cannot execute INSERT in a read-only transaction';
const NO_CONNECTION = 'FATAL: remaining connection slots are reserved for roles with privileges';

/**
 * The protected service, simulated: an ECS service behind a load balancer, with an Aurora database. It knows nothing of
 * incidents. It suffers what a scenario does to it, and recovers when, and only when, the right thing is done to it.
 */
export class SimulatedService {
  readonly shape: ServiceShape;
  readonly tasks: Tasks;
  readonly scaling: Scaling;
  readonly deployments: Deployments;
  readonly memory: Memory;
  readonly exec = new Exec();
  readonly loadBalancer = new LoadBalancer();
  readonly database: Database;
  readonly certificates: Certificates;
  readonly redis: Redis;
  readonly logs: Logs;
  /** Requests a second at the usual load. One request in twenty minutes is 1 / 1200. */
  requestsPerSecond = 120;
  /** No health URL answers well, whatever the service does. */
  healthUrlsFail = false;
  /** Share of requests that fail for a reason that no health URL shows. */
  hiddenFault = 0;
  /** Seconds by which each answer is late, whatever the cause; and what a health URL takes. */
  slowness = 0;
  healthSeconds = 0.05;
  private readonly random: Random;
  private readonly metrics: Metrics;

  constructor(shape: ServiceShape, clock: Clock, random: Random, metrics: Metrics) {
    this.shape = shape;
    this.random = random;
    this.metrics = metrics;
    this.tasks = new Tasks(USUAL_TASKS);
    this.scaling = new Scaling(this.tasks, clock);
    this.deployments = new Deployments(clock);
    this.memory = new Memory(this.tasks, this.deployments, clock);
    this.database = new Database(shape.databaseCluster, shape.maxConnections, this.tasks, clock, random);
    this.redis = new Redis(shape.redis ?? {}, shape.maxConnections * 0.1, clock);
    this.certificates = new Certificates(shape.certificates ?? [], clock);
    this.logs = new Logs(clock);
  }

  /** Share of requests that fail now, whatever the cause. */
  get errorShare(): number {
    const { redis, database, tasks, deployments } = this;
    return Math.min(
      1,
      this.hiddenFault +
        redis.errorShare +
        database.errorShare +
        tasks.errorShare +
        deployments.errorShare +
        this.memory.errorShare,
    );
  }

  get healthy(): boolean {
    return (
      this.errorShare < 0.01 &&
      this.slowness === 0 &&
      this.redis.healthy &&
      this.certificates.healthy &&
      this.database.members.acceptsWrites &&
      this.tasks.healthy &&
      this.scaling.asPeopleLeftIt &&
      this.memory.healthy &&
      !this.deployments.underWay &&
      !this.loadBalancer.maintenance
    );
  }

  /** True when a health URL answers well: the page does from a cache, the API needs the database. */
  answers(hostname: string): boolean {
    const needsDatabase = hostname.startsWith('api.');
    if (this.loadBalancer.maintenance || this.healthUrlsFail) return false;
    return this.tasks.running > 0 && !(needsDatabase && this.errorShare - this.hiddenFault > 0.05);
  }

  static readonly tickMilliseconds = TICK_SECONDS * 1000;

  /** Ten seconds of its life. */
  tick(): void {
    this.scaling.tick();
    this.tasks.tick();
    this.deployments.tick(TICK_SECONDS);
    this.tasks.surge = Math.round(this.tasks.running * this.deployments.surge);
    this.certificates.tick();
    this.memory.tick(TICK_SECONDS);
    this.redis.tick();
    this.database.unspared = this.redis.unspared;
    this.database.tick(TICK_SECONDS);
    this.measure();
  }

  /** The line that the tasks log for a failed request. */
  private get fault(): string {
    if (this.redis.errorShare > 0) return NO_CACHE;
    if (this.database.available && !this.database.members.acceptsWrites) return READ_ONLY;
    return this.database.errorShare > 0 ? NO_CONNECTION : 'unhandled exception';
  }

  private measure(): void {
    const { cluster, ecsService, databaseCluster } = this.shape;
    const { metrics, random, database, redis, tasks } = this;
    redis.measure(metrics);
    const requests = this.requests();
    const service = { ClusterName: cluster, ServiceName: ecsService };
    const role = (Role: string) => ({ DBClusterIdentifier: databaseCluster, Role });
    if (database.members.trouble !== 'gone')
      metrics.put('AWS/RDS', 'DatabaseConnections', role('WRITER'), database.connections);
    metrics.put('AWS/RDS', 'DatabaseConnections', role('READER'), database.readerConnections);
    this.memory.measure(metrics, service);
    const cpu = tasks.cpu + random.between(-3, 3);
    if (tasks.running > 0) metrics.put('AWS/ECS', 'CPUUtilization', service, cpu);
    this.measureTraffic(requests);
  }

  /** Requests of these ten seconds. Few are few at random: none in most, one in some. */
  private requests(): number {
    const usual = this.requestsPerSecond * TICK_SECONDS;
    const expected = usual * this.tasks.load;
    const noise = this.random.between(-60, 60) * Math.min(1, usual / 1200);
    if (expected >= FEW) return Math.round(expected + noise);
    return Math.floor(expected) + (this.random.next() < expected % 1 ? 1 : 0);
  }

  /** Reports as the load balancer does: no value where nothing happened. */
  private measureTraffic(requests: number): void {
    if (requests === 0) return;
    const { metrics, redis, tasks } = this;
    const balancer = { LoadBalancer: this.shape.loadBalancer };
    const put = (name: string, value: number) => metrics.put('AWS/ApplicationELB', name, balancer, value);
    const failed = this.failed(requests);
    this.logs.write(failed, this.fault);
    // With no task to send them to, the load balancer itself answers 503, and counts no request.
    if (tasks.running === 0) {
      put('HTTPCode_ELB_5XX_Count', requests);
      return;
    }
    put('RequestCount', requests);
    if (failed > 0) put('HTTPCode_Target_5XX_Count', failed);
    put('TargetResponseTime', (redis.bypassed ? 0.3 : 0.08) + 3 * this.errorShare + this.slowness);
  }

  /** Chance decides for each of a few requests; of many, the share fails. */
  private failed(requests: number): number {
    const expected = requests * this.errorShare;
    if (requests >= FEW) return Math.round(expected);
    return Math.floor(expected) + (this.random.next() < expected % 1 ? 1 : 0);
  }
}
