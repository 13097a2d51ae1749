import type { Caller, Input } from 'embedded-aws';
import { rehearse } from '../../local/rehearsal/rehearse.ts';
import { SCENARIOS } from '../../local/scenarios/index.ts';
import type { RehearsalWorld } from '../../local/world/world.ts';
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

/** What the deployed stack asked of AWS, and what its functions were invoked with, in some rehearsals and in a run of each document. */
export class Recording {
  /** Each call once, however often it was made. */
  readonly calls = new Map<string, Call>();
  /** What each function was invoked with, by its construct's path. */
  readonly events = new Map<string, unknown[]>();

  private static made: Promise<Recording> | undefined;

  /** Makes it, once for all tests. */
  static once(): Promise<Recording> {
    Recording.made ??= Recording.make();
    return Recording.made;
  }

  private static async make(): Promise<Recording> {
    const recording = new Recording();
    for (const scenario of SCENARIOS.filter(({ name }) => REHEARSED.includes(name))) {
      const inject = (world: RehearsalWorld) => {
        recording.note(world);
        scenario.inject(world);
      };
      await rehearse({ ...scenario, inject }, { assembly: assembly(scenario.modes), seed: 1 });
    }
    const documents = Object.values(assembly().template.Resources).filter(({ Type }) => Type === 'AWS::SSM::Document');
    for (const { Properties: properties } of documents) await recording.run(String(properties['Name']));
    await recording.run('mockupaws-production-restart-redis', ({ service }) => {
      service.redis.automaticFailover = false;
    });
    return recording;
  }

  private async run(name: string, change: (world: RehearsalWorld) => void = () => undefined): Promise<void> {
    const world = await prepared(name);
    change(world);
    this.note(world);
    await run(world, name, { ...GIVEN[short(name)], DryRun: 'false' });
  }

  private note({ account, functions }: RehearsalWorld): void {
    const [call, invoke] = [account.call.bind(account), functions.invoke.bind(functions)];
    const isOurs = ({ name, role }: Caller) =>
      name !== 'a person' && account.ofType('AWS::IAM::Role').some(({ arn }) => arn === role);
    account.call = (caller, service, operation, input) => {
      const made = { service, operation, input, by: caller.name };
      if (isOurs(caller)) this.calls.set(asLine(made), made);
      return call(caller, service, operation, input);
    };
    functions.invoke = (nameOrArn, event) => {
      const { path } = functions.find(nameOrArn);
      this.events.set(path, [...(this.events.get(path) ?? []), structuredClone(event)]);
      return invoke(nameOrArn, event);
    };
  }
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
