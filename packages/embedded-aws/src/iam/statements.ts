import { Unsupported } from '../unsupported.ts';
import { type Action, actionOf, supports } from './reference.ts';

export interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: string | string[];
  Principal?: '*' | Record<string, string | string[]>;
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Keys of the request that conditions ask for, as `iam:PassedToService`. */
export type RequestContext = Record<string, string | string[]>;

export const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** `*` and `?` as IAM means them. */
export const like = (pattern: string, value: string) => exactly(pattern.toLowerCase(), value.toLowerCase());

export const exactly = (pattern: string, value: string) => expression(pattern).test(value);

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
export function check(statements: Statement[], where: string): Statement[] {
  for (const statement of statements)
    for (const field of ['NotAction', 'NotResource', 'NotPrincipal'])
      if (field in statement) throw new Unsupported(where, field);
  return statements;
}

/** True where a statement says something of the action on the resource. */
export function applies(statement: Statement, action: string, resource: string, context: RequestContext): boolean {
  const conditions = Object.entries(statement.Condition ?? {});
  return (
    list(statement.Action).some(pattern => like(pattern, action)) &&
    list(statement.Resource ?? '*').some(pattern => exactly(pattern, resource)) &&
    conditions.every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, key, list(wanted), context)),
    )
  );
}

/** The statements that allow an action on a resource; none where one denies it. */
export function allowing(
  statements: Statement[],
  action: string,
  resource: string,
  context: RequestContext,
): Statement[] {
  const carried = carriedBy(known(action), resource, context);
  const relevant = statements.filter(statement => applies(statement, action, resource, carried));
  return relevant.some(({ Effect }) => Effect === 'Deny') ? [] : relevant;
}

/** @throws Unsupported for an action that AWS does not have */
export function known(action: string): Action {
  const found = actionOf(action);
  if (!found) throw new Unsupported(action, 'this action');
  return found;
}

/** What a request carries of a context: a key that the reference does not name for the action matches nothing. */
function carriedBy(action: Action, resource: string, context: RequestContext): RequestContext {
  const types = action.resourceTypes.filter(({ shape }) => shape.fits(resource));
  return Object.fromEntries(Object.entries(context).filter(([key]) => supports(action, types, key)));
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
  const relevant = check(statements, resource).filter(
    statement => statement.Effect === 'Deny' || names(statement, service),
  );
  return allowing(relevant, action, resource, context).length > 0;
}

/** True when the policy of a role lets a service assume it. */
export const trusted = (statements: Statement[], service: string, context: RequestContext): boolean =>
  statements.some(
    statement => names(statement, service) && applies({ ...statement, Resource: '*' }, 'sts:AssumeRole', '*', context),
  );
