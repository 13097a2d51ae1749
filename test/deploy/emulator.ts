import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { until } from './progress.ts';
import { awsPython } from './venv.ts';

export const projectRoot = join(import.meta.dirname, '../..');
/** What one run leaves behind: the log, the assembly, the outputs. */
export const runFolder = join(projectRoot, 'out', 'deploy');
const logFile = join(runFolder, 'ministack.log');

/** What the emulator takes every access key for that is not itself an account id. */
export const ACCOUNT = '000000000000';
/** The region of the stack. */
export const REGION = 'us-east-1';

export interface Emulator {
  endpoint: string;
  /** For `cdk`, which finds its AWS in the environment: this one, and no other. */
  environment: NodeJS.ProcessEnv;
  /** For SDK clients of the test itself. */
  client: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  stop(): Promise<void>;
  log(): string;
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

// The emulator ends with whoever holds its standard input: no signal handler here would outlive a SIGKILL.
const launcher = `
import os, runpy, shutil, signal, sys, threading
def follow():
    while os.read(0, 1): pass
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(0, signal.SIGKILL)
threading.Thread(target=follow, daemon=True).start()
sys.argv = ["ministack"]
runpy.run_module("ministack", run_name="__main__")
`;

/** Lambda's Node.js runtime brings the SDK along and nothing else; so a module left out of a bundle is missed here too. */
async function provideRuntimeModules(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const scope of ['@aws-sdk', '@smithy']) {
    await symlink(join(projectRoot, 'node_modules', scope), join(folder, scope), 'dir');
  }
}

function cdkEnvironment(endpoint: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  const nowhere = join(runFolder, 'no-such-file');
  return {
    ...Object.fromEntries(inherited),
    PATH: [dirname(process.execPath), join(projectRoot, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
    CI: 'true',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    // Whatever profile the person at this machine has is none of this test's business.
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

function launch(python: string, port: number, proxy: number, temporary: string, isJudging: boolean): ChildProcess {
  const log = openSync(logFile, 'w');
  const child = spawn(python, ['-c', launcher], {
    cwd: runFolder,
    // A group of its own: the functions' processes are in it, and go with it.
    detached: true,
    stdio: ['pipe', log, log],
    // The functions inherit all of this.
    env: {
      PATH: dirname(process.execPath),
      HOME: temporary,
      TMPDIR: temporary,
      PYTHONUNBUFFERED: '1',
      PYTHONUTF8: '1',
      NODE_PATH: modulesIn(temporary),
      BIND_HOST: '127.0.0.1',
      AUTH: String(isJudging),
      GATEWAY_PORT: String(port),
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
      // A tenth of the delays before retries.
      SFN_WAIT_SCALE: '0.1',
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: `http://127.0.0.1:${proxy}`,
    },
  });
  closeSync(log);
  return child;
}

const modulesIn = (temporary: string): string => join(temporary, 'lambda-runtime');
const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
const log = (): string => readFileSync(logFile, 'utf8');

/** Listens on a loopback port that nobody uses, and gives it. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The operating system gave no port.');
  return address.port;
}

/**
 * All that the functions find of the Internet: no test asks the protected service's real health URLs. Each probe waits
 * for its answer in vain, so long that the first page is out before the diagnosis raises the severity.
 */
const noInternet = (): Server => createServer();

const isHealthy = (endpoint: string): Promise<boolean> =>
  fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) }).then(
    response => response.ok,
    () => false,
  );

/** Ends the emulator, and the functions' processes with it. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}

/**
 * Starts the emulator on a loopback port of its own, installing it first if need be.
 *
 * @param isJudging true where it is to judge every call by the policies of its role
 */
export async function startEmulator(isJudging = false): Promise<Emulator> {
  const python = await awsPython();
  await rm(runFolder, { recursive: true, force: true });
  await mkdir(runFolder, { recursive: true });
  // Outside the project, whose package.json and node_modules the functions must not find above them.
  const temporary = await mkdtemp(join(tmpdir(), 'ministack-'));
  await provideRuntimeModules(modulesIn(temporary));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const internet = noInternet();
  const child = launch(python, port, await listen(internet), temporary, isJudging);
  const stop = async (): Promise<void> => {
    await endGroup(child);
    internet.close();
    await rm(temporary, { recursive: true, force: true });
  };
  try {
    await until(`the emulator on ${endpoint}`, async () => {
      if (hasEnded(child)) throw new Error(`The emulator ended with code ${child.exitCode}.`);
      return (await isHealthy(endpoint)) || undefined;
    });
  } catch (error) {
    await stop();
    throw new Error(`The emulator did not start. Its log:\n${log()}`, { cause: error });
  }
  return {
    endpoint,
    environment: cdkEnvironment(endpoint),
    client: { endpoint, region: REGION, credentials },
    stop,
    log,
  };
}
