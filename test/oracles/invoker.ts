/** A process in which bundles run as in Lambda, with the real SDK. It answers each invocation that its parent sends. */
import dns from 'node:dns';
import { createRequire } from 'node:module';

/** An invocation of a bundle's handler. */
export interface Invocation {
  file: string;
  handler: string;
  environment: Record<string, string>;
  event: unknown;
  /** The moment that it believes it is. */
  at: string;
}

/** A call that the handler has made, and the error with which it was answered. */
export interface SdkCall {
  operation: string;
  error?: string;
}

/** What came of an invocation. */
export interface Outcome {
  error?: string;
  calls: SdkCall[];
}

const NO_ANSWER = 'moto has no answer';

/** Milliseconds after which nothing more is waited for. */
const LIMIT = 20_000;

const require = createRequire(import.meta.url);
const { Client } = require('@smithy/core/client');

let calls: SdkCall[] = [];
const { send } = Client.prototype;
Client.prototype.send = async function (command: object, ...more: unknown[]) {
  const operation = `${this.config.serviceId}:${command.constructor.name.replace(/Command$/, '')}`;
  const own = calls;
  try {
    const output = await send.call(this, command, ...more);
    own.push({ operation });
    return output;
  } catch (thrown) {
    own.push({ operation, error: textOf(thrown) });
    throw thrown;
  }
};

/** The error in a line. Where moto does not have an operation, or breaks at it, its server answers with a page. */
function textOf(thrown: unknown): string {
  const { name, message, $metadata } = thrown as Error & { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode === 500 ? NO_ANSWER : `${name}: ${message}`.slice(0, 400);
}

// Nobody is reached beyond this machine: names are not found.
Object.assign(dns, {
  lookup: (host: string, ...more: unknown[]) =>
    (more.at(-1) as (error: Error) => void)(
      Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }),
    ),
});

const RealDate = Date;
let offset = 0;
globalThis.Date = class extends RealDate {
  constructor(...given: [] | [number]) {
    super(...((given.length > 0 ? given : [RealDate.now() + offset]) as [number]));
  }
  static override now(): number {
    return RealDate.now() + offset;
  }
} as DateConstructor;

for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const) console[level] = () => undefined;

async function invoke({ file, handler, environment, event, at }: Invocation): Promise<Outcome> {
  calls = [];
  const own = calls;
  for (const name of Object.keys(process.env)) if (name !== 'NODE_PATH') delete process.env[name];
  Object.assign(process.env, environment);
  offset = RealDate.parse(at) - RealDate.now();
  const deadline = RealDate.now() + LIMIT;
  const context = { functionName: 'function', getRemainingTimeInMillis: () => deadline - RealDate.now() };
  const tooLong = Promise.withResolvers<never>();
  const timer = setTimeout(() => tooLong.reject(new Error(`it was not done after ${LIMIT / 1000} s`)), LIMIT);
  try {
    await Promise.race([require(file)[handler](event, context), tooLong.promise]);
    return { calls: own };
  } catch (thrown) {
    return { error: textOf(thrown), calls: own };
  } finally {
    clearTimeout(timer);
  }
}

process.on('message', async (invocation: Invocation) => process.send?.(await invoke(invocation)));
