import { Account, type Caller } from './account/account.ts';
import { type Assembly, readAssembly } from './assembly/assembly.ts';
import { Clock } from './clock.ts';
import { CallFaults, type Faults, isAway, latenessOf, Misfortune, skewsOf } from './faults.ts';
import { ADMINISTRATOR } from './iam/permissions.ts';
import { Random } from './random.ts';
import { CustomResources } from './services/cloudformation.ts';
import { Distributions } from './services/cloudfront.ts';
import { Alarms } from './services/cloudwatch/alarms.ts';
import { Dashboards } from './services/cloudwatch/dashboards.ts';
import { Graphs } from './services/cloudwatch/graphs.ts';
import { Metrics } from './services/cloudwatch/metrics.ts';
import { Creation } from './services/creation.ts';
import { type TableKind, Tables } from './services/dynamodb/tables.ts';
import { Buses } from './services/eventbridge.ts';
import { Keys } from './services/kms.ts';
import { Functions } from './services/lambda/functions.ts';
import type { Network } from './services/lambda/network.ts';
import { Polling } from './services/lambda/polling.ts';
import { embeddedClient } from './services/lambda/sdk.ts';
import { Streams } from './services/lambda/streams.ts';
import { Objects } from './services/s3.ts';
import { Secrets } from './services/secrets-manager.ts';
import { Mail } from './services/ses.ts';
import { Sms, type SmsStanding } from './services/sms.ts';
import { Topics } from './services/sns.ts';
import { Queues } from './services/sqs.ts';
import { Runbooks } from './services/ssm-automation.ts';
import { Parameters } from './services/ssm-parameters.ts';
import { Workflows } from './services/step-functions.ts';
import { ResourceTags } from './services/tags.ts';
import { Undocumented } from './undocumented.ts';

const MINUTE = 60_000;

export interface WorldOptions {
  /** Decides all that is left to chance, e.g. how long a call takes. The same seed gives the same world. @default 1 */
  seed?: number;
  /** The moment of the deployment, an ISO 8601 time. @default 2026-01-01T00:00:00.000Z */
  start?: string;
  /**
   * Virtual minutes in which metrics gather: before the deployment, or after it and before the first evaluation of alarms where that
   * was yesterday. @default 0
   */
  warmUpMinutes?: number;
  /** How many invocations of functions may run at one time. @default 10, as in a new account */
  concurrency?: number;
  /** How far the account has come with SMS. @default that of a new account, from which no SMS arrives */
  sms?: SmsStanding;
  /**
   * `now`: the resources appear one after the other, over minutes, and alarms have judged nothing yet. `yesterday`: all is there, and
   * every alarm is OK. @default now
   */
  deployment?: 'now' | 'yesterday';
  /** True in an account that is verified for CloudFront: one that is not can create no distribution. @default false */
  cloudFront?: boolean;
  /** The priorities that rules of listeners have already. @default [1], as most listeners with any rule */
  listenerPriorities?: readonly number[];
  /** The state in which e-mail addresses are subscribed: nobody has confirmed yet, or everybody. @default pending */
  subscriptions?: 'pending' | 'confirmed';
  /** @default nothing goes wrong */
  faults?: Faults;
  /** What answers for DynamoDB: items in memory, or dynalite as it is, which takes many times as long. @default memory */
  tables?: TableKind;
}

/**
 * An AWS account in memory with one stack deployed in it, and a virtual clock. Nothing passes but what the clock runs.
 *
 * Simulate what the stack calls and the package does not know between `new World` and `start`; where there is nothing of the
 * kind, `World.deploy` does both.
 *
 * @example
 * const world = await World.deploy('cdk.out', { seed: 7 });
 * world.buses.put(world.buses.event('shop', 'OrderPlaced', { id: '1' }));
 * await world.clock.run(5 * 60_000);
 * console.log(world.topics.messages);
 */
export class World {
  readonly clock: Clock;
  readonly account: Account;
  readonly alarms: Alarms;
  readonly buses: Buses;
  readonly dashboards: Dashboards;
  readonly distributions: Distributions;
  readonly functions: Functions;
  readonly mail: Mail;
  readonly metrics: Metrics;
  readonly objects: Objects;
  readonly parameters: Parameters;
  readonly queues: Queues;
  readonly runbooks: Runbooks;
  readonly secrets: Secrets;
  readonly sms: Sms;
  readonly tables: Tables;
  readonly topics: Topics;
  /** Counts of the calls by who has made them, and how often each of `faults.calls` has struck, in their order. */
  readonly callFaults: CallFaults;
  private readonly customResources: CustomResources;
  private readonly creation: Creation;
  private readonly isNew: boolean;
  /** The end of the warm-up. */
  private readonly began: number;

