import type { Clock, Random } from 'embedded-aws';
import { Members } from './members.ts';
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
  /** Takes every connection that becomes free, as a client does that tries again for ever. @default false */
  persistent?: boolean;
}

interface Held {
  pid: number;
  application: string;
  state: string;
  since: number;
}

/** Sessions of the service's own that wait idle for days, and what comes of ending them. */
const WAITING = [
  {
    application: 'order-worker',
    statement: 'LISTEN orders',
    harm: 'the order worker’s session has ended: nobody hears of new orders, and they fail',
  },
  {
    application: 'scheduler',
    statement: 'SELECT pg_try_advisory_lock(1)',
    advisoryLock: true,
    harm: 'the scheduler’s lock is free: a second scheduler runs beside the first, and jobs fail',
  },
];
/** Share of requests that fail for each of them. */
const HARM = 0.15;

const FIRST_PID = 1000;
const REBOOT_SECONDS = 60;
/** Share of requests that write, and fail while nobody accepts writes. */
const WRITES = 0.4;

/** The Aurora cluster: as many connections as it allows, held by the tasks' pools and by whoever forgot theirs. */
export class Database {
  /** The connections that the writer allows. The parameter is static: a new value waits for a reboot. */
  maxConnections: number;
  parameterGroup: string;
  /** `reserved_connections`, which are kept for the responder's user. */
  reserved = 3;
  readonly members: Members;
  /** The value in the instances' own parameter group, which wins over the cluster's. */
  ownMaxConnections: number | undefined;
  /** Somebody has changed another static parameter of the group, which waits for a reboot. */
  staged = false;
  /** Another cluster that has the same parameter group. */
  sharer: string | undefined;
  /** The value in the cluster's parameter group. */
  private wantedConnections: number;
  /** The value in the cluster's parameter group at the last reboot. */
  private appliedConnections: number;
  private readonly tasks: Tasks;
  private readonly clock: Clock;
  private readonly random: Random;
  /** Connections that a task's pool holds open. */
  private pool: number;
  /** Tasks whose pools have grown, and to what: a task that starts anew begins with the usual pool. */
  private grown = { tasks: 0, pool: 0 };
  /** Connections that the traffic needs at once. */
  private demand = 0;
  /** Connections that it needs beyond that because the cache is not asked. */
  unspared = 0;
  private leak: Leak | undefined;
  private held: Held[] = [];
  /** Sessions on the reader that nobody closes, and at how many they stop. */
  private readerHeld = { sessions: 0, atMost: 0 };
  private nextPid = 20_000;
  private rebootedUntil = 0;
  /** Waiting sessions that somebody ended, by their places. */
  private missing = new Set<number>();

  constructor(name: string, maxConnections: number, tasks: Tasks, clock: Clock, random: Random) {
    this.parameterGroup = name;
    this.members = new Members(name, clock);
    this.maxConnections = maxConnections;
    this.wantedConnections = maxConnections;
    this.appliedConnections = maxConnections;
    this.pool = Math.round(maxConnections * 0.023);
    this.tasks = tasks;
    this.clock = clock;
    this.random = random;
  }

  /** Begins to open sessions that nobody closes. */
  startLeak(leak: Leak): void {
    this.leak = leak;
  }

  /** The sessions of the leak are closed. */
  endLeak(): void {
    this.leak = undefined;
    this.held = [];
  }

  /** Begins a leak on the reader, where no session is ever closed. */
  startReaderLeak(atMost: number): void {
    this.readerHeld.atMost = atMost;
  }

  /** A burst of traffic: the pools of the tasks that run now grow, and do not shrink again. */
  growPools(pool: number): void {
    this.grown = { tasks: this.tasks.running, pool };
  }

  /** A deployment gives every task, also one yet to start, a pool of another size. */
  resizePools(pool: number): void {
    this.pool = pool;
  }

  /** The traffic needs so many connections at once from now on: pools that hold fewer make requests fail. */
  set traffic(connections: number) {
    this.demand = connections;
  }

  /** False while the writer reboots, is being replaced by a reader, or is gone. */
  get available(): boolean {
    return !this.rebooting && this.members.answers;
  }

  get rebooting(): boolean {
    return this.clock.now < this.rebootedUntil;
  }

  /** Connections to the writer now, all users: never more than it allows. */
  get connections(): number {
    return this.available ? Math.min(this.maxConnections, this.pooled + this.held.length) : 0;
  }

