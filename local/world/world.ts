import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Account } from '../../packages/embedded-aws/src/account/account.ts';
import { type Change, Changes } from '../../packages/embedded-aws/src/account/changes.ts';
import type { Assembly } from '../../packages/embedded-aws/src/account/template.ts';
import { Clock } from '../../packages/embedded-aws/src/clock.ts';
import { type Faults, latenessOf, Misfortune } from '../../packages/embedded-aws/src/faults.ts';
import { Random } from '../../packages/embedded-aws/src/random.ts';
import { Distributions } from '../../packages/embedded-aws/src/services/cloudfront.ts';
import { Alarms } from '../../packages/embedded-aws/src/services/cloudwatch/alarms.ts';
import { Dashboards } from '../../packages/embedded-aws/src/services/cloudwatch/dashboards.ts';
import { Graphs } from '../../packages/embedded-aws/src/services/cloudwatch/graphs.ts';
import { Metrics } from '../../packages/embedded-aws/src/services/cloudwatch/metrics.ts';
import { type StreamRecord, Tables } from '../../packages/embedded-aws/src/services/dynamodb.ts';
import { Buses } from '../../packages/embedded-aws/src/services/eventbridge.ts';
import { Keys } from '../../packages/embedded-aws/src/services/kms.ts';
import { Functions } from '../../packages/embedded-aws/src/services/lambda/functions.ts';
import { Polling } from '../../packages/embedded-aws/src/services/lambda/polling.ts';
import { Streams } from '../../packages/embedded-aws/src/services/lambda/streams.ts';
import { Objects } from '../../packages/embedded-aws/src/services/s3.ts';
import { Mail } from '../../packages/embedded-aws/src/services/ses.ts';
import { Topics } from '../../packages/embedded-aws/src/services/sns.ts';
import { Queues } from '../../packages/embedded-aws/src/services/sqs.ts';
import { Runbooks } from '../../packages/embedded-aws/src/services/ssm-automation.ts';
import { Parameters } from '../../packages/embedded-aws/src/services/ssm-parameters.ts';
import { Workflows } from '../../packages/embedded-aws/src/services/step-functions.ts';
import { provideAcm } from '../service/apis/acm.ts';
import { provideAutoScaling } from '../service/apis/auto-scaling.ts';
import { provideCloudFront } from '../service/apis/cloudfront.ts';
import { provideEc2 } from '../service/apis/ec2.ts';
import { provideEcs } from '../service/apis/ecs.ts';
import { provideEcsTasks } from '../service/apis/ecs-tasks.ts';
import { provideElastiCache } from '../service/apis/elasticache.ts';
import { provideElb } from '../service/apis/elb.ts';
import { answer } from '../service/apis/http.ts';
import { provideListeners } from '../service/apis/listeners.ts';
import { provideLogs } from '../service/apis/logs.ts';
import { provideRds } from '../service/apis/rds.ts';
import { provideRoute53 } from '../service/apis/route-53.ts';
import { tlsOf } from '../service/apis/tls.ts';
import { provideUploads } from '../service/apis/uploads.ts';
import type { CertificateShape } from '../service/certificates.ts';
import type { RedisShape } from '../service/redis.ts';
import { SimulatedService } from '../service/service.ts';
import { SimulatedSessions } from '../service/sessions.ts';
import { Vendors } from '../vendors/vendors.ts';
import { Customers } from './customers.ts';
import { People } from './people.ts';
import { type Publication, Published } from './published.ts';

/** An entry of an incident's timeline, as its item in the table holds it. */
export interface Entry {
  type: string;
  at: string;
  seq: number;
  // biome-ignore lint/suspicious/noExplicitAny: the table knows no types
  [detail: string]: any;
}

/** An incident, as its item in the table stands. */
export interface IncidentItem {
  id: string;
  severity: string;
  status: string;
  openedAt: string;
  timeline: Entry[];
}

const MINUTE = 60_000;
/** The service has lived for a quarter of an hour before anything is shown: alarms have data to judge by. */
const WARM_UP = 15 * MINUTE;
const START = '2026-03-02T08:45:00.000Z';

/** One for all worlds of a process: it keeps nothing from one statement to the next. */
let sessions: Promise<SimulatedSessions> | undefined;

/** An account with the synthesised app deployed in it, the service it protects, and time. One seed, one world. */
export class World {
  readonly clock: Clock;
  readonly account: Account;
  readonly metrics: Metrics;
  readonly service: SimulatedService;
  readonly topics: Topics;
  readonly runbooks: Runbooks;
  readonly buses: Buses;
  readonly parameters: Parameters;
  readonly queues: Queues;
  readonly objects: Objects;
  readonly distributions: Distributions;
  readonly functions: Functions;
  readonly people: People;
  readonly mail: Mail;
  readonly customers: Customers;
  readonly vendors: Vendors;
  readonly alarms: Alarms;
  readonly dashboards: Dashboards;
  readonly incidents = new Map<string, IncidentItem>();
  private readonly changes: Changes;
  private readonly told: Published;
  private readonly ready: Promise<void>;

