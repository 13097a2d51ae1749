import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Account, type Caller, ServiceError, shortName } from '../../account/account.ts';
import type { Deployed } from '../../assembly/resolve.ts';
import type { Misfortune } from '../../faults.ts';
import { asJson } from '../../json.ts';
import { Unsupported } from '../../unsupported.ts';
import type { Metrics } from '../cloudwatch/metrics.ts';
import type { Queues } from '../sqs.ts';
import { compiled, silent, timingOf, virtualDate } from './runtime.ts';
import { embeddedDocuments, embeddedPackage, isClientPackage } from './sdk.ts';

/** The outcome of an invocation. */
export interface Invocation {
  payload?: unknown;
  error?: { errorType: string; errorMessage: string };
  /** Virtual time that it took. */
  milliseconds: number;
}

/** The answer of a Function URL. */
export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** A failure of Lambda itself, not of the function: services retry it. */
const FAILED = { error: { errorType: 'Lambda.ServiceException', errorMessage: 'the invocation failed' } };

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** Answers HTTP requests. A header `Server-Timing: total;dur=50` says that the answer took 50 virtual milliseconds. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** The world outside of the account, as functions reach it. */
export interface Network {
  /** @default no host is found */
  fetch: Fetch;
  /** The functions' global class `WebSocket`. @default none */
  WebSocket?: unknown;
  /** The functions' module `node:tls`. @default none */
  tls?: unknown;
}

const NO_NETWORK: Network = {
  fetch: async url => {
    throw new TypeError('fetch failed', { cause: { code: 'ENOTFOUND', hostname: new URL(url).hostname } });
  },
};

/**
 * The Lambda functions, loaded from their bundled assets as Lambda loads them: once, with their own environment, the SDK
 * from outside. Three things differ: their clock is the virtual one, their SDK clients speak to the embedded account, and
 * the network is what `connect` says.
 */
export class Functions {
  private readonly account: Account;
  private readonly queues: Queues;
  private readonly metrics: Metrics;
  private readonly misfortune: Misfortune;
  private readonly handlers = new Map<string, { handler: Handler; timer: { milliseconds: number } }>();
  private readonly hosts = new Map<string, Fetch>();
  private network = NO_NETWORK;
  private readonly require = createRequire(import.meta.url);

  constructor(account: Account, queues: Queues, metrics: Metrics, misfortune: Misfortune) {
    this.account = account;
    this.queues = queues;
    this.metrics = metrics;
    this.misfortune = misfortune;
    account.provide('lambda', {
      InvokeFunction: {
        resources: ({ FunctionName }) => [FunctionName],
        run: ({ FunctionName, Payload }) => this.invoke(FunctionName, Payload),
      },
      // The SDK's name of it, with bytes for a payload.
      Invoke: {
        action: 'InvokeFunction',
        resources: ({ FunctionName }) => [this.find(FunctionName).arn],
        run: async ({ FunctionName, Payload }) => {
          const { payload, error } = await this.invoke(FunctionName, JSON.parse(String(Payload)));
          const text = JSON.stringify(error ?? payload);
          const answer = { StatusCode: 200, Payload: { transformToString: () => text } };
          return error ? { ...answer, FunctionError: 'Unhandled' } : answer;
        },
      },
    });
  }

  /** Puts something in the place of the network, before functions are first invoked. */
  connect(network: Partial<Network>): void {
    this.network = { ...this.network, ...network };
  }

  /** Answers what functions ask of a host of AWS itself, whatever network they are connected with. */
  serve(host: string, fetch: Fetch): void {
    this.hosts.set(host, fetch);
  }

  /** Invokes by name or ARN and gives the result with the virtual time it took. */
  async invoke(nameOrArn: string, event: unknown): Promise<Invocation> {
    const resource = this.find(nameOrArn);
    const name = shortName(resource.path);
    const cold = !this.handlers.has(resource.logicalId);
    const { handler, timer } = this.load(resource);
    timer.milliseconds = (cold ? this.account.random.between(220, 480) : 0) + this.account.random.between(3, 18);
    const failure = this.misfortune.invocation(name);
    const done = failure === 'before' ? FAILED : await this.settle(handler, event, resource);
    const result = failure === 'after' ? FAILED : done;
    const milliseconds = timer.milliseconds;
    this.metrics.put('AWS/Lambda', 'Invocations', { FunctionName: resource.ref }, 1);
    this.metrics.put('AWS/Lambda', 'Errors', { FunctionName: resource.ref }, 'error' in result ? 1 : 0);
    const outcome = 'error' in result ? { error: result.error.errorMessage } : {};
    this.account.emit('call', { function: name, service: 'lambda', operation: 'Invoke', milliseconds, ...outcome });
    return { ...result, milliseconds };
  }

