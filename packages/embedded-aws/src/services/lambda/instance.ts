import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Account, type Caller, shortName } from '../../account/account.ts';
import type { Deployed } from '../../assembly/resolve.ts';
import { asJson } from '../../json.ts';
import type { Random } from '../../random.ts';
import { Unsupported } from '../../unsupported.ts';
import type { Fetch, Network } from './network.ts';
import { retried } from './retries.ts';
import { compiled, silent, timingOf, virtualChance, virtualDate, virtualTimers } from './runtime.ts';
import { embeddedDocuments, embeddedPackage, isClientPackage } from './sdk.ts';

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** What an invocation came to. */
export type Settled = { payload: unknown } | { error: { errorType: string; errorMessage: string } };

const require = createRequire(import.meta.url);

/** Virtual milliseconds that code takes between two calls, and from the last to the end: at least and at most. */
const COMPUTING = [1, 10] as const;

/** Virtual milliseconds that a process takes to connect with a service or host for the first time. */
const CONNECTING = [30, 150] as const;

/** Nothing that waits for it goes on: the process has ended. */
const never = () => new Promise<never>(() => undefined);

/** A process in which a function runs, one invocation at a time: its bundle, loaded with a scope of its own. */
export class Instance {
  isAlive = true;
  private readonly account: Account;
  private readonly network: () => Network;
  private readonly hosts: ReadonlyMap<string, Fetch>;
  private readonly resource: Deployed;
  /** Milliseconds by which its clock is off. */
  private readonly skew: number;
  private readonly caller: Caller;
  private readonly random: Random;
  private readonly timers;
  private readonly chance;
  private readonly handler: Handler;
  /** The services and hosts that it has connected with. */
  private readonly connected = new Set<string>();
  private end: (error: { errorType: string; errorMessage: string }) => void = () => undefined;