  /** True when only those can connect for whom a connection is reserved. */
  get full(): boolean {
    return this.connections >= this.maxConnections;
  }

  /** Connections to the reader: the tasks read from it with a third of their pools. */
  get readerConnections(): number {
    return Math.min(this.maxConnections, Math.round(this.pooled / 3) + this.readerHeld.sessions);
  }

  /** Share of requests that wait for a connection in vain: the database has no more, or the pools have not. */
  get errorShare(): number {
    if (!this.available) return 1;
    const full = Math.max(this.connections, this.readerConnections) / this.maxConnections;
    const refused = full < 0.9 ? 0 : 0.4 * ((full - 0.9) / 0.1);
    const demand = this.demand + this.unspared;
    const starved = demand > this.pooled ? 1 - this.pooled / demand : 0;
    const unwritten = this.members.acceptsWrites ? 0 : WRITES;
    return Math.min(1, refused + starved + unwritten + HARM * this.missing.size);
  }

  private get pooled(): number {
    const grown = Math.min(this.grown.tasks, this.tasks.running);
    return grown * this.grown.pool + (this.tasks.running + this.tasks.surge - grown) * this.pool;
  }

  /** The writer's session list as it would show it, the service's own first. */
  sessions(): SimulatedSession[] {
    const { now } = this.clock;
    const own = Array.from({ length: this.pooled }, (_, i) => ({
      pid: FIRST_PID + i,
      user: 'backend',
      application: 'backend',
      database: 'mockupaws',
      state: i % 4 === 0 ? 'active' : 'idle',
      idleSeconds: (i * 7) % 25,
    }));
    // They are connections of the tasks' pools like all others, but wait for days.
    for (const [i, { application, statement, advisoryLock = false }] of WAITING.entries()) {
      const waiting = { application, statement, advisoryLock, state: 'idle', idleSeconds: 86_400 };
      if (!this.missing.has(i) && own[i]) Object.assign(own[i], waiting);
    }
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

  /** Sessions that were terminated are gone; a task of the service opens its own again. Returns the harm done. */
  terminated(pids: number[]): string[] {
    if (pids.length === 0) return [];
    const gone = new Set(pids);
    this.held = this.held.filter(({ pid }) => !gone.has(pid));
    const ended = [...WAITING.keys()].filter(i => gone.has(FIRST_PID + i) && !this.missing.has(i));
    for (const i of ended) this.missing.add(i);
    return ended.map(i => WAITING[i]?.harm ?? '');
  }

  /** The value of the cluster's parameter group. */
  get configuredConnections(): number {
    return this.wantedConnections;
  }

  /** The cluster's parameter group has changed since the writer's last reboot. */
  get awaitsReboot(): boolean {
    return this.staged || this.wantedConnections !== this.appliedConnections;
  }

  /** Changes the parameter group; the writer keeps its value until it reboots. */
  want(maxConnections: number): void {
    this.wantedConnections = maxConnections;
  }

  /** Every session of the writer is dropped, and it comes back with what its parameter groups say. */
  reboot(): void {
    this.rebootedUntil = this.clock.now + REBOOT_SECONDS * 1000;
    this.appliedConnections = this.wantedConnections;
    this.staged = false;
    this.maxConnections = this.ownMaxConnections ?? this.wantedConnections;
    this.held = [];
    this.leak = undefined;
    // Nothing answers meanwhile, so the tasks are started anew, and with them whatever waits.
    this.missing.clear();
  }

  tick(seconds: number): void {
    if (this.members.tick()) this.held = [];
    this.grown.tasks = Math.min(this.grown.tasks, this.tasks.running);
    const { readerHeld } = this;
    readerHeld.sessions = Math.min(readerHeld.atMost, readerHeld.sessions + Math.round(readerHeld.atMost / 20));
    if (!this.leak) return;
    const { application, state, perMinute, atMost, persistent = false } = this.leak;
    const room = Math.min(atMost - this.held.length, this.maxConnections - this.connections);
    const opened = Math.max(0, Math.min(room, Math.round((perMinute * seconds) / 60) + this.random.between(-5, 5)));
    const since = this.clock.now;
    for (let i = 0; i < opened; i++) this.held.push({ pid: this.nextPid++, application, state, since });
    if (!persistent && (this.held.length >= atMost || this.full)) this.leak = undefined;
  }
}
