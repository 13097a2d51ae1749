import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { endGroup, hasEnded } from './group.ts';
import { inProject, runFolder } from './paths.ts';
import { until } from './poll.ts';
import { freePort } from './port.ts';
import { step } from './progress.ts';
import { ministackPython } from './venv.ts';

export const REGION = 'eu-west-1';
/** What the emulator takes every access key for that is not itself an account id. */
export const ACCOUNT = '000000000000';

export interface Emulator {
  endpoint: string;
  /** For `cdk` and anything else that finds its AWS in the environment: this one, and no other. */
  environment: NodeJS.ProcessEnv;
  /** For SDK clients of the test itself. */
  client: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  stop(): Promise<void>;
  log(): string;
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const logFile = join(runFolder, 'ministack.log');

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
    await symlink(inProject('node_modules', scope), join(folder, scope), 'dir');
  }
}

function childEnvironment(endpoint: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  const nowhere = join(runFolder, 'no-such-file');
  return {
    ...Object.fromEntries(inherited),
    PATH: [dirname(process.execPath), inProject('node_modules', '.bin'), process.env['PATH']].join(delimiter),
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

function launch(python: string, port: number, temporary: string, waitScale: number): ChildProcess {
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
      GATEWAY_PORT: String(port),
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
      SFN_WAIT_SCALE: String(waitScale),
    },
  });
  closeSync(log);
  return child;
}

const modulesIn = (temporary: string): string => join(temporary, 'lambda-runtime');

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

const log = (): string => readFileSync(logFile, 'utf8');

/**
 * Starts the emulator on a loopback port of its own, installing it first if need be.
 * `waitScale` shortens the Wait states and the retry delays of Step Functions: 0 skips them, 1 is real time.
 */
export async function startEmulator(options: { waitScale?: number } = {}): Promise<Emulator> {
  const python = await ministackPython();
  await rm(runFolder, { recursive: true, force: true });
  await mkdir(runFolder, { recursive: true });
  // Outside the project, whose package.json and node_modules the functions must not find above them.
  const temporary = await mkdtemp(join(tmpdir(), 'ministack-'));
  await provideRuntimeModules(modulesIn(temporary));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = launch(python, port, temporary, options.waitScale ?? 1);
  const stop = async (): Promise<void> => {
    await endGroup(child);
    await rm(temporary, { recursive: true, force: true });
  };
  try {
    await step(`starting the emulator on ${endpoint}`, () =>
      until('the emulator to become healthy', async () => {
        if (hasEnded(child)) throw new Error(`The emulator ended with code ${child.exitCode}.`);
        return (await isHealthy(endpoint)) || undefined;
      }),
    );
  } catch (error) {
    await stop();
    throw new Error(`The emulator did not start. Its log:\n${log()}`, { cause: error });
  }
  return {
    endpoint,
    environment: childEnvironment(endpoint),
    client: { endpoint, region: REGION, credentials },
    stop,
    log,
  };
}
