import type { Metrics } from '../account/metrics.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { SimulatedSession } from './sessions.ts';

/** What the simulated service is: the names that the synthesised app protects, and its size. */
export interface ServiceShape {
  cluster: string;
  ecsService: string;
  loadBalancer: string;
  databaseCluster: string;
  maxConnections: number;
  tasks: number;
  /** Connections that each task's pool holds open. */
  pool: number;
}

/** Sessions that somebody else holds: opened, and forgotten. */
interface Leak {
  application: string;
  state: string;
  /** Sessions opened a minute. */
  perMinute: number;
  /** Sessions at which it stops by itself. */
  atMost: number;
}

interface Held {
  pid: number;
  application: string;
  state: string;
  since: number;
}

const TICK_SECONDS = 10;
const REQUESTS_PER_SECOND = 120;

/**
 * The protected service, simulated: an ECS service behind a load balancer, with an Aurora database. It knows nothing of
 * incidents. It suffers what a scenario does to it, and recovers when, and only when, the right thing is done to it.
 */
export class SimulatedService {
  readonly shape: ServiceShape;
  desiredTasks: number;
  runningTasks: number;
  scalingSuspended = false;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly metrics: Metrics;
  private leak: Leak | undefined;
  private held: Held[] = [];
  private nextPid = 20_000;

  constructor(shape: ServiceShape, clock: Clock, random: Random, metrics: Metrics) {
    this.shape = shape;
    this.clock = clock;
    this.random = random;
    this.metrics = metrics;
    this.desiredTasks = shape.tasks;
    this.runningTasks = shape.tasks;
  }

  /** Begins to open sessions that nobody closes. */
  startLeak(leak: Leak): void {
    this.leak = leak;
  }

  /** Connections open now, all users: never more than the database allows. */
  get connections(): number {
    return Math.min(this.shape.maxConnections, this.runningTasks * this.shape.pool + this.held.length);
  }

  /** Share of requests that fail now: those that wait for a connection in vain, and those that find too few tasks. */
  get errorShare(): number {
    const full = this.connections / this.shape.maxConnections;
    const noConnection = full < 0.9 ? 0 : 0.4 * ((full - 0.9) / 0.1);
    const tooFewTasks = this.runningTasks < this.shape.tasks * 0.4 ? 0.2 : 0;
    return Math.min(1, noConnection + tooFewTasks);
  }

  get healthy(): boolean {
    return (
      this.errorShare < 0.01 &&
      this.runningTasks === this.shape.tasks &&
      this.desiredTasks === this.shape.tasks &&
      !this.scalingSuspended
    );
  }

  /** The session list as the database would show it, the service's own first. */
  sessions(): SimulatedSession[] {
    const { pool } = this.shape;
    const { now } = this.clock;
    const own = Array.from({ length: this.runningTasks * pool }, (_, i) => ({
      pid: 1000 + i,
      user: 'backend',
      application: 'backend',
      database: 'mockupaws',
      state: i % 4 === 0 ? 'active' : 'idle',
      idleSeconds: (i * 7) % 25,
    }));
    const held = this.held.map(({ pid, application, state, since }) => ({
      pid,
      user: application,
      application,
      database: 'mockupaws',
      state,
      idleSeconds: (now - since) / 1000,
    }));
    const system = {
      pid: 10,
      user: 'rdsadmin',
      application: 'rdsadmin',
      database: 'rdsadmin',
      state: 'idle',
      idleSeconds: 86_400,
    };
    return [...own, ...held, system];
  }

  /** Sessions that were terminated are gone; a task of the service opens its own again. */
  terminated(pids: number[]): void {
    const gone = new Set(pids);
    this.held = this.held.filter(({ pid }) => !gone.has(pid));
  }

  /** Ten seconds of its life. */
  tick(): void {
    this.moveTasks();
    this.leakSessions();
    this.measure();
  }

  static readonly tickMilliseconds = TICK_SECONDS * 1000;

  private moveTasks(): void {
    if (this.runningTasks < this.desiredTasks) this.runningTasks += 1;
    if (this.runningTasks > this.desiredTasks) this.runningTasks -= 1;
  }

  private leakSessions(): void {
    if (!this.leak) return;
    const { application, state, perMinute, atMost } = this.leak;
    const room = Math.min(atMost - this.held.length, this.shape.maxConnections - this.connections);
    const opened = Math.max(
      0,
      Math.min(room, Math.round((perMinute * TICK_SECONDS) / 60) + this.random.between(-5, 5)),
    );
    for (let i = 0; i < opened; i++) this.held.push({ pid: this.nextPid++, application, state, since: this.clock.now });
    if (this.held.length >= atMost || this.connections >= this.shape.maxConnections) this.leak = undefined;
  }

  private measure(): void {
    const { cluster, ecsService, loadBalancer, databaseCluster } = this.shape;
    const requests = REQUESTS_PER_SECOND * TICK_SECONDS + this.random.between(-60, 60);
    const service = { ClusterName: cluster, ServiceName: ecsService };
    const load = (35 * this.shape.tasks) / Math.max(1, this.runningTasks);
    this.metrics.put(
      'AWS/RDS',
      'DatabaseConnections',
      { DBClusterIdentifier: databaseCluster, Role: 'WRITER' },
      this.connections,
    );
    this.metrics.put('AWS/ECS', 'CPUUtilization', service, Math.min(100, load + this.random.between(-3, 3)));
    this.metrics.put('AWS/ApplicationELB', 'RequestCount', { LoadBalancer: loadBalancer }, requests);
    this.metrics.put(
      'AWS/ApplicationELB',
      'HTTPCode_Target_5XX_Count',
      { LoadBalancer: loadBalancer },
      Math.round(requests * this.errorShare),
    );
  }
}
