import type { Assembly } from '../assembly/assembly.ts';
import { type Deployed, resolveTemplate } from '../assembly/resolve.ts';
import type { Clock } from '../clock.ts';
import type { CallFaultKind } from '../faults.ts';
import { Permissions } from '../iam/permissions.ts';
import type { RequestContext } from '../iam/statements.ts';
import type { Random } from '../random.ts';
import { type SizeKind, Sizes } from '../sizes.ts';
import { Undocumented } from '../undocumented.ts';
import { Unsupported } from '../unsupported.ts';

/** An error as an AWS service answers it; the name is the one that SDK clients see, e.g. `ResourceNotFoundException`. */
export class ServiceError extends Error {
  /** The further members of the error, as the SDK shows them. */
  readonly members: Record<string, unknown>;

  constructor(name: string, message: string, members: Record<string, unknown> = {}) {
    super(message);
    this.name = name;
    this.members = members;
  }
}

/** The one who makes a call, e.g. a function, a state machine or a runbook. */
export interface Caller {
  /** Stands in the trace. */
  name: string;
  /** The ARN of the role that IAM judges the call by. */
  role: string;
  /** Ends the caller's process, where it is a function. */
  kill?: () => void;
  /** Milliseconds for which its client waits for an answer. @default for as long as the connection stands */
  patience?: number | undefined;
  /** Gives the virtual milliseconds that pass in the caller before its call reaches the service. @default none */
  until?: (service: string) => number;
}

// biome-ignore lint/suspicious/noExplicitAny: inputs and outputs have as many shapes as AWS has operations
export type Input = Record<string, any>;

/** One operation of a service: the resources that IAM judges it by, and what it does. */
export interface Operation {
  /**
   * The ARNs that a call touches, one at least of each type that AWS's Service Authorization Reference requires for the action;
   * `*` within one means all of them. Leave it out where the reference requires none.
   */
  resources?: (input: Input) => string[];
  /** The action in IAM. @default the operation's own name */
  action?: string;
  /** Condition keys of the request, e.g. `cloudwatch:namespace`. */
  context?: (input: Input) => RequestContext;
  /** What else the caller must be allowed, e.g. to pass a role. */
  needs?: (input: Input) => Need[];
  /** Says what a call changed, or undefined when it changed nothing. @default the operation's name and input say it */
  changes?: (input: Input, output: unknown) => string | undefined;
  /** The least and the most virtual milliseconds that a call takes. @default from 4 to 40 */
  milliseconds?: readonly [number, number];
  /** True for a call that lasts as long as work of others, e.g. the invocation of a function. @default false */
  lasts?: boolean;
  /** Gives the output, as the SDK would. @throws ServiceError to refuse the call */
  run: (input: Input, caller: Caller) => unknown;
}

/** A permission that a call needs beside its own. */
export interface Need {
  /** With the service's prefix, e.g. `iam:PassRole`. */
  action: string;
  resources: string[];
  context?: RequestContext;
}

/** Operations by their name in the SDK, without `Command`. */
export type Operations = Record<string, Operation>;

/** Hears of every call that a service answered. A call that it refused changed nothing and is not told. */
export type OnAnswer = (
  caller: Caller,
  service: string,
  name: string,
  operation: Operation,
  input: Input,
  output: unknown,
) => void;

/** Something that happened in the world, e.g. `{ type: 'alarm', name, state, … }`. */
export interface WorldEvent {
  type: string;
  /** ISO 8601. */
  at: string;
  [detail: string]: unknown;
}

/** Virtual milliseconds that a call takes, at least and at most. */
const MILLISECONDS: readonly [number, number] = [4, 40];

/** Virtual milliseconds for which no answer comes before the connection is given up. */
const SILENCE = 3000;