  /** A request to a Function URL, as it comes from outside: payload format 2.0. */
  async request(url: string, { method = 'GET', headers = {}, body = '' } = {}): Promise<HttpAnswer> {
    const { origin, pathname, search } = new URL(url);
    const found = this.account
      .ofType('AWS::Lambda::Url')
      .find(({ attributes }) => attributes['FunctionUrl'] === `${origin}/`);
    if (!found) throw new Unsupported(`a request to ${origin}`, 'a URL that no function has');
    const { payload, error } = await this.invoke(found.properties['TargetFunctionArn'], {
      ...{ version: '2.0', rawPath: pathname, rawQueryString: search.slice(1), body, isBase64Encoded: false },
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      requestContext: { http: { method, path: pathname } },
    });
    return error ? { statusCode: 502, headers: {}, body: 'Internal Server Error' } : (payload as HttpAnswer);
  }

  /** Invokes as services do that do not wait: at least once, with two retries, then the on-failure destination. */
  invokeAsynchronously(nameOrArn: string, event: unknown): void {
    for (const delay of this.misfortune.deliveries())
      this.deliver(nameOrArn, event, delay + this.account.random.between(40, 160), 0);
  }

  private deliver(nameOrArn: string, event: unknown, delay: number, attempt: number): void {
    const resource = this.find(nameOrArn);
    const config = this.account
      .ofType('AWS::Lambda::EventInvokeConfig')
      .find(({ properties }) => properties['FunctionName'] === resource.ref)?.properties;
    this.account.clock.after(delay, async () => {
      const { error } = await this.invoke(nameOrArn, event);
      if (!error) return;
      const retries = config?.['MaximumRetryAttempts'] ?? 2;
      if (attempt < retries) return this.deliver(nameOrArn, event, (attempt + 1) * 60_000, attempt + 1);
      const destination = config?.['DestinationConfig']?.['OnFailure']?.['Destination'];
      if (destination) this.queues.send(destination, { requestPayload: event, responsePayload: error });
    });
  }

  find(nameOrArn: string): Deployed {
    const found = this.account
      .ofType('AWS::Lambda::Function')
      .find(({ ref, arn }) => ref === nameOrArn || arn === nameOrArn);
    if (!found) throw new ServiceError('ResourceNotFoundException', `Function not found: ${nameOrArn}`);
    return found;
  }

  private async settle(
    handler: Handler,
    event: unknown,
    { properties, ref }: Deployed,
  ): Promise<{ payload: unknown } | { error: NonNullable<Invocation['error']> }> {
    const context = {
      functionName: ref,
      memoryLimitInMB: String(properties['MemorySize']),
      getRemainingTimeInMillis: () => 1000 * properties['Timeout'],
    };
    try {
      const payload = await handler(asJson(event), context);
      return { payload: asJson(payload ?? null) };
    } catch (thrown) {
      if (thrown instanceof Unsupported) throw thrown;
      const { name, message } = thrown as Error;
      return { error: { errorType: name, errorMessage: message } };
    }
  }

  private load(resource: Deployed) {
    const loaded = this.handlers.get(resource.logicalId);
    if (loaded) return loaded;
    const { properties, logicalId, path } = resource;
    const [file = '', exported = ''] = String(properties['Handler']).split('.');
    const asset = this.account.assembly.template.Resources[logicalId]?.Metadata?.['aws:asset:path'];
    if (!asset || !String(properties['Runtime']).startsWith('nodejs'))
      throw new Unsupported(`function ${path}`, 'code that is no Node.js asset');
    if (properties['Layers']?.length) throw new Unsupported(`function ${path}`, 'layers');
    const bundle = join(this.account.assembly.directory, asset, `${file}.js`);
    const timer = { milliseconds: 0 };
    const spend = (milliseconds: number) => {
      timer.milliseconds += milliseconds;
    };
    const caller: Caller = { name: shortName(path), role: properties['Role'], spend };
    const module = { exports: {} as Record<string, Handler> };
    const environment = { ...properties['Environment']?.['Variables'], AWS_REGION: this.account.region };
    const scope = {
      module,
      exports: module.exports,
      __filename: bundle,
      __dirname: dirname(bundle),
      require: (id: string) => this.provideModule(id, caller),
      process: { ...process, env: environment },
      Date: virtualDate(() => this.account.clock.now),
      performance: { now: () => this.account.clock.now + timer.milliseconds },
      fetch: async (url: string | URL, init?: RequestInit) => {
        const { fetch } = this.network;
        const response = await (this.hosts.get(new URL(url).host) ?? fetch)(String(url), init);
        timer.milliseconds += timingOf(response);
        return response;
      },
      WebSocket: this.network.WebSocket,
      console: silent((level, line) => this.account.emit('log', { function: caller.name, level, line })),
    };
    compiled(bundle, Object.keys(scope))(...Object.values(scope));
    const handler = module.exports[exported];
    if (!handler) throw new Unsupported(`function ${path}`, `a bundle that exports no ${exported}`);
    const function_ = { handler, timer };
    this.handlers.set(logicalId, function_);
    return function_;
  }

  private provideModule(id: string, caller: Caller): unknown {
    if (id === 'node:tls' || id === 'tls') return this.network.tls;
    const exports = this.require(id);
    if (id === '@aws-sdk/lib-dynamodb') return embeddedDocuments(exports);
    if (!isClientPackage(id)) return exports;
    return embeddedPackage(id, exports, caller.name, async (service, operation, input) => {
      const { output } = await this.account.call(caller, service, operation, input);
      return output;
    });
  }
}
