import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { expect } from 'vitest';
import type { PostgresServer } from './postgres.ts';

export type SessionState = 'idle' | 'idle in transaction' | 'idle in transaction (aborted)' | 'active';

export interface SessionOptions {
  user?: string;
  application?: string;
  database?: string;
  state?: SessionState;
  /** Executed one by one, within the transaction of a state that has one. */
  statements?: readonly string[];
  /** A replication connection: a `walsender`, no client backend. */
  replication?: boolean;
}

/** Ends within PostgreSQL's own time, so waiting for either answer needs no sleep. */
export interface DatabaseSession {
  pid: number;
  options: SessionOptions;
  /** Brings an idle session to work on a statement that does not end by itself. */
  busy(): Promise<void>;
  /** Executes a statement and comes back when the server shows the session idle again. */
  execute(statement: string): Promise<void>;
  /** Asks over the session's own socket. */
  alive(): Promise<boolean>;
  /** Resolves when the server has closed the session. */
  ended: Promise<void>;
  close(): Promise<void>;
}

const ROLES = {
  app: 'LOGIN',
  batch: 'LOGIN',
  rdsadmin: 'LOGIN',
  rdsproxyadmin: 'LOGIN',
  pgbouncer: 'LOGIN',
  replicator: 'LOGIN REPLICATION',
  /** The rights that docs/idle-sessions.md gives the user. */
  responder: 'LOGIN IN ROLE pg_signal_backend, pg_read_all_stats',
  /** Sees every session, may end only its own. */
  observer: 'LOGIN IN ROLE pg_read_all_stats',
  /** Sees only its own sessions. */
  stranger: 'LOGIN',
} as const;

export type Role = keyof typeof ROLES;

export class TestDatabase {
  readonly server: PostgresServer;
  readonly password = randomBytes(12).toString('hex');
  /** A superuser's connection, for looking on; statements must never choose it. */
  readonly observer: pg.Client;
  readonly #open = new Set<DatabaseSession>();

  private constructor(server: PostgresServer, observer: pg.Client) {
    this.server = server;
    this.observer = observer;
  }

  static async create(server: PostgresServer): Promise<TestDatabase> {
    const database = new TestDatabase(server, await server.connect());
    for (const [role, rights] of Object.entries(ROLES)) {
      const [attributes, groups] = rights.split(' IN ROLE ');
      await database.observer.query(
        `CREATE ROLE ${role} ${attributes} PASSWORD '${database.password}' ${groups ? `IN ROLE ${groups}` : ''}`,
      );
    }
    await database.observer.query('CREATE DATABASE shop');
    return database;
  }

  /** A client of one of the roles. */
  connect(user: Role, options?: pg.ClientConfig): Promise<pg.Client> {
    return this.server.connect({ user, password: this.password, ...options });
  }

  /** Opens a session and resolves when the server shows it in the state asked for. */
  async open(options: SessionOptions = {}): Promise<DatabaseSession> {
    const { user = 'app', application = 'web', database = 'postgres', state = 'idle', replication } = options;
    const { statements = [] } = options;
    const config = { application_name: application, database, ...(replication ? { replication: 'database' } : {}) };
    const client =
      user === this.server.superuser ? await this.server.connect(config) : await this.connect(user as Role, config);
    const pid = (client as unknown as { processID: number }).processID;
    const ended = new Promise<void>(resolve => client.once('end', resolve));
    let running: Promise<'ended' | 'cancelled'> | undefined;

    const busy = async () => {
      running = client.query('SELECT pg_sleep(3600)').then(
        () => 'ended' as const,
        error => (error.code === '57014' ? 'cancelled' : 'ended'),
      );
      await this.#until(pid, 'active');
    };
    if (state.startsWith('idle in transaction')) await client.query('BEGIN');
    for (const statement of statements) await client.query(statement);
    if (state === 'idle in transaction (aborted)') await client.query('SELECT 1/0').catch(() => undefined);
    if (state === 'active') await busy();
    else await this.#until(pid, state);

    const session: DatabaseSession = {
      pid,
      options,
      busy,
      execute: async statement => {
        await client.query(statement);
        await this.#until(pid, 'idle');
      },
      alive: async () => {
        if (running) {
          // A statement that answers to a cancel request is the statement of a living session.
          await this.observer.query('SELECT pg_cancel_backend($1)', [pid]);
          return (await running) === 'cancelled';
        }
        const probe = replication ? 'IDENTIFY_SYSTEM' : 'ROLLBACK';
        return client.query(probe).then(
          () => true,
          () => false,
        );
      },
      ended,
      close: async () => {
        this.#open.delete(session);
        await this.observer.query('SELECT pg_terminate_backend($1)', [pid]);
        await ended;
      },
    };
    this.#open.add(session);
    return session;
  }

  /** Closes every session opened here. */
  async closeAll(): Promise<void> {
    for (const session of [...this.#open]) await session.close();
  }

  async stop(): Promise<void> {
    await this.closeAll();
    await this.observer.end();
    await this.server.stop();
  }

  async #until(pid: number, state: SessionState): Promise<void> {
    for (;;) {
      const { rows } = await this.observer.query('SELECT state FROM pg_stat_activity WHERE pid = $1', [pid]);
      if (rows[0]?.state === state) return;
      if (rows.length === 0) throw new Error(`Session ${pid} ended while waiting for it to be ${state}`);
    }
  }
}

export const expectDead = (sessions: readonly DatabaseSession[]) => Promise.all(sessions.map(session => session.ended));

export async function expectAlive(sessions: readonly DatabaseSession[]): Promise<void> {
  for (const session of sessions) expect(await session.alive(), JSON.stringify(session.options)).toBe(true);
}