/** The embedded account: the deployed resources, their permissions, and the services that answer calls. */
export class Account {
  readonly resources: Deployed[];
  readonly permissions: Permissions;
  readonly region: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly assembly: Assembly;
  /** The sizes of what was sent, stored and answered. */
  readonly sizes = new Sizes();
  private readonly byType: Map<string, Deployed[]>;
  /** The resources that are there. */
  private existing: Map<string, Deployed[]>;
  /** What waits for a resource, by its logical id; undefined where all were there from the beginning. */
  private readonly waiting: Map<string, (() => void)[]> | undefined;
  private readonly services = new Map<string, Operations>();
  private readonly listeners: ((happened: WorldEvent) => void)[] = [];
  private readonly answered: OnAnswer[] = [];
  /** The positions on what no document settles. */
  undocumented = new Undocumented();
  /** True while the service answers the operation with an error, as one that is away does after all retries. */
  isAway: (service: string, operation: string) => boolean = () => false;
  /** The fault that strikes this call. */
  faultOf: (caller: Caller, service: string, operation: string) => CallFaultKind | undefined = () => undefined;
  private readonly chances = new Map<string, Random>();

  /** @param isNew true where the resources are created one after the other, when `hide` has been called */
  constructor(assembly: Assembly, clock: Clock, random: Random, isNew = false) {
    this.assembly = assembly;
    this.clock = clock;
    this.random = random;
    this.region = assembly.region;
    this.resources = resolveTemplate(assembly);
    this.byType = Map.groupBy(this.resources, ({ type }) => type);
    this.existing = this.byType;
    this.waiting = isNew ? new Map() : undefined;
    this.permissions = new Permissions(this.resources);
  }

  /** The resources of a type that are there. Before `hide` these are all of the stack. */
  ofType(type: string): readonly Deployed[] {
    return this.existing.get(type) ?? [];
  }

  /** Does something once a resource of the stack is there. */
  whenCreated({ logicalId }: Deployed, act: () => void): void {
    if (this.waiting) this.waiting.set(logicalId, [...(this.waiting.get(logicalId) ?? []), act]);
    else act();
  }

  /** From now on, nothing is there but what is created. */
  hide(): void {
    this.existing = new Map();
  }

  /** True while none of the stack is there, as before its creation and after it was rolled back. */
  get isEmpty(): boolean {
    return this.existing.size === 0;
  }

  /** Lets a resource of the stack be there. */
  created(resource: Deployed): void {
    this.existing.set(resource.type, [...this.ofType(resource.type), resource]);
    for (const act of this.waiting?.get(resource.logicalId) ?? []) act();
    this.waiting?.delete(resource.logicalId);
  }

  /** Adds a resource that a call has made. */
  add(resource: Deployed): void {
    this.resources.push(resource);
    this.byType.set(resource.type, [...(this.byType.get(resource.type) ?? []), resource]);
    if (this.existing !== this.byType) this.created(resource);
  }

  /** The resource of a type that a construct made, by the construct's path; undefined when there is none. */
  find(type: string, path: string): Deployed | undefined {
    return this.byType.get(type)?.find(resource => resource.path === path);
  }

  /**
   * Gives a service operations, beside or instead of those that it has: to simulate what the stack calls and the package
   * does not know.
   *
   * @param prefix the service's prefix in IAM actions
   * @example
   * world.account.provide('ecs', {
   *   DescribeServices: {
   *     resources: ({ services }) => services.map(name => `arn:aws:ecs:us-east-1:123456789012:service/shop/${name}`),
   *     run: () => ({ services: [{ runningCount: 3 }] }),
   *   },
   * });
   */
  provide(prefix: string, operations: Operations): void {
    this.services.set(prefix, { ...this.services.get(prefix), ...operations });
  }

  /** Tells every listener of something that happened now. */
  emit(type: string, detail: Record<string, unknown>): void {
    const happened = { type, at: this.clock.iso, ...detail };
    for (const listener of this.listeners) listener(happened);
  }

  /** From now on, `listener` hears of everything that happens: calls, log lines, alarms, messages, runbooks. */
  listen(listener: (happened: WorldEvent) => void): void {
    this.listeners.push(listener);
  }

  /** Counts a size. @throws ServiceError where it is over its limit */
  measure(kind: SizeKind, size: number, most?: number): void {
    const refusal = this.sizes.count(kind, size, most);
    if (refusal) throw new ServiceError(refusal.error, refusal.message);
  }