  /** @throws Unsupported, by resource and property, for what the package cannot execute faithfully */
  constructor(
    assembly: Assembly,
    {
      seed = 1,
      start = '2026-01-01T00:00:00.000Z',
      warmUpMinutes = 0,
      faults = {},
      tables,
      concurrency = 10,
      sms = {},
      subscriptions = 'pending',
      deployment = 'now',
      cloudFront = false,
      listenerPriorities = [1],
    }: WorldOptions = {},
  ) {
    const random = new Random(seed);
    this.clock = new Clock(start);
    const isNew = deployment === 'now';
    this.isNew = isNew;
    this.account = new Account(assembly, this.clock, random, isNew);
    this.account.undocumented = new Undocumented(faults.undocumented);
    // Lateness has a source of chance of its own, so that a world with late metrics is otherwise the one without.
    this.metrics = new Metrics(this.account, latenessOf(faults, new Random(seed + 0x5eed), this.account.undocumented));
    const { account, clock, metrics } = this;
    this.began = clock.now + warmUpMinutes * MINUTE;
    const minutes = () => (clock.now - this.began) / MINUTE;
    account.isAway = (service, operation) => isAway(faults, service, operation, minutes());
    this.callFaults = new CallFaults(faults.calls);
    account.faultOf = ({ name }, service, operation) => this.callFaults.strike(name, service, operation, minutes());
    this.queues = new Queues(account, isNew);
    this.tables = new Tables(account, tables);
    // Clocks that are off have a source of chance of their own as well.
    const skew = skewsOf(faults, new Random(seed + 0xc10c));
    const misfortune = new Misfortune(random, faults);
    this.functions = new Functions(account, this.queues, metrics, misfortune, { concurrency, skew });
    // Requests of deployments have a source of chance of their own: a world with custom resources is otherwise the one without.
    this.customResources = new CustomResources(account, this.functions, new Random(seed + 0xc10d));
    this.creation = new Creation(account, new Random(seed + 0xc4ea), { cloudFront, listenerPriorities }, resource =>
      this.customResources.createOne(resource),
    );
    this.buses = new Buses(account, this.functions, this.queues, metrics);
    this.sms = new Sms(account, metrics, sms);
    this.topics = new Topics(account, this.sms, subscriptions);
    this.runbooks = new Runbooks(account, this.functions);
    this.parameters = new Parameters(account);
    this.secrets = new Secrets(account);
    this.objects = new Objects(account);
    this.distributions = new Distributions(account, this.objects, this.functions);
    this.mail = new Mail(account);
    this.alarms = new Alarms(account, metrics, this.buses, this.topics, isNew);
    this.dashboards = new Dashboards(account);
    new Keys(account, seed);
    new Graphs(account, metrics);
    new ResourceTags(account);
    new Workflows(account, this.functions, this.buses);
    new Streams(account, this.tables, this.functions, this.queues);
    new Polling(account, this.functions, this.queues);
    clock.every(MINUTE, () => this.queues.measure(metrics));
    clock.after(warmUpMinutes * MINUTE, () => {
      this.alarms.judge();
      clock.every(MINUTE, () => this.alarms.judge());
    });
  }

  /**
   * Deploys a stack and starts its time.
   *
   * @param from the directory that `cdk synth` wrote, or an assembly that was read from it
   * @throws Unsupported, by resource and property, for what the package cannot execute faithfully
   */
  static async deploy(from: string | Assembly, options: WorldOptions = {}): Promise<World> {
    const world = new World(typeof from === 'string' ? readAssembly(from) : from, options);
    await world.start();
    return world;
  }

  /** Deploys the stack, and lets the warm-up pass. Call it once. @throws DeploymentFailed */
  async start(): Promise<void> {
    await this.begin();
    if (this.isNew) await this.clock.until(() => this.creation.run());
  }

  /** Lets the warm-up pass, and has the stack deployed from now on, in whatever time the clock runs. In place of `start`. */
  async startDeploying(): Promise<void> {
    await this.begin();
    if (this.isNew) this.clock.after(0, () => this.creation.run());
  }

  private async begin(): Promise<void> {
    await this.tables.create();
    if (!this.isNew) await this.clock.until(() => this.customResources.create());
    await this.clock.run(this.began - this.clock.now);
  }

  /**
   * Deploys a changed template of the same stack.
   *
   * @throws Unsupported where more has changed than the properties of custom resources
   * @throws DeploymentFailed when a custom resource could not be updated; what was changed is as it was before
   */
  async update(assembly: Assembly): Promise<void> {
    await this.clock.until(() => this.customResources.update(assembly));
  }

  /**
   * Connects the functions with the world outside of the account: without it, `fetch` finds no host. Call it before a
   * function is first invoked.
   *
   * @example
   * world.connect({ fetch: async url => new Response(url.endsWith('/health') ? 'ok' : 'not found') });
   */
  connect(network: Partial<Network>): void {
    this.functions.connect(network);
  }

  /**
   * A client of the AWS SDK, version 3, that this account answers; time passes as it does.
   *
   * @param Client the class, e.g. `SQSClient`
   * @param role the ARN of the role to act in. @default an administrator, who may do everything
   * @example
   * await world.client(SFNClient).send(new StartExecutionCommand({ stateMachineArn, name: 'first', input: '{}' }));
   */
  client<Client>(Client: new (config: never) => Client, role: string = ADMINISTRATOR): Client {
    const caller: Caller = { name: 'a person', role };
    const Embedded = embeddedClient(Client as never, (service, operation, input) =>
      this.account.call(caller, service, operation, input),
    );
    return new Embedded({}) as Client;
  }
}
