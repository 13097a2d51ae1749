import { ADMINISTRATOR, type Caller, type Input, type StreamRecord, shortName } from 'embedded-aws';
import { SCENARIOS } from '../../local/scenarios/index.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { assumedBut } from '../../local/world/assumptions.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly } from '../simulation/world.ts';
import { GIVEN, prepared, short } from '../support/acting-runs.ts';
import { run } from '../support/executions.ts';

/** Together they make nearly every call that the stack makes in any scenario, in seconds. */
const REHEARSED = [
  ...['database-connections-handed-over', 'database-failover', 'service-memory', 'service-down'],
  ...['service-down-handed-over', 'bad-deployment-handed-over', 'certificate-expiry', 'certificate-expiry-replaced'],
  ...['approval-given', 'maintenance', 'deployed-into-trouble', 'table-away'],
];

/** A call that a role of the stack has made. */
export interface Call {
  /** The service's prefix in IAM actions. */
  service: string;
  operation: string;
  input: Input;
  by: string;
}

type Item = NonNullable<StreamRecord['after']>;

/** An invocation of a function. */
export interface Invoked {
  /** The function's construct. */
  path: string;
  event: unknown;
  /** ISO 8601. */
  at: string;
  /** The items of each table then, as DynamoDB has them on the wire. */
  tables: Record<string, Item[]>;
  /** The operations that it called. */
  operations: Set<string>;
  /** False where another invocation of the function ran meanwhile, whose calls are not told apart. */
  isAlone: boolean;
}

/** What the deployed stack asked of AWS, and what its functions were invoked with, in some rehearsals and in a run of each document. */
export class Recording {
  /** Each call once, however often it was made. */
  readonly calls = new Map<string, Call>();
  /** Of each function the invocation in which it called most, by its construct's path. */
  readonly invocations = new Map<string, Invoked>();
  private static made: Promise<Recording> | undefined;

  /** Makes it, once for all tests. */
  static once(): Promise<Recording> {
    Recording.made ??= Recording.make();
    return Recording.made;
  }

  private static async make(): Promise<Recording> {
    const recording = new Recording();
    for (const scenario of SCENARIOS.filter(({ name }) => REHEARSED.includes(name))) await recording.rehearse(scenario);
    const documents = Object.values(assembly().template.Resources).filter(({ Type }) => Type === 'AWS::SSM::Document');
    for (const { Properties: properties } of documents) await recording.run(String(properties['Name']));
    await recording.run('mockupaws-production-restart-redis', ({ service }) => {
      service.redis.automaticFailover = false;
    });
    return recording;
  }

  private async rehearse({ modes, faults, without, inject, minutes, done }: Scenario): Promise<void> {
    const stack = assembly(modes);
    const world = await RehearsalWorld.create(stack, 1, faults, undefined, undefined, assumedBut(without));
    await this.note(world);
    inject(world);
    await world.clock.run(minutes * 60_000, () => done(world));
    // What is on its way arrives.
    await world.clock.run(30_000, () => false);
  }

  private async run(name: string, change: (world: RehearsalWorld) => void = () => undefined): Promise<void> {
    const world = await prepared(name);
    change(world);
    await this.note(world);
    await run(world, name, { ...GIVEN[short(name)], DryRun: 'false' });
  }

  /** From now on, notes what is called in a world. */
  private async note(world: RehearsalWorld): Promise<void> {
    const { account, functions } = world;
    const tables = await tablesOf(world);
    const running = new Map<string, Set<Invoked>>();
    const [call, invoke] = [account.call.bind(account), functions.invoke.bind(functions)];
    const isOurs = ({ name, role }: Caller) =>
      name !== 'a person' && account.ofType('AWS::IAM::Role').some(({ arn }) => arn === role);
    account.call = (caller, service, operation, input) => {
      const made = { service, operation, input, by: caller.name };
      if (isOurs(caller)) this.calls.set(asLine(made), made);
      for (const { operations } of running.get(caller.name) ?? []) operations.add(`${service}:${operation}`);
      return call(caller, service, operation, input);
    };
    functions.invoke = async (nameOrArn, event) => {
      const { path } = functions.find(nameOrArn);
      const others = running.get(shortName(path)) ?? new Set();
      running.set(shortName(path), others);
      const items = Object.entries(tables).map(([name, table]) => [name, [...table.values()]]);
      const noted: Invoked = {
        ...{ path, event: structuredClone(event), at: account.clock.iso, tables: Object.fromEntries(items) },
        ...{ operations: new Set(), isAlone: others.size === 0 },
      };
      for (const other of others) other.isAlone = false;
      others.add(noted);
      const result = await invoke(nameOrArn, event);
      others.delete(noted);
      const most = this.invocations.get(path)?.operations.size ?? -1;
      if (noted.isAlone && !result.error && noted.operations.size > most) this.invocations.set(path, noted);
      return result;
    };
  }
}

/** The items of each table by their keys, which are kept up to date where the table has a stream. */
async function tablesOf({ account, tables }: RehearsalWorld): Promise<Record<string, Map<string, Item>>> {
  const person = { name: 'a person', role: ADMINISTRATOR };
  const known: Record<string, Map<string, Item>> = {};
  for (const { ref: TableName, properties } of account.ofType('AWS::DynamoDB::GlobalTable')) {
    const { Items } = (await account.call(person, 'dynamodb', 'Scan', { TableName })) as { Items: Item[] };
    const keys = (properties['KeySchema'] as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);
    const keyOf = (item: Item) => JSON.stringify(keys.map(name => item[name]));
    const items = new Map(Items.map(item => [keyOf(item), item]));
    known[TableName] = items;
    tables.onRecord(({ tableArn, before, after = before }) => {
      if (!tableArn.endsWith(`/${TableName}`) || !after) return;
      if (after === before) items.delete(keyOf(after));
      else items.set(keyOf(after), after);
    });
  }
  return known;
}

/** As JSON, in which bytes and times are marked as such. */
export const asLine = (value: unknown): string => JSON.stringify(marked(value));

function marked(value: unknown): unknown {
  if (value instanceof Date) return { $time: value.toISOString() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, marked(item)]));
}