  onAnswer(listener: OnAnswer): void {
    this.answered.push(listener);
  }

  /**
   * Makes a call as a client does: checked against the caller's role, then answered. In an act that takes virtual time; from outside,
   * where the clock stands still, none.
   *
   * @throws ServiceError as the service would
   * @throws Unsupported where no operation of that name is provided
   */
  call(caller: Caller, service: string, operation: string, input: Input): Promise<unknown> {
    const { isActing } = this.clock;
    return this.clock.until(() => this.answer(caller, service, operation, input, isActing));
  }

  private async answer(
    caller: Caller,
    service: string,
    operation: string,
    input: Input,
    takesTime: boolean,
  ): Promise<unknown> {
    const found = this.services.get(service)?.[operation];
    if (!found) throw new Unsupported(`${caller.name} calls ${service}:${operation}`, 'this operation');
    const milliseconds = this.chance(caller).between(...(found.milliseconds ?? MILLISECONDS));
    const fault = this.faultOf(caller, service, operation);
    if (takesTime) await this.clock.wait(milliseconds + (caller.until?.(service) ?? 0));
    this.emit('call', { function: caller.name, service, operation, milliseconds, ...(fault && { struck: fault }) });
    if (fault) await this.strike(fault, caller, service, operation, false);
    this.authorise(caller, service, operation, found, input);
    if (this.isAway(service, operation))
      throw new ServiceError('ServiceUnavailable', `${service} is temporarily unavailable`);
    const output = await (found.lasts
      ? found.run(input, caller)
      : this.clock.standstill(() => found.run(input, caller)));
    for (const listener of this.answered) listener(caller, service, operation, found, input, output);
    if (fault) await this.strike(fault, caller, service, operation, true);
    return output;
  }

  /** Each caller draws from a source of its own, so that one more call of somebody leaves the others' as they were. */
  private chance({ name }: Caller): Random {
    const known = this.chances.get(name) ?? this.random.of(name);
    this.chances.set(name, known);
    return known;
  }

  private async strike(
    fault: CallFaultKind,
    { kill, patience }: Caller,
    service: string,
    operation: string,
    isDone: boolean,
  ): Promise<void> {
    if (isDone !== (fault === 'unheard' || fault === 'killed after')) return;
    if (fault === 'throttled') throw new ServiceError('ThrottlingException', 'Rate exceeded');
    if (fault === 'unavailable') throw new ServiceError('ServiceUnavailable', `${service} is temporarily unavailable`);
    const waits = fault === 'silent' && kill ? patience : SILENCE;
    if (waits === undefined) await new Promise(() => undefined);
    if (!fault.startsWith('killed') || !kill) {
      await this.clock.wait(waits ?? SILENCE);
      throw new ServiceError('TimeoutError', `${service}:${operation}: the connection was reset`);
    }
    kill();
    await new Promise(() => undefined);
  }

  /** @throws ServiceError AccessDeniedException, worded as IAM words it. */
  authorise(
    caller: Caller,
    service: string,
    operation: string,
    { resources, action = operation, context, needs }: Operation,
    input: Input,
  ): void {
    this.require(caller, `${service}:${action}`, resources?.(input), context?.(input));
    for (const need of needs?.(input) ?? []) this.require(caller, need.action, need.resources, need.context);
  }

  private require({ role }: Caller, action: string, resources?: string[], context?: RequestContext): void {
    const refused = this.permissions.refusal(role, action, resources, context);
    if (refused === undefined) return;
    throw new ServiceError(
      'AccessDeniedException',
      `${role} is not authorized to perform: ${action} on resource: ${refused} because no identity-based policy allows the ${action} action`,
    );
  }
}

const shortNames = new Map<string, string>();

/** A name that people can read, made of a construct's path: `OrderIntake/Function` becomes `order-intake`. */
export function shortName(path: string): string {
  const name = shortNames.get(path) ?? shortened(path);
  shortNames.set(path, name);
  return name;
}

const shortened = (path: string) =>
  (path.split('/').findLast(part => !['Function', 'Resource', 'StateMachine', 'Table'].includes(part)) ?? path)
    .replace(/Function$/, '')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();
