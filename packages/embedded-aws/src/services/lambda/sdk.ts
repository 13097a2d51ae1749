/** SDK clients that never open a connection: the embedded account answers what they would send. */
import { type Input, ServiceError } from '../../account/account.ts';
import { Unsupported } from '../../unsupported.ts';

/** The prefix of each service in IAM actions, by the ending of its SDK package: `@aws-sdk/client-sfn`. */
const IAM_PREFIXES: Record<string, string> = {
  acm: 'acm',
  'application-auto-scaling': 'application-autoscaling',
  cloudfront: 'cloudfront',
  cloudwatch: 'cloudwatch',
  'cloudwatch-logs': 'logs',
  ec2: 'ec2',
  ecs: 'ecs',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  elasticache: 'elasticache',
  eventbridge: 'events',
  kms: 'kms',
  lambda: 'lambda',
  rds: 'rds',
  'rds-data': 'rds-data',
  'route-53': 'route53',
  s3: 's3',
  'secrets-manager': 'secretsmanager',
  sesv2: 'ses',
  sfn: 'states',
  sns: 'sns',
  sqs: 'sqs',
  ssm: 'ssm',
};

/** Makes a call to a service by its IAM prefix and gives the output. */
type Answer = (service: string, operation: string, input: Input) => Promise<unknown>;

// biome-ignore lint/suspicious/noExplicitAny: the exports of an SDK client, whichever it is
type Module = Record<string, any>;

type ClientClass = new (config: object) => { config: { serviceId: string }; middlewareStack: Module };

const PACKAGES = '@aws-sdk/client-';

export const isClientPackage = (id: string) => id.startsWith(PACKAGES);

/**
 * The exports of an SDK client's package, with a client that the account answers. Errors are of the package's own classes,
 * because handlers tell them apart by class.
 *
 * @throws Unsupported for a client of a service that the account does not know
 */
export function embeddedPackage(id: string, exports: Module, caller: string, answer: Answer): Module {
  if (!IAM_PREFIXES[id.slice(PACKAGES.length)]) throw new Unsupported(caller, `the client ${id}`);
  const name = Object.keys(exports).find(key => key.endsWith('Client') && !key.startsWith('__'));
  if (!name) throw new Unsupported(id, 'a package without a client');
  const answerOrThrow: Answer = async (...call) => {
    try {
      return await answer(...call);
    } catch (error) {
      const ErrorClass = error instanceof ServiceError && exports[error.name];
      throw ErrorClass ? new ErrorClass({ message: (error as Error).message, $metadata: {} }) : error;
    }
  };
  return { ...exports, [name]: embeddedClient(exports[name], answerOrThrow) };
}

/** The client's class, with the account in the place of the network. */
export function embeddedClient(Client: ClientClass, answer: Answer): ClientClass {
  return class extends Client {
    constructor(config: object = {}) {
      super({
        region: 'us-east-1',
        credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
        ...config,
      });
      const respond = (_next: unknown, context: { commandName?: string }) => async (args: { input: Input }) => {
        const operation = (context.commandName ?? '').replace(/Command$/, '');
        const output = await answer(this.service, operation, args.input);
        return { response: {}, output: { ...(output as object), $metadata: {} } };
      };
      this.middlewareStack['add'](respond, { step: 'initialize', priority: 'low', name: 'embeddedAccount' });
    }

    private get service(): string {
      const { serviceId } = this.config;
      const prefix = IAM_PREFIXES[serviceId.toLowerCase().replaceAll(' ', '-')];
      if (!prefix) throw new Unsupported(`the client of ${serviceId}`, 'this service');
      return prefix;
    }
  };
}
