/** SDK clients that never open a connection: the embedded account answers what they would send. */
import { createRequire } from 'node:module';
import { constructStack } from '@smithy/core/client';
import { type Input, ServiceError } from '../../account/account.ts';
import { Unsupported } from '../../unsupported.ts';
import { ATTEMPTS } from './retries.ts';

/** The prefix of each service in IAM actions, by the ending of its SDK package: `@aws-sdk/client-sfn`. */
const IAM_PREFIXES: Record<string, string> = {
  acm: 'acm',
  'application-auto-scaling': 'application-autoscaling',
  cloudfront: 'cloudfront',
  cloudwatch: 'cloudwatch',
  'cloudwatch-logs': 'logs',
  dynamodb: 'dynamodb',
  ec2: 'ec2',
  ecs: 'ecs',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  elasticache: 'elasticache',
  eventbridge: 'events',
  kms: 'kms',
  lambda: 'lambda',
  rds: 'rds',
  'rds-data': 'rds-data',
  'resource-groups-tagging-api': 'tag',
  'route-53': 'route53',
  s3: 's3',
  'secrets-manager': 'secretsmanager',
  sesv2: 'ses',
  sfn: 'states',
  sns: 'sns',
  sqs: 'sqs',
  ssm: 'ssm',
};

/** How a client wants a call to be made. */
interface Manner {
  maxAttempts: number;
  /** Milliseconds for which it waits for an answer. By itself a client waits for as long as the connection stands. */
  patience?: number | undefined;
  abortSignal?: AbortSignal | undefined;
}

/** Makes a call to a service by its IAM prefix and gives the output. */
type Answer = (service: string, operation: string, input: Input, manner: Manner) => Promise<unknown>;

// biome-ignore lint/suspicious/noExplicitAny: the exports of an SDK client, whichever it is
type Module = Record<string, any>;

interface Command {
  input: Input;
}

interface Client {
  config: { serviceId: string };
  middlewareStack: Module;
  send(command: Command, ...more: unknown[]): Promise<unknown>;
}

interface ClientConfig {
  maxAttempts?: number;
  requestHandler?: { requestTimeout?: number; throwOnRequestTimeout?: boolean };
}

type ClientClass = new (config: object) => Client;

const PACKAGES = '@aws-sdk/client-';

export const isClientPackage = (id: string) => id.startsWith(PACKAGES);

const require = createRequire(import.meta.url);

/**
 * The exports of an SDK client's package, with a client that the account answers.
 *
 * @throws Unsupported for a client of a service that the account does not know
 */
export function embeddedPackage(id: string, exports: Module, caller: string, answer: Answer): Module {
  if (!IAM_PREFIXES[id.slice(PACKAGES.length)]) throw new Unsupported(caller, `the client ${id}`);
  const name = Object.keys(exports).find(key => key.endsWith('Client') && !key.startsWith('__'));
  if (!name) throw new Unsupported(id, 'a package without a client');
  return { ...exports, [name]: embeddedClient(exports[name], answer) };
}

/**
 * The error as the package's client throws it, because handlers tell errors apart by class: of the class that is named so, or of
 * the one that all of them extend.
 */
function exceptionOf({ name, message, members }: ServiceError, exports: Module): Error {
  if (name === 'TimeoutError') return Object.assign(new Error(message), { name, code: 'ECONNRESET' });
  const common = Object.keys(exports).find(key => key.endsWith('ServiceException')) ?? '';
  const ErrorClass = exports[name] ?? exports[common];
  const [$fault, httpStatusCode] = name === 'ServiceUnavailable' ? ['server', 503] : ['client', 400];
  return new ErrorClass({ name, message, $fault, $metadata: { httpStatusCode }, ...members });
}

/**
 * The client's class, with the account in the place of the network. A call is answered at once, from the command's input; only
 * where somebody hooks into the client or the command, what they hooked is run.
 */
export function embeddedClient(Client: ClientClass, answer: Answer): ClientClass {
  return class extends Client {
    private hooked = false;
    private readonly service: string;
    private readonly maxAttempts: number;
    private readonly patience: number | undefined;

    constructor(config: ClientConfig = {}) {
      super({
        region: 'us-east-1',
        credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
        ...config,
      });
      this.maxAttempts = config.maxAttempts ?? ATTEMPTS;
      const { requestTimeout, throwOnRequestTimeout } = config.requestHandler ?? {};
      // Without `throwOnRequestTimeout` it only warns.
      this.patience = throwOnRequestTimeout ? requestTimeout : undefined;
      this.service = this.config.serviceId.toLowerCase().replaceAll(' ', '-');
      const respond =
        (_next: unknown, { commandName = '' }) =>
        async (args: Command) => ({
          response: {},
          output: await this.answer(commandName, args.input),
        });
      if (this.config.serviceId === 'DynamoDB') this.middlewareStack = documentStack(respond);
      else this.middlewareStack['add'](respond, { step: 'initialize', priority: 'low', name: 'embeddedAccount' });
      for (const way of ['add', 'addRelativeTo', 'use']) {
        const hook = this.middlewareStack[way];
        this.middlewareStack[way] = (...given: unknown[]) => {
          this.hooked = true;
          return hook(...given);
        };
      }
    }

    override send(command: Command & Partial<Client>, ...more: (Partial<Manner> | undefined)[]): Promise<unknown> {
      const hooked = this.hooked || command.middlewareStack?.['identify']().length > 0;
      return hooked || typeof more.at(-1) === 'function'
        ? super.send(command, ...more)
        : this.answer(command.constructor.name, command.input, more[0]);
    }

    private async answer(command: string, input: Input, { abortSignal }: Partial<Manner> = {}): Promise<object> {
      const prefix = IAM_PREFIXES[this.service];
      if (!prefix) throw new Unsupported(`the client of ${this.config.serviceId}`, 'this service');
      try {
        const output = await answer(prefix, command.replace(/Command$/, ''), input, {
          ...{ maxAttempts: this.maxAttempts, patience: this.patience, abortSignal },
        });
        return { ...(output as object), $metadata: { httpStatusCode: 200 } };
      } catch (error) {
        throw error instanceof ServiceError ? exceptionOf(error, require(PACKAGES + this.service)) : error;
      }
    }
  };
}

/**
 * The exports of the SDK's library for documents, with a client that hands what it translated to the account; the library's own
 * would build a request first.
 */
export function embeddedDocuments(exports: Module): Module {
  const Library: new (...given: unknown[]) => Module = exports['DynamoDBDocumentClient'];
  class DynamoDBDocumentClient extends Library {
    static from(client: Client, configuration?: object): DynamoDBDocumentClient {
      return new DynamoDBDocumentClient(client, configuration);
    }

    async send(command: Module): Promise<unknown> {
      command['addMarshallingMiddleware'](this['config']);
      const stack = this['middlewareStack'].concat(command['middlewareStack']);
      const handle = stack.resolve(undefined, { commandName: command['clientCommand'].constructor.name });
      return (await handle({ input: command['input'] })).output;
    }
  }
  return { ...exports, DynamoDBDocumentClient };
}

/** The two places of a client between which a document client translates its items. */
function documentStack(respond: unknown): Module {
  const stack: Module = constructStack();
  stack['add']((next: unknown) => next, { step: 'serialize', name: 'serializerMiddleware' });
  stack['add'](respond, { step: 'deserialize', name: 'deserializerMiddleware' });
  return stack;
}
