import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { SimulatedSession } from './sessions.ts';
import type { Tasks } from './tasks.ts';

/** Sessions that somebody else opens, and forgets. */
export interface Leak {
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

/** The Aurora cluster: as many connections as it allows, held by the tasks' pools and by whoever forgot theirs. */
export class Database {
  readonly maxConnections: number;
  private readonly tasks: Tasks;
  private readonly clock: Clock;
  private readonly random: Random;
  /** Connections that each task's pool holds open. */
  private readonly pool: number;
  private leak: Leak | undefined;
  private held: Held[] = [];
  private nextPid = 20_000;

  constructor(maxConnections: number, tasks: Tasks, clock: Clock, random: Random) {
    this.maxConnections = maxConnections;
    this.pool = Math.round(maxConnections * 0.023);
    this.tasks = tasks;
    this.clock = clock;
    this.random = random;
  }

  /** Begins to open sessions that nobody closes. */
  startLeak(leak: Leak): void {
    this.leak = leak;
  }

  /** Connections open now, all users: never more than the database allows. */
  get connections(): number {
    return Math.min(this.maxConnections, this.tasks.running * this.pool + this.held.length);
  }

  /** Share of requests that wait for a connection in vain. */
  get errorShare(): number {
    const full = this.connections / this.maxConnections;
    return full < 0.9 ? 0 : 0.4 * ((full - 0.9) / 0.1);
  }

  /** The session list as the database would show it, the service's own first. */
  sessions(): SimulatedSession[] {
    const { now } = this.clock;
    const own = Array.from({ length: this.tasks.running * this.pool }, (_, i) => ({
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

  tick(seconds: number): void {
    if (!this.leak) return;
    const { application, state, perMinute, atMost } = this.leak;
    const room = Math.min(atMost - this.held.length, this.maxConnections - this.connections);
    const opened = Math.max(0, Math.min(room, Math.round((perMinute * seconds) / 60) + this.random.between(-5, 5)));
    const since = this.clock.now;
    for (let i = 0; i < opened; i++) this.held.push({ pid: this.nextPid++, application, state, since });
    if (this.held.length >= atMost || this.connections >= this.maxConnections) this.leak = undefined;
  }
}
