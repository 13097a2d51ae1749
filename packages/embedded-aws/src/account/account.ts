import type { Clock } from '../clock.ts';
import { Permissions, type RequestContext } from '../iam/permissions.ts';
import type { Random } from '../random.ts';
import { Unsupported } from '../unsupported.ts';
import { type Assembly, type Deployed, resolveTemplate } from './template.ts';

/** An error as an AWS service answers it. */
export class ServiceError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Who makes a call: a function, the workflow or a runbook, in its role. */
export interface Caller {
  name: string;
  role: string;
}

// biome-ignore lint/suspicious/noExplicitAny: inputs and outputs have as many shapes as AWS has operations
export type Input = Record<string, any>;

/** One operation of a service: what it touches, for IAM, and what it does. */
export interface Operation {
  /** ARNs; absent means that IAM knows no narrower resource than `*`. */
  resources?: (input: Input) => string[];
  /** The action, where it is not the operation's own name. */
  action?: string;
  context?: (input: Input) => RequestContext;
  /** How it changed the protected service, in words; undefined when it did not. Absent, its name says whether it does. */
  changes?: (input: Input, output: unknown) => string | undefined;
  run: (input: Input, caller: Caller) => unknown;
}

export type Operations = Record<string, Operation>;

/** Told of a call that a service answered; one that it refused changed nothing. */
export type OnAnswer = (
  caller: Caller,
  service: string,
  name: string,
  operation: Operation,
  input: Input,
  output: unknown,
) => void;

/** Something that happened in the world, for whoever shows it. */
export interface Happened {
  type: string;
  at: string;
  [detail: string]: unknown;
}

/** The embedded account: what is deployed in it, who may do what, and the services that answer. */
export class Account {
  readonly resources: Deployed[];
  readonly permissions: Permissions;
  readonly region: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly assembly: Assembly;
  private readonly services = new Map<string, Operations>();
  private readonly listeners: ((happened: Happened) => void)[] = [];
  private readonly answered: OnAnswer[] = [];

  constructor(assembly: Assembly, clock: Clock, random: Random) {
    this.assembly = assembly;
    this.clock = clock;
    this.random = random;
    this.region = assembly.region;
    this.resources = resolveTemplate(assembly);
    this.permissions = new Permissions(this.resources);
  }

  ofType(type: string): Deployed[] {
    return this.resources.filter(resource => resource.type === type);
  }

  /** `prefix` is the service's in IAM actions. Operations of one service may come from several places. */
  provide(prefix: string, operations: Operations): void {
    this.services.set(prefix, { ...this.services.get(prefix), ...operations });
  }

  emit(type: string, detail: Record<string, unknown>): void {
    const happened = { type, at: this.clock.iso, ...detail };
    for (const listener of this.listeners) listener(happened);
  }

  listen(listener: (happened: Happened) => void): void {
    this.listeners.push(listener);
  }

  onAnswer(told: OnAnswer): void {
    this.answered.push(told);
  }

  /**
   * A call as a client makes it: checked against the caller's role, then answered. Gives the answer and the virtual
   * milliseconds it took. @throws ServiceError as the service would; Unsupported where the embedded account has no such operation.
   */
  async call(
    caller: Caller,
    service: string,
    operation: string,
    input: Input,
  ): Promise<{ output: unknown; milliseconds: number }> {
    const found = this.services.get(service)?.[operation];
    if (!found) throw new Unsupported(`${caller.name} calls ${service}:${operation}`, 'this operation');
    const milliseconds = this.random.between(4, 40);
    this.emit('call', { function: caller.name, service, operation, milliseconds });
    this.authorise(caller, service, operation, found, input);
    const output = await found.run(input, caller);
    for (const told of this.answered) told(caller, service, operation, found, input, output);
    return { output, milliseconds };
  }

  /** @throws ServiceError AccessDeniedException, worded as IAM words it. */
  authorise(
    caller: Caller,
    service: string,
    operation: string,
    { resources, action, context }: Operation,
    input: Input,
  ): void {
    const name = `${service}:${action ?? operation}`;
    for (const resource of resources?.(input) ?? ['*']) {
      if (this.permissions.allows(caller.role, name, resource, context?.(input))) continue;
      throw new ServiceError(
        'AccessDeniedException',
        `${caller.role} is not authorized to perform: ${name} on resource: ${resource} because no identity-based policy allows the ${name} action`,
      );
    }
  }
}

/** A name as people read it, from a construct's path: "Intake/Function" is `intake`. */
export const shortName = (path: string) =>
  (path.split('/').findLast(part => !['Function', 'Resource', 'StateMachine', 'Table'].includes(part)) ?? path)
    .replace(/Function$/, '')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();
