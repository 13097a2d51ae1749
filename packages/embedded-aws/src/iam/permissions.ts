import { ACCOUNT } from '../assembly/identities.ts';
import type { Deployed } from '../assembly/resolve.ts';
import { Unsupported } from '../unsupported.ts';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: string | string[];
  Principal?: '*' | Record<string, string | string[]>;
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Keys of the request that conditions ask for, as `iam:PassedToService`. */
export type RequestContext = Record<string, string | string[]>;

const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** `*` and `?` as IAM means them. */
const like = (pattern: string, value: string) => exactly(pattern.toLowerCase(), value.toLowerCase());

const exactly = (pattern: string, value: string) => expression(pattern).test(value);

/** A world asks the same few hundred patterns a million times. */
const expressions = new Map<string, RegExp>();

function expression(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known) return known;
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const made = new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
  expressions.set(pattern, made);
  return made;
}

function holds(operator: string, key: string, wanted: string[], context: RequestContext): boolean {
  const actual = list(context[key]);
  switch (operator) {
    case 'StringEquals':
    case 'ArnEquals':
      return actual.length > 0 && actual.every(value => wanted.includes(value));
    case 'StringLike':
    case 'ArnLike':
      return actual.length > 0 && actual.every(value => wanted.some(pattern => exactly(pattern, value)));
    case 'ForAllValues:StringEquals':
      return actual.every(value => wanted.includes(value));
    case 'ForAllValues:StringLike':
      return actual.every(value => wanted.some(pattern => exactly(pattern, value)));
    case 'Bool':
      return actual.every(value => wanted.includes(value)) && actual.length > 0;
    case 'NumericLessThan':
      return actual.length > 0 && actual.every(value => wanted.some(limit => Number(value) < Number(limit)));
    default:
      throw new Unsupported(`the condition ${operator} on ${key}`, 'this operator');
  }
}

/** @throws Unsupported for a statement that names what it excludes. */
function check(statements: Statement[], where: string): Statement[] {
  for (const statement of statements)
    for (const field of ['NotAction', 'NotResource', 'NotPrincipal'])
      if (field in statement) throw new Unsupported(where, field);
  return statements;
}

function applies(statement: Statement, action: string, resource: string, context: RequestContext): boolean {
  const conditions = Object.entries(statement.Condition ?? {});
  return (
    list(statement.Action).some(pattern => like(pattern, action)) &&
    list(statement.Resource ?? '*').some(pattern => exactly(pattern, resource)) &&
    conditions.every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, key, list(wanted), context)),
    )
  );
}

function allowed(statements: Statement[], action: string, resource: string, context: RequestContext): boolean {
  const relevant = statements.filter(statement => applies(statement, action, resource, context));
  return relevant.some(({ Effect }) => Effect === 'Allow') && !relevant.some(({ Effect }) => Effect === 'Deny');
}

/** A role that no template has, for people who try the stack out: it may do everything. */
export const ADMINISTRATOR = `arn:aws:iam::${ACCOUNT}:role/embedded-administrator`;

/** AWS's own policies, as far as CDK attaches them by itself. @throws Unsupported for any other */
function managedPolicy(policy: string, role: string): Statement[] {
  if (policy !== 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole')
    throw new Unsupported(role, `the managed policy ${policy}`);
  const Action = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
  return [{ Effect: 'Allow', Action, Resource: '*' }];
}

/** The permissions of the template's roles, judged statement by statement as IAM does. */
export class Permissions {
  private readonly byRole = new Map<string, Statement[]>();
  private readonly trust = new Map<string, Statement[]>();
  /** A world asks the same few thousand questions over and over, and policies do not change. */
  private readonly decided = new Map<string, boolean>();

  constructor(resources: Deployed[]) {
    for (const { type, arn, properties } of resources) {
      if (type !== 'AWS::IAM::Role') continue;
      const inline = (properties['Policies'] ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
      const managed = ((properties['ManagedPolicyArns'] ?? []) as string[]).flatMap(policy =>
        managedPolicy(policy, arn),
      );
      this.byRole.set(arn, [...inline.flatMap(policy => check(policy.PolicyDocument.Statement, arn)), ...managed]);
      this.trust.set(arn, properties['AssumeRolePolicyDocument'].Statement);
    }
    for (const { type, logicalId, properties } of resources) {
      // A policy too large for its role goes on in a managed one.
      if (type !== 'AWS::IAM::Policy' && type !== 'AWS::IAM::ManagedPolicy') continue;
      for (const role of properties['Roles'] as string[]) {
        this.byRole
          .get(`arn:aws:iam::${ACCOUNT}:role/${role}`)
          ?.push(...check(properties['PolicyDocument'].Statement, logicalId));
      }
    }
  }

  allows(role: string, action: string, resource: string, context?: RequestContext): boolean {
    if (role === ADMINISTRATOR) return true;
    // Only a resource may hold a line break, so that no two questions are the same text.
    const question = `${role}\n${action}\n${resource}\n${context && JSON.stringify(context)}`;
    const known = this.decided.get(question);
    if (known !== undefined) return known;
    const decision = allowed(this.byRole.get(role) ?? [], action, resource, context ?? {});
    this.decided.set(question, decision);
    return decision;
  }

  /** True when a service may assume the role. */
  trusts(role: string, service: string, context: RequestContext): boolean {
    return (this.trust.get(role) ?? []).some(
      statement =>
        names(statement, service) && applies({ ...statement, Resource: '*' }, 'sts:AssumeRole', '*', context),
    );
  }
}

const names = ({ Principal }: Statement, service: string) =>
  Principal !== undefined && Principal !== '*' && list(Principal['Service']).includes(service);

/** True when a resource's own policy lets a service act on it. */
export function policyAllows(
  statements: Statement[],
  service: string,
  action: string,
  resource: string,
  context: RequestContext,
): boolean {
  return allowed(
    check(statements, resource).filter(statement => statement.Effect === 'Deny' || names(statement, service)),
    action,
    resource,
    context,
  );
}