  private constructor(assembly: Assembly, seed: number, faults: Faults, start: string, sessions: SimulatedSessions) {
    const random = new Random(seed);
    this.clock = new Clock(start);
    this.account = new Account(assembly, this.clock, random);
    // Drawn apart, so that a world with late metrics is otherwise the one without.
    this.metrics = new Metrics(this.account, latenessOf(faults, new Random(seed + 0x5eed)));
    const { metrics } = this;
    this.service = new SimulatedService(shapeOf(assembly), this.clock, random, metrics);
    this.queues = new Queues(this.account);
    const tables = new Tables(this.account);
    const misfortune = new Misfortune(random, faults);
    this.vendors = new Vendors(this.account);
    const fetch = this.vendors.reachedBy(answer(this.service));
    this.functions = new Functions(this.account, tables, this.queues, metrics, fetch, misfortune);
    this.functions.tls = tlsOf(this.service);
    this.buses = new Buses(this.account, this.functions, this.queues);
    this.topics = new Topics(this.account);
    this.runbooks = new Runbooks(this.account, this.functions, faults.automation);
    this.parameters = new Parameters(this.account);
    this.objects = new Objects(this.account);
    this.distributions = new Distributions(this.account, this.objects, this.functions);
    new Keys(this.account, seed);
    new Graphs(this.account, metrics);
    this.people = new People(this.account, this.topics, this.functions);
    this.mail = new Mail(this.account);
    this.told = new Published(this.account, this.objects, this.mail.mails);
    this.changes = new Changes(this.account);
    this.customers = new Customers(this.account, this.distributions, this.mail);
    new Workflows(this.account, this.functions);
    new Streams(this.account, tables, this.functions, this.queues);
    new Polling(this.account, this.functions, this.queues);
    provideEcs(this.account, this.service, faults, new Random(seed + 0xec5));
    provideEcsTasks(this.account, this.service);
    provideUploads(this.account, this.service, this.objects);
    this.functions.webSocket = this.service.exec.socket;
    provideAutoScaling(this.account, this.service);
    provideElb(this.account, this.service);
    provideListeners(this.account, this.service);
    provideAcm(this.account, this.service);
    provideRoute53(this.account, this.service);
    provideCloudFront(this.account, this.service);
    provideRds(this.account, this.service, sessions);
    provideLogs(this.account, this.service);
    provideElastiCache(this.account, this.service);
    provideEc2(this.account, this.service);
    this.connectBreaker();
    tables.onRecord(record => this.note(record));
    this.ready = tables.create();

    this.alarms = new Alarms(this.account, metrics, this.buses, this.topics);
    this.dashboards = new Dashboards(this.account);
    this.clock.every(SimulatedService.tickMilliseconds, () => this.service.tick());
    this.clock.every(MINUTE, () => this.queues.measure(metrics));
    this.clock.after(WARM_UP, () => {
      this.alarms.judge();
      this.clock.every(MINUTE, () => this.alarms.judge());
    });
  }

  /** Deploys the assembly and lets the service live until it is warm. */
  static async create(assembly: Assembly, seed: number, faults: Faults = {}, start = START): Promise<World> {
    sessions ??= SimulatedSessions.start();
    const world = new World(assembly, seed, faults, start, await sessions);
    await world.ready;
    await world.clock.run(WARM_UP, () => false);
    return world;
  }

  /** The tasks read the parameter that the app has for the cache. */
  private connectBreaker(): void {
    const parameters = this.account.ofType('AWS::SSM::Parameter').map(({ ref }) => ref);
    const breaker = parameters.find(name => name.endsWith('/circuit-breakers/redis'));
    if (breaker) this.service.redis.breaker = () => this.parameters.value(breaker) === 'open';
  }

  /** What a person asks of the command function, as the command line does. @throws when it fails. */
  async command(request: Record<string, unknown>): Promise<Record<string, unknown>> {
    const command = this.account.resources.find(
      ({ type, path }) => type === 'AWS::Lambda::Function' && path === 'Command/Function',
    );
    if (!command) throw new Error('the app has no command function');
    const { payload, error } = await this.functions.invoke(command.ref, request);
    if (error) throw new Error(error.errorMessage);
    return payload as Record<string, unknown>;
  }

  /** Calls by which the deployed stack changed the protected service, in order. */
  get changed(): readonly Change[] {
    return this.changes.list;
  }

  /** Everything that customers were told, in order. */
  get published(): readonly Publication[] {
    return this.told.list;
  }

  /** True when no incident is open and the service is well. */
  get calm(): boolean {
    const over = ({ status }: IncidentItem) => status === 'resolved' || status === 'closed';
    return [...this.incidents.values()].every(over) && this.service.healthy;
  }

  private note({ after }: StreamRecord): void {
    const item = after && unmarshall(after);
    if (!item?.['timeline']) return;
    const incident = item as unknown as IncidentItem;
    const known = this.incidents.get(incident.id)?.timeline.length ?? 0;
    this.incidents.set(incident.id, incident);
    for (const { type, at: _, policy: __, ...detail } of incident.timeline.slice(known)) {
      this.account.emit(type, { incident: incident.id, ...detail });
    }
  }
}

function shapeOf({ template }: Assembly) {
  const resources = template.Metadata?.['incident-response'] as
    | {
        cluster: string;
        ecsService: string;
        loadBalancer: string;
        logGroup: string;
        database: { cluster: string; maxConnections: number };
        redis?: RedisShape;
        certificates?: { watched: CertificateShape[] };
      }
    | undefined;
  if (!resources) throw new Error('the template does not say what it protects (Metadata incident-response)');
  const { cluster, ecsService, loadBalancer, logGroup, database, redis, certificates } = resources;
  const { cluster: databaseCluster, maxConnections } = database;
  return {
    cluster,
    ecsService,
    loadBalancer,
    logGroup,
    databaseCluster,
    maxConnections,
    redis,
    certificates: certificates?.watched,
  };
}
