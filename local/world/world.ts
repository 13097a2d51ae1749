import { inflateSync } from 'node:zlib';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import {
  type Assembly,
  type Change,
  type Changes,
  Random,
  type StreamRecord,
  World,
  type WorldOptions,
} from 'embedded-aws';
import { networkOf } from '../service/apis/network.ts';
import { provideService } from '../service/apis/provide.ts';
import { SimulatedService } from '../service/service.ts';
import { SimulatedSessions } from '../service/sessions.ts';
import { type Received, Vendors } from '../vendors/vendors.ts';
import { type AssumptionName, assumedBut, optionsOf } from './assumptions.ts';
import { changesOfService } from './changes.ts';
import { Customers } from './customers.ts';
import type { RehearsalFaults } from './faults.ts';
import { People } from './people.ts';
import { type Publication, Published } from './published.ts';
import { shapeOf } from './stack.ts';

/** An entry of an incident's timeline, as the table holds it. */
export interface Entry {
  type: string;
  at: string;
  seq: number;
  // biome-ignore lint/suspicious/noExplicitAny: the table knows no types
  [detail: string]: any;
}

/** An incident, as the table's items tell. */
export interface RecordedIncident {
  id: string;
  severity: string;
  status: string;
  openedAt: string;
  timeline: Entry[];
}

/** The service has lived for a quarter of an hour before anything is shown, so that alarms have data to judge by. */
const WARM_UP_MINUTES = 15;
const START = '2026-03-02T08:45:00.000Z';

/** One database for all worlds of a process: it keeps nothing from one statement to the next. */
const sessions = new SimulatedSessions();

/** Starts what takes seconds, while something else is being waited for. */
export const prepareWorlds = (): void => sessions.start();

/** Ends what worlds share, which would keep the process waiting. */
export const endWorlds = (): Promise<void> => sessions.stop();

/** The embedded account with the synthesised app, the service that it protects, and the people around it. */
export class RehearsalWorld extends World {
  readonly service: SimulatedService;
  readonly people: People;
  readonly customers: Customers;
  readonly vendors: Vendors;
  readonly incidents = new Map<string, RecordedIncident>();
  /** What of the account is set up. */
  readonly assumed: readonly AssumptionName[];
  private readonly changes: Changes;
  private readonly publications: Published;

  private constructor(
    assembly: Assembly,
    seed: number,
    faults: RehearsalFaults,
    start: string,
    tables: WorldOptions['tables'],
    assumed: readonly AssumptionName[],
  ) {
    super(assembly, {
      ...{ seed, faults, start, warmUpMinutes: WARM_UP_MINUTES, ...(tables && { tables }) },
      ...optionsOf(assumed),
    });
    this.assumed = assumed;
    const { account } = this;
    this.service = new SimulatedService(shapeOf(assembly), this.clock, account.random, this.metrics);
    this.vendors = new Vendors(account, this.secrets, this.functions);
    this.people = new People(account, this.topics, this.functions);
    this.publications = new Published(account, this.objects, this.mail.mails);
    this.changes = changesOfService(account);
    this.customers = new Customers(account, this.distributions, this.mail);
    provideService(this, this.service, { faults, sessions, random: new Random(seed + 0xec5) });
    const network = networkOf(this.service);
    this.connect({ ...network, fetch: this.vendors.reachedBy(network.fetch) });
    this.connectBreaker();
    this.tables.onRecord(record => this.note(record));
    this.clock.every(SimulatedService.tickMilliseconds, () => this.service.tick());
  }

  /** Deploys the assembly and lets the service live until it is warm. */
  static async create(
    assembly: Assembly,
    seed: number,
    faults: RehearsalFaults = {},
    start = START,
    tables?: WorldOptions['tables'],
    assumed: readonly AssumptionName[] = assumedBut(),
  ): Promise<RehearsalWorld> {
    const world = new RehearsalWorld(assembly, seed, faults, start, tables, assumed);
    await world.startDeploying();
    return world;
  }

  /** The tasks read the parameter that the app has for the cache. */
  private connectBreaker(): void {
    const parameters = this.account.ofType('AWS::SSM::Parameter').map(({ ref }) => ref);
    const breaker = parameters.find(name => name.endsWith('/circuit-breakers/redis'));
    if (breaker) this.service.redis.breaker = () => this.parameters.value(breaker) === 'open';
  }

  /** Sends a request to the command function, as the command line does. @throws when it fails */
  async command(request: Record<string, unknown>): Promise<Record<string, unknown>> {
    const command = this.account.find('AWS::Lambda::Function', 'Command/Function');
    if (!command) throw new Error('the app has no command function');
    const { payload, error } = await this.functions.invoke(command.ref, request);
    if (error) throw new Error(error.errorMessage);
    return payload as Record<string, unknown>;
  }

  /** Calls by which the deployed stack changed the protected service, in order. */
  get changed(): readonly Change[] {
    return this.changes.list;
  }

  /** Every message that was sent, channel by channel, each in its order. */
  get received(): Received[] {
    return [...this.topics.messages, ...this.vendors.received, ...this.mail.mails];
  }

  /** Everything that customers were told, in order. */
  get published(): readonly Publication[] {
    return this.publications.list;
  }

  /** True when no incident is open and the service is well. */
  get calm(): boolean {
    const over = ({ status }: RecordedIncident) => status === 'resolved' || status === 'closed';
    return [...this.incidents.values()].every(over) && this.service.healthy;
  }

  /** What the stack remembers of AWS's own trouble is one item, which holds every issue. */
  private noteIssues(issues: AwsIssue[], before: AwsIssue[] = []): void {
    const isNew = (issue: AwsIssue) =>
      before.every(({ arn, updatedAt }) => arn !== issue.arn || updatedAt !== issue.updatedAt);
    for (const issue of issues.filter(isNew)) this.account.emit('aws issue', issue);
  }

  /** Each commit of the stack is an item with its events, and with the incident as it was after them. */
  private note({ before, after }: StreamRecord): void {
    if (after?.['issues']) this.noteIssues(unmarshall(after)['issues'], before && unmarshall(before)['issues']);
    const item = after && !before ? unmarshall(after) : undefined;
    if (!item?.['events']) return;
    const { id, severity, status } = item['incident'];
    const entries = eventsIn(item['events']).map(({ type, data, meta: { seq, at, command } }) => ({
      ...{ type, ...data, seq, at, command },
    }));
    const { openedAt = entries[0]?.at ?? '', timeline = [] } = this.incidents.get(id) ?? {};
    this.incidents.set(id, { id, severity, status, openedAt, timeline: [...timeline, ...entries] });
    for (const { type, at: _, policy: __, ...detail } of entries as Entry[])
      this.account.emit(type, { incident: id, ...detail });
  }
}

/** Long lists of events are stored deflated; records have bytes in base64. */
const eventsIn = (stored: StoredEvent[] | string): StoredEvent[] =>
  typeof stored === 'string' ? JSON.parse(inflateSync(Buffer.from(stored, 'base64')).toString()) : stored;

type AwsIssue = Record<'arn' | 'service' | 'code' | 'updatedAt', string> & { open: boolean };

interface StoredEvent {
  type: string;
  data: Record<string, unknown>;
  meta: { seq: number; at: string; command: string };
}
