import type { Account, Caller, Input, Operation } from './account/account.ts';

/** One call by which the stack changed something. */
export interface Change {
  /** ISO 8601. */
  at: string;
  /** The service's prefix in IAM actions, e.g. `ecs`. */
  service: string;
  action: string;
  /** The resource as IAM names it: an ARN, several separated by commas, or `*`. */
  resource: string;
  /** The call in a few words. */
  summary: string;
  /** The function, state machine or runbook that made the call. */
  by: string;
}

/** An operation whose name does not begin like a read is taken for one that changes something. */
const READS = /^(Describe|List|Get)[A-Z]/;

const LONGEST_SUMMARY = 300;

/**
 * Notes the calls by which roles of the stack changed something. Calls of people are not noted, nor is what a service does
 * by itself, nor writes to DynamoDB, which `world.tables.onRecord` tells.
 *
 * @example
 * const changes = new Changes(world.account, ({ service }) => service === 'ecs');
 */
export class Changes {
  readonly list: Change[] = [];
  private readonly account: Account;
  private readonly counts: (call: { service: string; input: Input }) => boolean;

  /** @param counts selects the calls to note. @default all */
  constructor(account: Account, counts: (call: { service: string; input: Input }) => boolean = () => true) {
    this.account = account;
    this.counts = counts;
    account.onAnswer((caller, service, action, operation, input, output) => {
      const summary = this.summaryOf(caller, service, action, operation, input, output);
      if (summary === undefined) return;
      const resource = (operation.resources?.(input) ?? ['*']).join();
      const change = { service, action, resource, summary, by: caller.name };
      this.list.push({ at: account.clock.iso, ...change });
    });
  }

  /** Undefined when the call is not one to note. */
  private summaryOf(
    { role }: Caller,
    service: string,
    action: string,
    { changes }: Operation,
    input: Input,
    output: unknown,
  ): string | undefined {
    if (READS.test(action) || !this.counts({ service, input })) return undefined;
    if (!this.account.ofType('AWS::IAM::Role').some(({ arn }) => arn === role)) return undefined;
    return changes ? changes(input, output) : values(input).slice(0, LONGEST_SUMMARY);
  }
}

/** The scalars of an input, wherever they stand in it. A URL loses its query, which may be signed. */
function values(input: unknown, name = ''): string {
  if (Array.isArray(input)) return input.map(item => values(item, name)).join(' ');
  if (ArrayBuffer.isView(input)) return `${name}=${input.byteLength} bytes`;
  if (typeof input === 'object' && input !== null)
    return Object.entries(input)
      .map(([key, value]) => values(value, key))
      .filter(text => text !== '')
      .join(' ');
  return input === undefined ? '' : `${name}=${String(input).replace(/(https?:[^\s?]+)\?[^\s']*/g, '$1?…')}`;
}