  constructor(
    account: Account,
    resource: Deployed,
    random: Random,
    outside: { network: () => Network; hosts: ReadonlyMap<string, Fetch>; skew: number },
  ) {
    this.account = account;
    this.resource = resource;
    this.random = random;
    this.network = outside.network;
    this.hosts = outside.hosts;
    this.skew = outside.skew;
    const kill = () => this.end({ errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited' });
    const until = (service: string) => this.until(service);
    this.caller = { name: shortName(resource.path), role: resource.properties['Role'], kill, until };
    this.timers = virtualTimers(account.clock, () => this.isAlive);
    this.chance = virtualChance(random);
    this.handler = this.load();
  }

  /** Handles an event, until it is done, its time is up, or the process is killed; after the latter two it is of no more use. */
  async handle(event: unknown, invokedFunctionArn: string): Promise<Settled> {
    const { properties, ref } = this.resource;
    const { clock } = this.account;
    const ended = Promise.withResolvers<Settled>();
    this.end = error => {
      this.isAlive = false;
      ended.resolve({ error });
    };
    const seconds: number = properties['Timeout'] ?? 3;
    const deadline = clock.now + seconds * 1000;
    const errorMessage = `Task timed out after ${seconds.toFixed(2)} seconds`;
    const cancel = clock.after(seconds * 1000, () => this.end({ errorType: 'Sandbox.Timedout', errorMessage }));
    const context = {
      functionName: ref,
      invokedFunctionArn,
      memoryLimitInMB: String(properties['MemorySize']),
      getRemainingTimeInMillis: () => deadline - clock.now,
    };
    try {
      return await Promise.race([this.settle(event, context), ended.promise]);
    } finally {
      cancel();
    }
  }

  private async settle(event: unknown, context: object): Promise<Settled> {
    try {
      const payload = asJson((await this.handler(asJson(event), context)) ?? null);
      await this.account.clock.wait(this.random.between(...COMPUTING));
      return { payload };
    } catch (thrown) {
      if (thrown instanceof Unsupported) throw thrown;
      await this.account.clock.wait(this.random.between(...COMPUTING));
      const { name, message } = thrown as Error;
      return { error: { errorType: name, errorMessage: message } };
    }
  }

  /** The milliseconds until a call leaves the process: those of its own code, and of the first connection. */
  private until(peer: string): number {
    const connecting = this.connected.has(peer) ? 0 : this.random.between(...CONNECTING);
    this.connected.add(peer);
    return this.random.between(...COMPUTING) + connecting;
  }

  private load(): Handler {
    const { properties, logicalId, path } = this.resource;
    const { clock, region, assembly } = this.account;
    const [file = '', exported = ''] = String(properties['Handler']).split('.');
    const asset = assembly.template.Resources[logicalId]?.Metadata?.['aws:asset:path'];
    if (!asset || !String(properties['Runtime']).startsWith('nodejs'))
      throw new Unsupported(`function ${path}`, 'code that is no Node.js asset');
    if (properties['Layers']?.length) throw new Unsupported(`function ${path}`, 'layers');
    const bundle = join(assembly.directory, asset, `${file}.js`);
    const module = { exports: {} as Record<string, Handler> };
    const environment = { ...properties['Environment']?.['Variables'], AWS_REGION: region };
    const scope = {
      module,
      exports: module.exports,
      __filename: bundle,
      __dirname: dirname(bundle),
      require: (id: string) => this.provideModule(id),
      process: { ...process, env: environment },
      Date: virtualDate(() => clock.now + this.skew),
      performance: { now: () => clock.now },
      ...this.timers.globals,
      ...this.chance.globals,
      fetch: (url: string | URL, init?: RequestInit) => this.fetch(url, init),
      WebSocket: this.network().WebSocket,
      console: silent((level, line) => this.account.emit('log', { function: this.caller.name, level, line })),
    };
    compiled(bundle, Object.keys(scope))(...Object.values(scope));
    const handler = module.exports[exported];
    if (!handler) throw new Unsupported(`function ${path}`, `a bundle that exports no ${exported}`);
    return handler;
  }

  private async fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const { clock } = this.account;
    if (!this.isAlive) return never();
    const { host } = new URL(url);
    const fetch = this.hosts.get(host) ?? this.network().fetch;
    const answered = async () => {
      await clock.wait(this.until(host));
      if (!this.isAlive) return never();
      const response = await clock.standstill(() => fetch(String(url), init));
      await clock.wait(timingOf(response));
      return response;
    };
    const response = await unlessAborted(answered(), init.signal);
    return this.isAlive ? response : never();
  }

  private provideModule(id: string): unknown {
    const name = id.replace(/^node:/, '');
    if (name === 'tls') return this.network().tls;
    const exports = require(id);
    if (name === 'timers') return { ...exports, ...this.timers.globals };
    if (name === 'timers/promises') return { ...exports, ...this.timers.promises };
    if (name === 'crypto') return { ...exports, ...this.chance.crypto };
    if (id === '@aws-sdk/lib-dynamodb') return embeddedDocuments(exports);
    if (!isClientPackage(id)) return exports;
    return embeddedPackage(
      id,
      exports,
      this.caller.name,
      (service, operation, input, { maxAttempts, patience, abortSignal }) => {
        const caller = { ...this.caller, patience };
        const attempt = () => this.call(caller, service, operation, input);
        return unlessAborted(retried(attempt, maxAttempts, this.account.clock, this.random), abortSignal);
      },
    );
  }

  private async call(caller: Caller, service: string, operation: string, input: object): Promise<unknown> {
    if (!this.isAlive) return never();
    try {
      const output = await this.account.call(caller, service, operation, input);
      return this.isAlive ? output : never();
    } catch (error) {
      if (!this.isAlive) return never();
      throw error;
    }
  }
}

/** The work's result, or the signal's reason as soon as that comes. The work goes on. */
async function unlessAborted<Result>(work: Promise<Result>, signal?: AbortSignal | null): Promise<Result> {
  if (!signal) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => undefined);
  }
}
