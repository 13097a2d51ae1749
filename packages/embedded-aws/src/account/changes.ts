import type { Account, Caller, Input, Operation } from './account.ts';

/** One call that changed the protected service. */
export interface Change {
  at: string;
  /** As IAM calls it, e.g. `ecs`. */
  service: string;
  action: string;
  /** What the call touched, as IAM names it: an ARN, several with commas between, or `*`. */
  resource: string;
  /** The call in a few words. */
  summary: string;
  /** The function or the runbook that made it. */
  by: string;
}

/** The services that the protected service is made of. */
const PROTECTED = new Set([
  ...['ecs', 'application-autoscaling', 'rds', 'rds-data', 'elasticache', 'elasticloadbalancing'],
  ...['acm', 'cloudfront', 'route53', 'ec2', 'autoscaling', 'codedeploy'],
]);

/** A name that does not say that it only reads is taken for one that changes. */
const READS = /^(Describe|List|Get)[A-Z]/;

/** The parameters that the tasks of the service read. */
const CIRCUIT_BREAKER = '/circuit-breakers/';

const LONGEST = 300;

/** Notes the calls by which roles of the deployed stack changed the protected service. What people do is not noted. */
export class Changes {
  readonly list: Change[] = [];
  private readonly account: Account;

  constructor(account: Account) {
    this.account = account;
    account.onAnswer((caller, service, action, operation, input, output) => {
      const summary = this.summaryOf(caller, service, action, operation, input, output);
      if (summary === undefined) return;
      const resource = (operation.resources?.(input) ?? ['*']).join();
      const change = { service, action, resource, summary, by: caller.name };
      this.list.push({ at: account.clock.iso, ...change });
    });
  }

  /** Undefined when the call changed nothing of the protected service. */
  private summaryOf(
    { role }: Caller,
    service: string,
    action: string,
    { changes }: Operation,
    input: Input,
    output: unknown,
  ): string | undefined {
    if (!this.account.ofType('AWS::IAM::Role').some(({ arn }) => arn === role)) return undefined;
    if (!PROTECTED.has(service) && !isCircuitBreaker(service, input)) return undefined;
    if (READS.test(action) || this.isOwnDistribution(service, input)) return undefined;
    return changes ? changes(input, output) : values(input).slice(0, LONGEST);
  }

  /** The status page's distribution is the responder's own. */
  private isOwnDistribution(service: string, { Id, DistributionId = Id }: Input): boolean {
    const own = this.account.ofType('AWS::CloudFront::Distribution');
    return service === 'cloudfront' && own.some(({ ref }) => ref === DistributionId);
  }
}

const isCircuitBreaker = (service: string, { Name }: Input) =>
  service === 'ssm' && typeof Name === 'string' && Name.includes(CIRCUIT_BREAKER);

/** The scalars of an input, wherever they stand in it. A URL loses its query, which may be signed. */
function values(input: unknown, name = ''): string {
  if (Array.isArray(input)) return input.map(item => values(item, name)).join(' ');
  if (typeof input === 'object' && input !== null)
    return Object.entries(input)
      .map(([key, value]) => values(value, key))
      .filter(text => text !== '')
      .join(' ');
  return input === undefined ? '' : `${name}=${String(input).replace(/(https?:[^\s?]+)\?[^\s']*/g, '$1?…')}`;
}
