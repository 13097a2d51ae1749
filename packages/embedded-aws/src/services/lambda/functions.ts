import { type Account, ServiceError, shortName } from '../../account/account.ts';
import type { Deployed } from '../../assembly/resolve.ts';
import { DeploymentFailed } from '../../deployment-failed.ts';
import type { Misfortune } from '../../faults.ts';
import type { Random } from '../../random.ts';
import { jsonBytes, LIMITS, utf8Bytes } from '../../sizes.ts';
import { Unsupported } from '../../unsupported.ts';
import type { Metrics } from '../cloudwatch/metrics.ts';
import type { Queues } from '../sqs.ts';
import { Instance, type Settled } from './instance.ts';
import type { Fetch, Network } from './network.ts';

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

/** The name of the error that says that as many invocations run as may. */
export const THROTTLED = 'TooManyRequestsException';

/** How many invocations may run at one time, and by how many milliseconds the next process's clock is off. */
interface Bounds {
  concurrency: number;
  skew: () => number;
}

/** True for an error of Lambda itself, by which it did not invoke the function. */
export const isRefused = ({ errorType }: { errorType: string }): boolean =>
  errorType === THROTTLED || errorType === LIMITS['payload of an invocation'].error;

/** Invocations that must be left for functions without reserved ones, in an account that has more. */
const LEAST_SHARED = 100;

/** Virtual milliseconds in which a new process starts and loads its code. */
const COLD = [200, 800] as const;

/** Seconds after which Lambda gives an event up, if the function says nothing. */
const OLDEST_SECONDS = 6 * 60 * 60;

/** Milliseconds after which Lambda tries again what it could not run, at first and at most. */
const AGAIN = { first: 1000, most: 5 * 60_000 };

const NO_NETWORK: Network = {
  fetch: async url => {
    throw new TypeError('fetch failed', { cause: { code: 'ENOTFOUND', hostname: new URL(url).hostname } });
  },
};

/**
 * The Lambda functions, loaded from their bundled assets as Lambda loads them: once a process, with their own environment,
 * the SDK from outside. Invocations at one time run in processes of their own. Four things differ: their clock and their timers
 * are virtual, chance is the seed's, their SDK clients speak to the embedded account, and the network is what `connect` says.
 */
export class Functions {
  private readonly account: Account;
  private readonly queues: Queues;
  private readonly metrics: Metrics;
  private readonly misfortune: Misfortune;
  /** The processes that wait for an invocation, by the function's logical id. */
  private readonly idle = new Map<string, Instance[]>();
  /** How many run now, by the function's logical id. */
  private readonly running = new Map<string, number>();
  /** How many invocations may run at one time of the functions for which none are reserved. */
  private readonly shared: number;
  private readonly skew: () => number;
  private readonly chances = new Map<string, Random>();
  private readonly hosts = new Map<string, Fetch>();
  private network = NO_NETWORK;

