import { ACCOUNT } from '../assembly/identities.ts';
import type { Deployed } from '../assembly/resolve.ts';
import { Unsupported } from '../unsupported.ts';
import { allowing, check, exactly, known, list, type RequestContext, type Statement, trusted } from './statements.ts';

/** A role that no template has, for people who try the stack out: it may do everything. */
export const ADMINISTRATOR = `arn:aws:iam::${ACCOUNT}:role/embedded-administrator`;

/** AWS's own policies, as far as CDK attaches them by itself. @throws Unsupported for any other */
function managedPolicy(policy: string, role: string): Statement[] {
  if (policy !== 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole')
    throw new Unsupported(role, `the managed policy ${policy}`);
  const Action = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
  return [{ Effect: 'Allow', Action, Resource: '*' }];
}

/** The Allow statements by which a role may do something, one for each action and resource that they name. */
export interface Grant {
  /** The path of the role's construct. */
  role: string;
  action: string;
  resource: string;
  condition?: Statement['Condition'];
}

/** The statements of the template's roles, by the roles' ARNs. */
export function statementsByRole(resources: readonly Deployed[]): Map<string, Statement[]> {
  const byRole = new Map<string, Statement[]>();
  for (const { type, arn, properties } of resources) {
    if (type !== 'AWS::IAM::Role') continue;
    const inline = (properties['Policies'] ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
    const managed = ((properties['ManagedPolicyArns'] ?? []) as string[]).flatMap(policy => managedPolicy(policy, arn));
    byRole.set(arn, [...inline.flatMap(policy => check(policy.PolicyDocument.Statement, arn)), ...managed]);
  }
  for (const { type, logicalId, properties } of resources) {
    // A policy too large for its role goes on in a managed one.
    if (type !== 'AWS::IAM::Policy' && type !== 'AWS::IAM::ManagedPolicy') continue;
    for (const role of properties['Roles'] as string[])
      byRole
        .get(`arn:aws:iam::${ACCOUNT}:role/${role}`)
        ?.push(...check(properties['PolicyDocument'].Statement, logicalId));
  }
  return byRole;
}

/** The permissions of the template's roles, judged statement by statement as IAM does, and as AWS's reference has each action. */
export class Permissions {
  /** What was refused, as `arn:…:role/… ecs:UpdateService arn:…`. */
  readonly refused = new Set<string>();
  private readonly byRole: Map<string, Statement[]>;
  private readonly paths = new Map<string, string>();
  private readonly trust = new Map<string, Statement[]>();
  /** A world asks the same few thousand questions over and over, and policies do not change. */
  private readonly decided = new Map<string, string | undefined>();
  private readonly used = new Set<string>();

  constructor(resources: readonly Deployed[]) {
    this.byRole = statementsByRole(resources);
    for (const { type, arn, path, properties } of resources) {
      if (type !== 'AWS::IAM::Role') continue;
      this.paths.set(arn, path);
      this.trust.set(arn, properties['AssumeRolePolicyDocument'].Statement);
    }
  }

  /** True where a role may do something with one resource. A call may need others as well: see `refusal`. */
  allows(role: string, action: string, resource: string, context: RequestContext = {}): boolean {
    if (role === ADMINISTRATOR) return true;
    const statements = this.byRole.get(role) ?? [];
    const allow = allowing(statements, action, resource, context);
    for (const statement of allow)
      for (const pattern of list(statement.Resource))
        if (exactly(pattern, resource))
          this.used.add(keyOf(role, statements.indexOf(statement), known(action).name, pattern));
    if (allow.length === 0) this.refused.add(`${role} ${action} ${resource}`);
    return allow.length > 0;
  }

  /**
   * The first resource on which a role may not do what it calls; undefined where it may do all of it. `resources` are those that
   * the call touches; there must be one of each type that the reference requires.
   *
   * @throws Unsupported for a call whose resources are not those of the reference
   */
  refusal(
    role: string,
    action: string,
    resources: readonly string[] | undefined,
    context?: RequestContext,
  ): string | undefined {
    if (role === ADMINISTRATOR) return undefined;
    const question = `${role} ${action} ${resources?.join(' ')} ${context && JSON.stringify(context)}`;
    if (this.decided.has(question)) return this.decided.get(question);
    const decision = touched(action, resources).find(resource => !this.allows(role, action, resource, context));
    this.decided.set(question, decision);
    return decision;
  }

  /** True when a service may assume the role. */
  trusts(role: string, service: string, context: RequestContext): boolean {
    return trusted(this.trust.get(role) ?? [], service, context);
  }

  /** What the roles may do and no call has needed so far. */
  get unused(): Grant[] {
    return [...this.byRole].flatMap(([role, statements]) =>
      statements.flatMap((statement, index) => {
        if (statement.Effect === 'Deny') return [];
        const { Condition: condition } = statement;
        return list(statement.Action).flatMap(action =>
          list(statement.Resource)
            .filter(resource => !this.used.has(keyOf(role, index, action, resource)))
            .map(resource => ({
              ...{ role: this.paths.get(role) ?? role, action, resource },
              ...(condition && { condition }),
            })),
        );
      }),
    );
  }
}

const keyOf = (role: string, statement: number, action: string, resource: string) =>
  `${role} ${statement} ${action} ${resource}`;

/** The resources that IAM judges a call by. */
function touched(action: string, resources: readonly string[] | undefined): readonly string[] {
  const { resourceTypes } = known(action);
  for (const resource of resources ?? [])
    if (!resourceTypes.some(({ shape }) => shape.fits(resource)))
      throw new Unsupported(action, `the resource ${resource}, which is of no type that AWS judges it by`);
  for (const { alternative, required } of resourceTypes) {
    const types = resourceTypes.filter(type => type.alternative === alternative);
    if (required && !types.some(({ shape }) => resources?.some(shape.fits)))
      throw new Unsupported(action, `a call without the ARN of a ${alternative}, by which AWS judges it`);
  }
  return resources?.length ? resources : ['*'];
}