  constructor(
    account: Account,
    queues: Queues,
    metrics: Metrics,
    misfortune: Misfortune,
    { concurrency, skew }: Bounds,
  ) {
    this.skew = skew;
    this.account = account;
    this.queues = queues;
    this.metrics = metrics;
    this.misfortune = misfortune;
    this.shared = concurrency;
    for (const { path, properties } of account.ofType('AWS::Lambda::Function')) {
      this.shared -= properties['ReservedConcurrentExecutions'] ?? 0;
      const least = Math.min(LEAST_SHARED, concurrency);
      if (this.shared < least)
        throw new DeploymentFailed(
          `AWS::Lambda::Function ${path}: Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${least}].`,
        );
      const variables = Object.entries(properties['Environment']?.['Variables'] ?? {}).flat();
      account.measure('environment of a function', utf8Bytes(variables.join('')));
    }
    account.provide('lambda', {
      InvokeFunction: {
        lasts: true,
        resources: ({ FunctionName }) => [FunctionName],
        run: ({ FunctionName, Payload }) => this.invoke(FunctionName, Payload),
      },
      // The SDK's name of it, with bytes for a payload.
      Invoke: {
        ...{ action: 'InvokeFunction', lasts: true },
        resources: ({ FunctionName }) => [this.arnOf(FunctionName)],
        run: async ({ FunctionName, Payload }) => {
          const { payload, error } = await this.invoke(FunctionName, JSON.parse(String(Payload)));
          if (error && isRefused(error)) throw new ServiceError(error.errorType, error.errorMessage);
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

  /**
   * Invokes by name or ARN and gives the result with the virtual time that it took. From outside of an act, the clock runs until
   * it is there.
   */
  invoke(nameOrArn: string, event: unknown): Promise<Invocation> {
    return this.account.clock.until(() => this.invoked(nameOrArn, event));
  }

  private async invoked(nameOrArn: string, event: unknown): Promise<Invocation> {
    const resource = this.find(nameOrArn);
    const { clock } = this.account;
    const began = clock.now;
    const throttled = this.throttle(resource);
    const result =
      throttled ??
      this.refuse('payload of an invocation', event) ??
      this.answered(await this.run(resource, event, this.arnOf(nameOrArn)));
    const milliseconds = clock.now - began;
    const dimensions = { FunctionName: resource.ref };
    if (throttled) for (const each of [dimensions, {}]) this.metrics.put('AWS/Lambda', 'Throttles', each, 1);
    else {
      // Known at its end, dated at its beginning.
      this.metrics.put('AWS/Lambda', 'Invocations', dimensions, 1, began);
      this.metrics.put('AWS/Lambda', 'Errors', dimensions, 'error' in result ? 1 : 0, began);
    }
    const outcome = 'error' in result ? { error: result.error.errorMessage } : {};
    const name = shortName(resource.path);
    this.account.emit('call', { function: name, service: 'lambda', operation: 'Invoke', milliseconds, ...outcome });
    return { ...result, milliseconds };
  }

  private refuse(kind: 'payload of an invocation' | 'asynchronous event' | 'answer of a function', payload: unknown) {
    const refusal = this.account.sizes.count(kind, jsonBytes(payload));
    return refusal && { error: { errorType: refusal.error, errorMessage: refusal.message } };
  }

  private answered(result: Settled): Settled {
    return ('payload' in result && this.refuse('answer of a function', result.payload)) || result;
  }

  private throttle({ logicalId, properties }: Deployed) {
    const reserved: number | undefined = properties['ReservedConcurrentExecutions'];
    const [running, most] =
      reserved === undefined ? [this.sharing(), this.shared] : [this.running.get(logicalId) ?? 0, reserved];
    if (running < most) return undefined;
    return { error: { errorType: THROTTLED, errorMessage: 'Rate Exceeded.' } };
  }

  /** How many invocations run of the functions that have none of their own. */
  private sharing(): number {
    return this.account
      .ofType('AWS::Lambda::Function')
      .filter(({ properties }) => properties['ReservedConcurrentExecutions'] === undefined)
      .reduce((sum, { logicalId }) => sum + (this.running.get(logicalId) ?? 0), 0);
  }

  /** Runs it in a process that is idle, or in a new one. */
  private async run(resource: Deployed, event: unknown, invokedArn: string): Promise<Settled> {
    const { logicalId, path } = resource;
    const name = shortName(path);
    const random = this.chances.get(name) ?? this.account.random.of(`lambda ${name}`);
    this.chances.set(name, random);
    const idle = this.idle.get(logicalId) ?? [];
    this.idle.set(logicalId, idle);
    const known = idle.pop();
    const instance =
      known ??
      new Instance(this.account, resource, random, {
        network: () => this.network,
        hosts: this.hosts,
        skew: this.skew(),
      });
    this.running.set(logicalId, (this.running.get(logicalId) ?? 0) + 1);
    try {
      await this.account.clock.wait((known ? 0 : random.between(...COLD)) + random.between(3, 18));
      const failure = this.misfortune.invocation(name);
      const done = failure === 'before' ? FAILED : await instance.handle(event, invokedArn);
      return failure === 'after' ? FAILED : done;
    } finally {
      this.running.set(logicalId, (this.running.get(logicalId) ?? 0) - 1);
      if (instance.isAlive) idle.push(instance);
    }
  }

  /**
   * Takes up an invocation for so long, as a request does that a function works on, without its work: for floods of them.
   * False where it is throttled.
   */
  occupy(nameOrArn: string, milliseconds: number): boolean {
    const resource = this.find(nameOrArn);
    if (this.throttle(resource)) return false;
    const { logicalId } = resource;
    this.running.set(logicalId, (this.running.get(logicalId) ?? 0) + 1);
    this.account.clock.after(milliseconds, () => this.running.set(logicalId, (this.running.get(logicalId) ?? 1) - 1));
    return true;
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
    if (error && isRefused(error))
      return { statusCode: error.errorType === THROTTLED ? 429 : 413, headers: {}, body: '' };
    return error ? { statusCode: 502, headers: {}, body: 'Internal Server Error' } : (payload as HttpAnswer);
  }

  /**
   * Invokes as services do that do not wait: at least once, with two retries, then the on-failure destination. False for an
   * event that is too large.
   */
  invokeAsynchronously(nameOrArn: string, event: unknown): boolean {
    if (this.refuse('asynchronous event', event)) return false;
    for (const delay of this.misfortune.deliveries())
      this.deliver(nameOrArn, event, delay + this.account.random.between(40, 160), { failed: 0, throttled: 0 });
    return true;
  }

  private deliver(
    nameOrArn: string,
    event: unknown,
    delay: number,
    { failed, throttled }: { failed: number; throttled: number },
    since = this.account.clock.now,
  ): void {
    const resource = this.find(nameOrArn);
    const config = this.account
      .ofType('AWS::Lambda::EventInvokeConfig')
      .find(({ properties }) => properties['FunctionName'] === resource.ref)?.properties;
    this.account.clock.after(delay, async () => {
      const { error } = await this.invoke(nameOrArn, event);
      if (!error) return;
      const age = this.account.clock.now - since;
      const isYoung = age < 1000 * (config?.['MaximumEventAgeInSeconds'] ?? OLDEST_SECONDS);
      if (error.errorType === THROTTLED && isYoung) {
        const again = Math.min(AGAIN.most, AGAIN.first * 2 ** throttled);
        return this.deliver(nameOrArn, event, again, { failed, throttled: throttled + 1 }, since);
      }
      const retries = config?.['MaximumRetryAttempts'] ?? 2;
      const goesOn = failed < retries && isYoung && error.errorType !== THROTTLED;
      if (goesOn)
        return this.deliver(nameOrArn, event, (failed + 1) * 60_000, { failed: failed + 1, throttled }, since);
      this.metrics.put('AWS/Lambda', 'AsyncEventsDropped', { FunctionName: resource.ref }, 1);
      const destination = config?.['DestinationConfig']?.['OnFailure']?.['Destination'];
      if (destination) this.queues.send(destination, { requestPayload: event, responsePayload: error });
    });
  }

  /** The ARN that a call names, by which IAM judges it: an alias is not its function. */
  private arnOf(nameOrArn: string): string {
    return this.alias(nameOrArn)?.arn ?? this.find(nameOrArn).arn;
  }

  private alias(arn: string): Deployed | undefined {
    const alias = this.account.ofType('AWS::Lambda::Alias').find(({ ref }) => ref === arn);
    if (alias && alias.properties['FunctionVersion'] !== '$LATEST')
      throw new Unsupported(`alias ${alias.path}`, 'a published version');
    return alias;
  }

  find(nameOrArn: string): Deployed {
    const name: string = this.alias(nameOrArn)?.properties['FunctionName'] ?? nameOrArn;
    const found = this.account.ofType('AWS::Lambda::Function').find(({ ref, arn }) => ref === name || arn === name);
    if (!found) throw new ServiceError('ResourceNotFoundException', `Function not found: ${nameOrArn}`);
    return found;
  }
}
